"""How often in a row the work on a case has failed, so that the next try comes later."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_demandrow_plan_places"),
    ]

    operations = [
        migrations.AddField(
            model_name="caserow",
            name="work_failures",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
