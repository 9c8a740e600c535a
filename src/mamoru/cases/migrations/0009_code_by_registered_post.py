"""A one-time code that went by registered post: its keyed digest, its tries, the rest sealed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_papers_for_a_time")]

    operations = [
        migrations.AddField(
            "caserow",
            "posted_digest",
            models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            "caserow", "posted_tries", models.PositiveSmallIntegerField(default=0)
        ),
        migrations.AddField("caserow", "sealed_posted", models.BinaryField(null=True)),
    ]
