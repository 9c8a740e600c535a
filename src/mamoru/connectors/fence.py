"""柵 (P3.5): our one table in a company's database, which tells a repetition what was committed."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exc

from mamoru.connectors.connections import Connections, Query, Session, Use
from mamoru.connectors.dialect import Dialect
from mamoru.connectors.port import FENCE_TABLE, StoreUnreadable
from mamoru.datamap.acts import Done


class Fence:
    """The fences of one database. Nothing personal stands in them: a name, counts, a time."""

    def __init__(self, store: str, dialect: Dialect, connections: Connections) -> None:
        """Know the database; the table is made when it is first needed."""
        self._store = store
        self._dialect = dialect
        self._connections = connections
        self._where = f"WHERE fence = {dialect.mark('fence')}"
        self._write = f"UPDATE {FENCE_TABLE} SET acts = {dialect.mark('acts')} {self._where}"
        self.is_made = False

    def forget(self) -> None:
        """Look again whether the table is there: the database may have been restored."""
        self.is_made = False

    def stands(self, fence: str) -> bool:
        """Return whether a fence was committed."""

        def look(session: Session) -> bool:
            if not self._dialect.columns(session, FENCE_TABLE):
                return False
            asked = f"SELECT 1 FROM {FENCE_TABLE} {self._where}"
            return bool(session.fetch(asked, {"fence": fence}))

        return self._connections.look(look)

    def make(self) -> None:
        """Make the table; StoreUnreadable where the company does not let us."""

        def make(session: Session, _: Use) -> None:
            if not self._dialect.columns(session, FENCE_TABLE):
                session.do(self._dialect.make_fence)

        try:
            self._connections.write(make, StoreUnreadable)
        except StoreUnreadable:  # another may have made it at this very moment

            def look(session: Session) -> bool:
                return bool(self._dialect.columns(session, FENCE_TABLE))

            if not self._connections.look(look):
                raise StoreUnreadable(
                    f"store `{self._store}`: the table `{FENCE_TABLE}` cannot be made; "
                    "allow it, or set `fence: false` in the data map"
                ) from None
        self.is_made = True

    def begin(
        self, session: Session, fence: str, now: datetime, queries: Sequence[Query]
    ) -> tuple[int, ...] | None:
        """Begin a transaction with the fence as its first statement, then the queries.

        Return how many rows each touched; None where the fence stands, and then none was done.
        """
        at = now.isoformat(sep=" ", timespec="microseconds")[:26]
        row = {"fence": fence, "acts": "[]", "at": at}
        begin, place = (self._dialect.begin_writing, None), (self._dialect.set_fence, row)
        try:
            cursors = session.together((begin, place, *queries))
            next(cursors)
            if not next(cursors).rowcount:
                return None
        except exc.DBAPIError as problem:
            if not self._dialect.is_taken(problem.orig, FENCE_TABLE):
                raise
            return None
        return tuple(int(cursor.rowcount) for cursor in cursors)

    def note(self, session: Session, fence: str, counts: tuple[int, ...]) -> None:
        """Write what the acts did into the fence, in their transaction."""
        session.do(self._write, {"acts": json.dumps(counts), "fence": fence})

    def repeated(self, session: Session, fence: str, acts: int) -> Done:
        """End the transaction and return what the first time did."""
        session.do("ROLLBACK")
        kept = session.fetch(f"SELECT acts FROM {FENCE_TABLE} {self._where}", {"fence": fence})
        counts = tuple(int(count) for count in json.loads(str(kept[0][0])))
        if len(counts) != acts:
            raise StoreUnreadable(f"store `{self._store}`: the fence stands for other acts")
        return Done(counts=counts, repeated=True)
