"""今ある表 (P0.1): a database's tables as they are now, for the comparison with the data map."""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy.engine.interfaces import ReflectedColumn, ReflectedForeignKeyConstraint
from sqlalchemy.engine.reflection import ObjectKind

from mamoru.connectors.connections import Session
from mamoru.connectors.dialect import Dialect
from mamoru.connectors.port import FENCE_TABLE
from mamoru.datamap.terms import ColumnShape, ForeignKeyShape, TableShape, column_type


class Live:
    """A database's shape. Looked at anew each time, and read anew where its schema has changed."""

    def __init__(self, dialect: Dialect) -> None:
        """Know the engine; nothing is looked at yet."""
        self._dialect = dialect
        self._known: tuple[object, tuple[TableShape, ...]] | None = None

    def shapes(self, session: Session) -> tuple[TableShape, ...]:
        """Return tables and views with the families of their declared types; no fence of ours."""
        known, schema = self._known, self._dialect.schema(session)
        if known is not None and schema is not None and known[0] == schema:
            return known[1]
        shapes = self._read(session)
        self._known = (schema, shapes)
        return shapes

    def _read(self, session: Session) -> tuple[TableShape, ...]:
        live = session.inspected()
        views = set(live.get_view_names())
        names = sorted({*live.get_table_names(), *views} - {FENCE_TABLE})
        columns = live.get_multi_columns(filter_names=names, kind=ObjectKind.ANY)
        hidden = self._dialect.hiding(session)
        keys = live.get_multi_foreign_keys(filter_names=names)
        return tuple(
            TableShape(
                name=name,
                is_view=name in views,
                hides_rows=name in hidden,
                columns=tuple(map(_column, columns[None, name])),
                foreign_keys=()
                if name in views
                else tuple(_keys(keys[None, name], self._dialect.on_delete(session, name))),
            )
            for name in names
        )


def _column(column: ReflectedColumn) -> ColumnShape:
    return ColumnShape(
        name=column["name"],
        type=column_type(str(column["type"])),
        nullable=bool(column["nullable"]),
        primary_key=bool(column.get("primary_key", 0)),
    )


def _keys(
    keys: Iterable[ReflectedForeignKeyConstraint], told: Mapping[tuple[str, ...], str]
) -> Iterator[ForeignKeyShape]:
    """Yield the keys; `told` are rules that the engine itself says, by the keys' columns."""
    for key in keys:
        columns = tuple(key["constrained_columns"])
        rule = told.get(columns) or str(key.get("options", {}).get("ondelete", ""))
        yield ForeignKeyShape(
            columns=columns,
            parent=key["referred_table"],
            parent_columns=tuple(key["referred_columns"]),
            on_delete=rule.lower().replace(" ", "-"),
        )
