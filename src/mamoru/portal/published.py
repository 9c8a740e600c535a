"""The published versions of the policy as the pages need them (P0.2, P1.4)."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from mamoru.kit import clock
from mamoru.policy import document, publication
from mamoru.policy.document import Policy
from mamoru.policy.publication import Publication


def publications() -> tuple[Publication, ...]:
    """Return every published version, newest first; read again only when the folder changes."""
    folder = Path(settings.HOME) / settings.MAMORU.published
    stamps = tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.yaml")))
    return _publications(folder, stamps)


def in_force() -> Policy:
    """Return the version that holds today; the working file while nothing is published yet."""
    today = clock.date_in_japan(clock.now())
    found = publication.in_force(publications(), today)
    if found is not None:
        return found.policy
    path = Path(settings.HOME) / settings.MAMORU.policy
    return _working(path, path.stat().st_mtime_ns)


def purposes_of_requests(policy: Policy, language: str) -> tuple[str, ...]:
    """Return the sentences on what the data of a request is used for (P1.4, P3.25)."""
    stated = [each for each in policy.purposes if each.id in policy.requests.purposes]
    clauses = [*(each.clause for each in stated), policy.requests.purposes_clause]
    return tuple(policy.clause(each).in_(language) for each in clauses)


def desk(policy: Policy, language: str) -> dict[str, str] | None:
    """Return where people turn to, in one language: title, mail and postal address (P1.13, P3.23)."""
    named = policy.requests.desk
    if named is None:
        return None
    return {
        "title": named.title.in_(language),
        "mail": named.mail or "",
        "postal": named.postal.in_(language) if named.postal else "",
    }


@lru_cache(maxsize=4)
def _publications(folder: Path, stamps: tuple[tuple[str, int], ...]) -> tuple[Publication, ...]:
    return publication.publications(folder) if stamps else ()


@lru_cache(maxsize=2)
def _working(path: Path, _stamp: int) -> Policy:
    return document.load(path)
