"""When a case was closed: its papers are kept for some days from then."""

from django.db import migrations, models
from django.db.models import F
from django.utils import timezone


def date_the_closed(apps, _schema_editor):
    """An answered case closed with its answer; of a withdrawn one we know only that it is."""
    rows = apps.get_model("cases", "CaseRow").objects
    rows.filter(stage="answered").update(closed_at=F("answered_at"))
    rows.filter(stage="withdrawn").update(closed_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_order_of_rounds")]

    operations = [
        migrations.AddField("caserow", "closed_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "caserow", models.Index(fields=["closed_at"], name="cases_closed_at")
        ),
        migrations.RunPython(date_the_closed, migrations.RunPython.noop),
    ]
