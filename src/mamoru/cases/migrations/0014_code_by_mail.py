"""A one-time code to the registered mail address: its keyed digest, its tries, and the rest sealed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_contacts_changed_recently")]

    operations = [
        migrations.AddField(
            "caserow", "mailed_digest", models.CharField(blank=True, default="", max_length=64)
        ),
        migrations.AddField(
            "caserow", "mailed_tries", models.PositiveSmallIntegerField(default=0)
        ),
        migrations.AddField("caserow", "sealed_mailed", models.BinaryField(null=True)),
        migrations.AddField(
            "caserow", "mail_asked_at", models.DateTimeField(db_index=True, null=True)
        ),
    ]
