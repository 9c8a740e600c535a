from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_work_by")]

    operations = [
        migrations.AddField(
            model_name="answerrow",
            name="shield",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
    ]
