"""What a person was called before they changed it themselves, sealed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_code_by_mail")]

    operations = [
        migrations.CreateModel(
            name="FormerNameRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("demand", models.CharField(max_length=24)),
                ("whom", models.CharField(db_index=True, max_length=64)),
                ("sealed_name", models.BinaryField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_names",
                        to="cases.caserow",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("demand", "whom"), name="one_former_name")
                ],
            },
        ),
    ]
