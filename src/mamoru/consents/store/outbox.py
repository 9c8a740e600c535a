"""What the walls of the gate have to be told: written with the change itself, an outbox."""

from collections.abc import Iterable

from mamoru.consents.models import ChangeRow, WallRow
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


class Mark:
    """What is remembered of a wall: the mark that was left in it, and the one about to be."""

    def __init__(self, wall: str) -> None:
        """Know which wall."""
        self._wall = wall

    def known(self) -> frozenset[str]:
        """Return the marks that the wall may bear; none where it was never written."""
        row = WallRow.objects.filter(wall=self._wall).first()
        return frozenset() if row is None else frozenset({row.kept, row.promised}) - {""}

    def promise(self, mark: str) -> None:
        """Remember the mark that is about to be written."""
        WallRow.objects.update_or_create(wall=self._wall, defaults={"promised": mark})

    def keep(self, mark: str) -> None:
        """Remember that a promised mark was written; not that of a writer who was overtaken."""
        WallRow.objects.filter(wall=self._wall, promised=mark).update(kept=mark)
