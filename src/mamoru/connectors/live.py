"""今ある表 (P0.1): a database's tables as they are now, for the comparison with the data map."""

from collections.abc import Mapping

import sqlalchemy as sa

from mamoru.connectors.connections import Session
from mamoru.connectors.dialect import Dialect
from mamoru.connectors.port import FENCE_TABLE
from mamoru.datamap.terms import ColumnShape, ForeignKeyShape, TableShape, column_type


def shapes(session: Session, dialect: Dialect) -> tuple[TableShape, ...]:
    """Return tables and views with the families of their declared types; our fence left out."""
    live = session.inspected()
    views = set(live.get_view_names())
    names = sorted({*live.get_table_names(), *views} - {FENCE_TABLE})
    return tuple(
        _shape(live, name, is_view=name in views, told=dialect.on_delete(session, name))
        for name in names
    )


def _shape(
    live: sa.Inspector, name: str, *, is_view: bool, told: Mapping[tuple[str, ...], str]
) -> TableShape:
    return TableShape(
        name=name,
        is_view=is_view,
        columns=tuple(
            ColumnShape(
                name=column["name"],
                type=column_type(str(column["type"])),
                nullable=bool(column["nullable"]),
                primary_key=bool(column.get("primary_key", 0)),
            )
            for column in live.get_columns(name)
        ),
        foreign_keys=()
        if is_view
        else tuple(
            ForeignKeyShape(
                columns=tuple(key["constrained_columns"]),
                parent=key["referred_table"],
                parent_columns=tuple(key["referred_columns"]),
                on_delete=_rule(
                    told.get(tuple(key["constrained_columns"]))
                    or str(key.get("options", {}).get("ondelete", ""))
                ),
            )
            for key in live.get_foreign_keys(name)
        ),
    )


def _rule(said: str) -> str:
    return said.lower().replace(" ", "-")
