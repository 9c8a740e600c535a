"""接続 (P3.1 to P3.7): a database's connections: taken from a pool, bounded, given back clean.

Finished texts go straight to the driver: SQLAlchemy's own way there costs more than a small
statement itself. Its pool keeps the connections and tells which of them are gone.
"""

import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

from mamoru.connectors.dialect import Dialect, Failure
from mamoru.connectors.port import (
    OutcomeUnknown,
    StoreError,
    StoreUnreachable,
    StoreUnreadable,
)

T = TypeVar("T")
Query = tuple[str, Mapping[str, object] | None]
"""A finished text and the values bound to it."""


class Session:
    """One connection while it is used."""

    def __init__(
        self, dialect: Dialect, engine: sa.Engine, pooled: sa.PoolProxiedConnection
    ) -> None:
        """Take a connection of the pool of an engine."""
        self.pooled = pooled
        self._dialect = dialect
        self._engine = engine

    @property
    def driver(self) -> Any:
        """The driver's connection; None once it is thrown away."""
        return self.pooled.driver_connection

    def run(self, text: str, values: Mapping[str, object] | None = None) -> Any:
        """Send one text and return the driver's cursor, which the caller closes."""
        cursor = self.pooled.cursor()
        try:
            if values is None:
                cursor.execute(text)
            else:
                cursor.execute(text, values)
        except self._engine.dialect.loaded_dbapi.Error as problem:
            raise self.broken(problem, cursor) from None
        return cursor

    def do(self, text: str, values: Mapping[str, object] | None = None) -> int:
        """Send one text; return how many rows it touched."""
        with closing(self.run(text, values)) as cursor:
            return int(cursor.rowcount)

    def fetch(self, text: str, values: Mapping[str, object] | None = None) -> Sequence[Any]:
        """Send one query and return its rows."""
        with closing(self.run(text, values)) as cursor:
            return self.rows(cursor)

    def rows(self, cursor: Any) -> Sequence[Any]:
        """Return what a cursor brought."""
        try:
            found: Sequence[Any] = cursor.fetchall()
        except self._engine.dialect.loaded_dbapi.Error as problem:
            raise self.broken(problem, cursor) from None
        return found

    def together(self, queries: Sequence[Query]) -> Iterator[Any]:
        """Send several texts in as few exchanges as the engine allows; yield a cursor each.

        They are done in their order. Where the engine takes them one by one, the next is sent
        when it is asked for; else all are done before the first is yielded.
        """
        cursors = self._dialect.exchange(self, queries)
        for cursor in map(self.run, *zip(*queries, strict=True)) if cursors is None else cursors:
            with closing(cursor):
                yield cursor

    def inspected(self) -> sa.Inspector:
        """Return SQLAlchemy's look at the live tables, over this connection."""
        return sa.inspect(self.borrowed())

    def borrowed(self) -> sa.Connection:
        """Return the connection as SQLAlchemy's own, for what is not done often."""
        return sa.Connection(self._engine, self.pooled)

    def leave(self) -> None:
        """End whatever is begun; a connection that cannot even do that is thrown away."""
        if not self.pooled.is_valid:
            return
        try:
            self._dialect.leave(self)
        except (exc.SQLAlchemyError, OSError):
            self.pooled.invalidate()

    def broken(self, problem: Any, cursor: Any) -> exc.DBAPIError:
        """Return a driver's error as SQLAlchemy's; a connection that it ended is thrown away."""
        driver = self.driver
        gone = driver is None or self._engine.dialect.is_disconnect(problem, driver, cursor)
        if gone and self.pooled.is_valid:
            self.pooled.invalidate(problem)
        elif not gone and cursor is not None:
            cursor.close()
        return exc.DBAPIError("", None, problem, hide_parameters=True, connection_invalidated=gone)


@dataclass(slots=True)
class Use:
    """One use of a connection: how far it came, so that its errors can be told apart."""

    fresh: bool = True
    committing: bool = False


