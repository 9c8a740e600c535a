"""The marks that were left in the walls of the gate."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consents", "0004_second_person_for_a_contact"),
    ]

    operations = [
        migrations.CreateModel(
            name="WallRow",
            fields=[
                ("wall", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("kept", models.CharField(blank=True, max_length=64)),
                ("promised", models.CharField(blank=True, max_length=64)),
            ],
        ),
    ]
