"""The same bytes sent as another kind, or for another person, are a paper of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_reach_and_effects"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="proofrow",
            name="one_paper_once",
        ),
        migrations.AddConstraint(
            model_name="proofrow",
            constraint=models.UniqueConstraint(
                fields=("case", "digest", "kind", "of"), name="one_paper_once_as_it_was_sent"
            ),
        ),
    ]
