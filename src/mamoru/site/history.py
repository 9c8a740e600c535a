"""What the ledger has to know of: the cases that are there, and every published version (P0.2, P1.5).

The ledger's own proofs hold within it. Whoever empties it, or changes a copy beside it, is found
by what stands elsewhere.
"""

from pathlib import Path

from django.conf import settings

from mamoru.cases import store
from mamoru.kit.errors import MamoruError
from mamoru.ledger import append
from mamoru.policy import publication
from mamoru.site import wiring


class LedgerLost(MamoruError):
    """The ledger is empty though there are cases. Restore the product's database from its backup."""

    code, exit_code = "ledger-lost", 5


class PublishedChanged(MamoruError):
    """A published version is not as the ledger says. Restore the folder of published versions."""

    code, exit_code = "published-changed", 5


def expect_no_cases() -> None:
    """Raise LedgerLost for a ledger that is not there, or empty, beside cases."""
    if any(store.count_by_stage().values()):
        raise LedgerLost("the ledger has no entry, but there are cases")


def expect_cases_told(journal: append.Journal) -> None:
    """Raise LedgerLost for an empty ledger beside cases: each was entered as it was filed."""
    if not journal.storage.head().frontier.size:
        expect_no_cases()


def expect_published(journal: append.Journal) -> tuple[str, ...]:
    """Return the versions that no entry names; PublishedChanged for another text, or none.

    A version without an entry was published before the product was there: the next publication
    enters it. PolicyInvalid where a copy does not read.
    """
    entered = {
        str(entry.body["version"]): str(entry.body["digest"])
        for entry in journal.entries("policy")
        if entry.kind == "policy.published"
    }
    folder = Path(wiring.home()) / settings.MAMORU.published
    found = publication.publications(folder) if folder.is_dir() else ()
    copies = {each.version: each.digest for each in found}
    for version, digest in entered.items():
        if version not in copies:
            raise PublishedChanged(f"the copy of the published version `{version}` is gone")
        if copies[version] != digest:
            raise PublishedChanged(f"the copy of the published version `{version}` was changed")
    return tuple(version for version in copies if version not in entered)
