from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consents", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="standingrow",
            name="kind",
            field=models.CharField(
                choices=[
                    ("consent", "consent"),
                    ("refusal", "refusal"),
                    ("suspension", "suspension"),
                    ("stop", "stop"),
                    ("tombstone", "tombstone"),
                    ("protection", "protection"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="ProtectionRow",
            fields=[
                ("reference", models.CharField(max_length=80, primary_key=True, serialize=False)),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("support-measure", "support-measure"),
                            ("protection-order", "protection-order"),
                            ("consultation", "consultation"),
                            ("statement", "statement"),
                        ],
                        max_length=30,
                    ),
                ),
                ("renew_by", models.DateField(db_index=True)),
                ("sealed", models.BinaryField()),
                ("by", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
