"""The order in which rounds ended, which no clock tells (F10)."""

from collections import defaultdict

from django.db import migrations, models


def number(apps, _schema_editor):
    """Take the order of their beginning for the rounds that have ended so far."""
    rows = apps.get_model("cases", "ReachRow").objects
    last = defaultdict(int)
    for row in rows.exclude(counts=[]).order_by("at", "id").only("id", "store", "at"):
        last[row.store] += 1
        rows.filter(id=row.id).update(ended=last[row.store], ended_at=row.at)


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_one_paper_once_as_it_was_sent")]

    operations = [
        migrations.AddField("reachrow", "ended", models.BigIntegerField(null=True)),
        migrations.AddField("reachrow", "ended_at", models.DateTimeField(null=True)),
        migrations.RunPython(number, migrations.RunPython.noop),
    ]