class Connections:
    """The pools of one database. Every use ends, and every error is told in our words."""

    def __init__(self, name: str, dialect: Dialect, forget: Callable[[], None]) -> None:
        """Know the database; nothing is opened yet.

        `forget` is called where the database is not as it was known to be.
        """
        self._name = name
        self._dialect = dialect
        self._forget = forget
        self._writer = dialect.engine(writing=True)
        self._reader = dialect.engine(writing=False) if dialect.reads_apart else self._writer
        for engine in (self._reader, self._writer):  # a forgotten connector leaves nothing open
            weakref.finalize(self, engine.dispose)
        self._at_hand = threading.local()

    def close(self) -> None:
        """Close what the pools hold; a later call opens anew."""
        self._reader.dispose()
        self._writer.dispose()

    @property
    def speech(self) -> sa.Dialect:
        """How SQLAlchemy says in this engine what is meant."""
        return self._reader.dialect

    @property
    def driver_error(self) -> type[Exception]:
        """What the driver raises."""
        error: type[Exception] = self.speech.loaded_dbapi.Error
        return error

    @property
    def at_hand(self) -> Session:
        """The session that this thread uses now."""
        session: Session = self._at_hand.session
        return session

    def look(self, work: Callable[[Session], T]) -> T:
        """Do a piece of looking on one connection."""
        return self._use(self._reader, lambda session, _: work(session), StoreUnreadable)

    def write(self, work: Callable[[Session, Use], T], refusal: type[StoreError]) -> T:
        """Do a piece of writing; `refusal` is what a constraint of the store becomes."""
        return self._use(self._writer, work, refusal)

    def looked(self, queries: Callable[[], Sequence[Query]]) -> Iterator[Sequence[Any]]:
        """Yield the rows of each query, all of one moment; the texts are made on the connection."""
        with ExitStack() as stack:
            session, cursors = self._begun(stack, lambda: (*queries(), ("COMMIT", None)))
            try:
                for cursor in cursors:
                    if cursor.description is not None:
                        yield session.rows(cursor)
            except (exc.SQLAlchemyError, OSError) as problem:
                raise self.told(problem, StoreUnreadable) from None

    @contextmanager
    def one_moment(self) -> Iterator[Session]:
        """Hold one connection in one read transaction."""
        with ExitStack() as stack:
            session, _ = self._begun(stack, tuple)
            try:
                yield session
                session.do("COMMIT")
            except (exc.SQLAlchemyError, OSError) as problem:
                raise self.told(problem, StoreUnreadable) from None

    def _begun(
        self, stack: ExitStack, queries: Callable[[], Sequence[Query]]
    ) -> tuple[Session, Iterator[Any]]:
        """Return a session on which a read transaction has begun, a stale one replaced."""
        for last in (False, True):
            use = Use()
            try:
                with ExitStack() as attempt:
                    session = attempt.enter_context(self._session(self._reader, use))
                    cursors = session.together(((self._dialect.begin_reading, None), *queries()))
                    next(cursors)
                    stack.push(attempt.pop_all())
                    return session, cursors
            except (exc.SQLAlchemyError, OSError) as problem:
                if last or use.fresh or not _stale(problem):
                    raise self.told(problem, StoreUnreadable) from None
        raise StoreUnreachable(f"store `{self._name}` cannot be reached")

    def _use(
        self, engine: sa.Engine, work: Callable[[Session, Use], T], refusal: type[StoreError]
    ) -> T:
        """Do a piece of work on one connection; once more where a pooled one had gone stale."""
        for last in (False, True):
            use = Use()
            try:
                with self._session(engine, use) as session:
                    return work(session, use)
            except (exc.SQLAlchemyError, OSError) as problem:
                if last or use.fresh or use.committing or not _stale(problem):
                    raise self.told(problem, refusal, committing=use.committing) from None
        raise StoreUnreachable(f"store `{self._name}` cannot be reached")

    @contextmanager
    def _session(self, engine: sa.Engine, use: Use) -> Iterator[Session]:
        try:
            pooled = engine.raw_connection()
        except engine.dialect.loaded_dbapi.Error as problem:
            raise exc.DBAPIError("", None, problem, hide_parameters=True) from None
        try:
            use.fresh = not pooled.info.get("used")
            pooled.info["used"] = True
            session = self._at_hand.session = Session(self._dialect, engine, pooled)
            try:
                yield session
            except BaseException as problem:  # whatever ends the use, the session is left clean
                session.leave()
                if isinstance(problem, StoreUnreadable):  # what we knew of it may be of before
                    self._forget()
                raise
        finally:
            if pooled.is_valid:
                pooled.close()

    def told(
        self, problem: BaseException, refusal: type[StoreError], *, committing: bool = False
    ) -> StoreError:
        """Return our error for a driver's. Its own text may hold values: it is dropped."""
        driver = problem.orig if isinstance(problem, exc.DBAPIError) else problem
        if committing and not self._dialect.told(driver):
            return OutcomeUnknown(
                f"store `{self._name}` broke off while writing; whether it is written is not known"
            )
        if isinstance(problem, exc.SQLAlchemyError) and not isinstance(problem, exc.DBAPIError):
            if isinstance(problem, exc.TimeoutError):
                return StoreUnreachable(f"store `{self._name}`: all connections are in use")
            failure, word = Failure.UNREADABLE, ""
        else:
            failure, word = self._dialect.meaning(driver)
        if failure is not Failure.UNREACHABLE:
            self._forget()
        if failure is Failure.UNREACHABLE:
            return StoreUnreachable(f"store `{self._name}` cannot be reached ({word})")
        if failure is Failure.REFUSED and refusal is not StoreUnreadable:
            return refusal(f"store `{self._name}` refuses it by a rule of its own ({word})")
        return StoreUnreadable(f"store `{self._name}` is not as the data map says")


def _stale(problem: BaseException) -> bool:
    return isinstance(problem, exc.DBAPIError) and problem.connection_invalidated
