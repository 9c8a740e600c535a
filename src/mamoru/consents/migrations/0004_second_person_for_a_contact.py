"""The safe contact of a protected person is confirmed by a second person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consents", "0003_said"),
    ]

    operations = [
        migrations.AddField(
            model_name="protectionrow",
            name="confirmed_by",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddConstraint(
            model_name="protectionrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("confirmed_by", models.F("by")), _negated=True),
                name="contact_confirmed_by_another",
            ),
        ),
    ]
