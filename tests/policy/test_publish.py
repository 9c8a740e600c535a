"""Publication: immutable copies under their version, old ones readable (P0.2)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mamoru.policy import publication
from mamoru.policy.document import PolicyInvalid
from mamoru.policy.publication import AcceptanceNeeded, PublicationRefused
from tests.policy import sample

OLD = sample.FOLDER / "published" / "2024-04-01.yaml"


def write(folder: Path, text: str) -> Path:
    path = folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def later(text: str) -> str:
    """Return a policy text dated a year later."""
    for old, new in (('"2026-04-01"', '"2027-04-01"'), ("2026-03-16", "2027-03-16")):
        text = text.replace(old, new)
    return text.replace("effective_from: 2026-04-01", "effective_from: 2027-04-01")


@pytest.mark.promise("P0.2")
def test_a_version_is_kept_as_it_was_and_old_ones_stay_readable(tmp_path: Path) -> None:
    published = tmp_path / "published"
    publication.publish(OLD, published)

    kept = publication.publish(sample.FILE, published, accepted=True)

    assert [one.version for one in publication.publications(published)] == [
        "2026-04-01",
        "2024-04-01",
    ]
    assert kept.path.read_bytes() == sample.FILE.read_bytes()
    assert kept.digest == sample.policy().digest
    assert kept.path.stat().st_mode & 0o222 == 0


@pytest.mark.promise("P0.2")
def test_another_text_under_a_published_version_is_refused_and_changes_nothing(
    tmp_path: Path,
) -> None:
    published = tmp_path / "published"
    kept = publication.publish(sample.FILE, published)
    other = write(tmp_path, sample.text().replace("手数料はかかりません", "手数料がかかります"))

    with pytest.raises(PublicationRefused, match="another text"):
        publication.publish(other, published)

    assert kept.path.read_bytes() == sample.FILE.read_bytes()


def test_publishing_the_same_policy_again_gives_the_publication_that_is_there(
    tmp_path: Path,
) -> None:
    first = publication.publish(sample.FILE, tmp_path / "published")

    again = publication.publish(
        write(tmp_path, sample.text() + "\n# a remark\n"), tmp_path / "published"
    )

    assert again == first


def test_a_version_dated_before_the_newest_is_refused(tmp_path: Path) -> None:
    publication.publish(sample.FILE, tmp_path / "published")

    with pytest.raises(PublicationRefused, match="dated before the newest"):
        publication.publish(OLD, tmp_path / "published")


def test_a_version_that_would_hold_before_the_newest_is_refused_too(tmp_path: Path) -> None:
    publication.publish(write(tmp_path, later(sample.text())), tmp_path / "published")
    text = sample.text().replace('"2026-04-01"', '"2027-03-20"')
    text = text.replace("published_on: 2026-03-16", "published_on: 2027-03-20")
    text = text.replace("effective_from: 2026-04-01", "effective_from: 2027-03-21")

    with pytest.raises(PublicationRefused, match="dated before the newest"):
        publication.publish(write(tmp_path, text), tmp_path / "published")


def test_a_policy_with_a_lint_error_or_a_broken_one_is_not_published(tmp_path: Path) -> None:
    def bend(values: Any) -> None:
        values["requests"]["methods"] = ["paper"]

    with pytest.raises(PublicationRefused, match="L12"):
        publication.publish(write(tmp_path, sample.bent_text(bend)), tmp_path / "published")
    with pytest.raises(PolicyInvalid):
        publication.publish(write(tmp_path, "version: 1\n"), tmp_path / "published")

    assert not (tmp_path / "published").exists()


@pytest.mark.promise("P1.5", "P0.2")
def test_a_change_that_needs_notice_waits_for_acceptance(tmp_path: Path) -> None:
    published = tmp_path / "published"
    publication.publish(sample.FILE, published)
    changed = sample.text().replace("と賞品の送付\n", "と賞品の送付および広告\n")
    path = write(tmp_path, later(changed))

    with pytest.raises(AcceptanceNeeded) as raised:
        publication.publish(path, published)

    assert [change.subject for change in raised.value.difference.asking] == ["PU03"]
    assert len(publication.publications(published)) == 1
    assert publication.publish(path, published, accepted=True).version == "2027-04-01"


def test_a_change_that_publication_meets_needs_no_acceptance(tmp_path: Path) -> None:
    published = tmp_path / "published"
    publication.publish(sample.FILE, published)
    path = write(
        tmp_path, later(sample.text()).replace("手数料はかかりません", "手数料をいただきません")
    )

    assert publication.publish(path, published).version == "2027-04-01"


@pytest.mark.promise("P0.2")
def test_the_version_in_force_is_the_newest_whose_day_has_come(tmp_path: Path) -> None:
    published = tmp_path / "published"
    publication.publish(OLD, published)
    publication.publish(sample.FILE, published, accepted=True)
    found = publication.publications(published)

    versions = [
        one.version if (one := publication.in_force(found, day)) else None
        for day in (date(2024, 3, 31), date(2024, 4, 1), date(2026, 3, 31), date(2026, 4, 1))
    ]

    assert versions == [None, "2024-04-01", "2024-04-01", "2026-04-01"]


def test_a_copy_whose_name_is_not_its_version_is_reported(tmp_path: Path) -> None:
    (tmp_path / "2030-01-01.yaml").write_text(sample.text(), encoding="utf-8")

    with pytest.raises(PublicationRefused, match="holds version"):
        publication.publications(tmp_path)


def test_nothing_published_is_an_empty_list(tmp_path: Path) -> None:
    assert publication.publications(tmp_path / "none") == ()


def test_the_samples_published_copy_of_the_current_version_is_the_current_policy() -> None:
    newest = publication.publications(sample.FOLDER / "published")[0]

    assert newest.digest == sample.policy().digest
