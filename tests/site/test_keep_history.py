"""An emptied ledger, and a published version that was changed, are found by what stands beside (P0.2)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from mamoru.cases.terms import DemandKind
from mamoru.kit import clock
from mamoru.kit.ids import StaffId
from mamoru.ledger import append
from mamoru.site import history, publishing
from mamoru.site.history import LedgerLost, PublishedChanged
from mamoru.site.sample import cast
from tests.cases import acts
from tests.conftest import Company, _empty_ledger
from tests.site.test_command import run

BY = StaffId("operator")


@pytest.fixture
def published(house: Company) -> Iterator[Path]:
    """The folder of published versions, each entered in the ledger; put back afterwards."""
    folder = house.home / "published"
    before = {path: path.read_bytes() for path in folder.glob("*.yaml")}
    publishing.publish(by=BY, accept=True, now=clock.now())
    yield folder
    for path in folder.glob("*.yaml"):
        path.unlink()
    for path, content in before.items():
        path.write_bytes(content)


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.chmod(0o644)
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.promise("P0.2")
def test_versions_of_a_time_before_the_product_are_entered_the_oldest_first(
    published: Path,
) -> None:
    told = [each.body["version"] for each in append.entries("policy")]

    assert told == sorted(path.stem for path in published.glob("*.yaml"))
    assert history.expect_published(append.installed()) == ()


@pytest.mark.promise("P0.2")
@pytest.mark.parametrize("version", ["2024-04-01", "2026-04-01"])
@pytest.mark.parametrize("gone", [False, True])
def test_a_published_version_that_was_changed_or_is_gone_is_neither_served_nor_followed(
    published: Path, capsys: pytest.CaptureFixture[str], version: str, gone: bool
) -> None:
    copy = published / f"{version}.yaml"
    if gone:
        copy.unlink()
    else:
        rewrite(copy, "手数料", "てすうりょう")

    with pytest.raises(PublishedChanged):
        history.expect_published(append.installed())
    with pytest.raises(PublishedChanged):
        publishing.publish(by=BY, accept=True, now=clock.now())
    assert run("check", "--home", published.parent, "--json") == 3
    shown = {each["name"]: each for each in json.loads(capsys.readouterr().out)["checks"]}
    assert (shown["ledger"]["state"], shown["ledger"]["code"]) == ("problem", "published-changed")


@pytest.mark.promise("P1.5")
def test_a_ledger_that_was_emptied_beside_cases_is_no_ledger_that_holds(
    house: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    assert run("ledger", "verify", "--home", house.home) == 0

    _empty_ledger(connection)

    with pytest.raises(LedgerLost):
        history.expect_cases_told(append.installed())
    assert run("ledger", "verify", "--home", house.home) == 5
    assert run("check", "--home", house.home) == 3


@pytest.mark.promise("P1.5")
def test_a_ledger_whose_tables_are_gone_is_lost_and_not_one_that_was_never_begun(
    house: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    with connection.cursor() as cursor:
        for table in ("entry", "node", "head"):
            cursor.execute(f"DROP TABLE mamoru_ledger_{table}")

    assert run("ledger", "verify", "--home", house.home) == 5
    assert run("check", "--home", house.home) == 3
