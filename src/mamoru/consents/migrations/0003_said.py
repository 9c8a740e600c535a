"""How somebody said yes or no, with the wording that was shown, and what walls have to be told."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consents", "0002_protection"),
    ]

    operations = [
        migrations.CreateModel(
            name="WordingRow",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("version", models.CharField(max_length=80)),
                ("text", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="ChangeRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("wall", models.CharField(max_length=80)),
                ("person", models.CharField(max_length=64)),
                ("shared", models.BooleanField()),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["wall", "id"], name="consents_ch_wall_fafd38_idx")
                ],
            },
        ),
        migrations.CreateModel(
            name="SaidRow",
            fields=[
                ("reference", models.CharField(max_length=80, primary_key=True, serialize=False)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("member-page", "member-page"),
                            ("form", "form"),
                            ("application", "application"),
                            ("mail", "mail"),
                            ("paper", "paper"),
                            ("desk", "desk"),
                            ("import", "import"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("sealed", models.BinaryField()),
                (
                    "wording",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="consents.wordingrow",
                    ),
                ),
            ],
        ),
    ]
