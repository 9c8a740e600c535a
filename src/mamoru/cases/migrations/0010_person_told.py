"""That the person was told of an agent's request before anything is released; sealed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_code_by_registered_post")]

    operations = [
        migrations.AddField("caserow", "sealed_told", models.BinaryField(null=True)),
    ]
