"""Which characters of a case's letters are written by hand, sealed: they are of a name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_caserow_work_failures"),
    ]

    operations = [
        migrations.AddField(
            model_name="caserow",
            name="sealed_hand_written",
            field=models.BinaryField(null=True),
        ),
    ]
