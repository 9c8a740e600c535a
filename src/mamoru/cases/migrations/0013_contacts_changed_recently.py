"""What stood in a contact before it was corrected, and that the earlier contact was told; sealed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_answer_and_protection")]

    operations = [
        migrations.AddField("caserow", "sealed_told_of_change", models.BinaryField(null=True)),
        migrations.CreateModel(
            "ContactChangeRow",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("demand", models.CharField(max_length=24)),
                ("whom", models.CharField(db_index=True, max_length=64)),
                (
                    "contact",
                    models.CharField(
                        choices=[("address", "address"), ("email", "email")], max_length=20
                    ),
                ),
                ("changed_at", models.DateTimeField()),
                ("sealed_before", models.BinaryField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_changes",
                        to="cases.caserow",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("demand", "whom", "contact"), name="one_change_a_contact"
                    )
                ],
            },
        ),
    ]
