"""What the walls of the gate have to be told: written with the change itself, an outbox."""

from collections.abc import Iterable

from mamoru.consents.models import ChangeRow
from mamoru.consents.terms import Change
from mamoru.kit.ids import PersonRef

_BATCH = 500  # numbers in one question; SQLite takes some thousands of parameters
_walls: list[str] = []


def install_walls(names: Iterable[str]) -> None:
    """Say which walls have to be told when somebody's standing changes."""
    _walls[:] = sorted(names)


def changes(wall: str, *, limit: int = 5_000) -> tuple[Change, ...]:
    """Return what a wall was not told of yet, oldest first."""
    rows = ChangeRow.objects.filter(wall=wall)[:limit]
    return tuple(Change(row.pk, row.wall, PersonRef(row.person), row.shared) for row in rows)


def told(changes: Iterable[Change]) -> None:
    """Take out what a wall has been told of; what came meanwhile stays."""
    numbers = [each.number for each in changes]
    for start in range(0, len(numbers), _BATCH):
        ChangeRow.objects.filter(pk__in=numbers[start : start + _BATCH]).delete()


def tell(people: Iterable[tuple[PersonRef, bool]]) -> None:
    """Write in the caller's transaction what every wall has to be told."""
    if _walls:
        ChangeRow.objects.bulk_create(
            [
                ChangeRow(wall=wall, person=person, shared=shared)
                for person, shared in people
                for wall in _walls
            ]
        )
