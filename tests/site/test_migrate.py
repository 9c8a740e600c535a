"""What a model says of its table, a migration has written there: constraints too (P3.17)."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command

OURS = [each.label for each in apps.get_app_configs() if each.name.startswith("mamoru.")]


@pytest.mark.django_db
def test_every_table_is_as_its_model_says() -> None:
    told = StringIO()

    call_command("makemigrations", *OURS, dry_run=True, stdout=told)

    assert {"cases", "consents", "provision"} <= set(OURS)
    assert "No changes detected" in told.getvalue(), told.getvalue()
