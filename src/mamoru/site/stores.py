"""How the company's stores stand against the data map."""

from collections.abc import Iterable

from mamoru.datamap import drift
from mamoru.datamap.inventory import Store
from mamoru.datamap.terms import TableShape
from mamoru.kit.errors import MamoruError


def states(
    shapes: Iterable[tuple[Store, tuple[TableShape, ...] | MamoruError]],
) -> list[tuple[str, tuple[str, str, str]]]:
    """Return per store (name, (state, detail, remedy)): reachable, and as the map says."""
    result = []
    for store, shape in shapes:
        if isinstance(shape, MamoruError):
            result.append((store.name, ("problem", str(shape), "see that the store runs")))
            continue
        differences = drift.drifts(store, shape)
        if differences:
            first = differences[0]
            where = ".".join(part for part in (first.store, first.table, first.column) if part)
            detail = f"{len(differences)} differences, first {first.kind} `{where}`"
            result.append((store.name, ("problem", detail, "run `mamoru datamap check`")))
        else:
            result.append((store.name, ("ok", f"{len(store.tables)} tables as mapped", "")))
    return result
