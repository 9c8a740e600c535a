"""The places of the plan that was decided on, so that a change of it can be told in words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="demandrow",
            name="plan_places",
            field=models.JSONField(default=list),
        ),
    ]
