"""PostgreSQL の壁を建てる (P1.5, P3.6, P3.7): installs a wall, writes how people stand, proves it.

All that an installation does is one transaction: readers see the wall of before or the new one.
How people stand is asked for only once the wall is held, so that of two workers none can write an
older word over a newer one.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import psycopg

from mamoru.connectors import catalogue, pages
from mamoru.connectors.port import StoreUnreachable, StoreUnreadable
from mamoru.gate import postgresql as text
from mamoru.gate.building import (
    Built,
    Memory,
    Renewed,
    Tell,
    WallForgot,
    WallRefused,
    WallStale,
    Words,
)
from mamoru.gate.postgresql import NEXT, OWNER, Ground, Statement
from mamoru.gate.wall import OURS, WORD_BITS, Key, Wall

_BATCH = 20_000
"""Keys that are in memory at once."""
_HELD = 0x6D616D6F7275  # the advisory lock that one writer of a wall holds
_FULL = (1 << WORD_BITS) - 1

_Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class _Site:
    """A wall that is being built or written in, on a connection that holds it."""

    connection: _Connection
    wall: Wall
    ground: Ground

    def run(self, query: str, values: Mapping[str, Any] | None = None) -> psycopg.Cursor[Any]:
        """Send one text of ours."""
        return self.connection.execute(query.encode(), values)

    def pages(self, key: Key, changed: Iterable[tuple[int, int, int]]) -> None:
        """Set the bits of keys whose word changed, where bits are kept."""
        if key.kind in self.ground.paged:
            pages.change(self.connection, self.wall, key, changed)


class PostgresqlWall:
    """The wall of one database. Every method opens its own connection and leaves none behind."""

    def __init__(
        self, name: str, url: str, memory: Memory, *, admin: str = "", wait_seconds: float = 5.0
    ) -> None:
        """Know where it stands; `admin` is who may make roles and schemas, else `url` is."""
        self._name = name
        self._memory = memory
        self._url = url
        self._admin = admin or url
        self._wait = wait_seconds

    def plan(self, wall: Wall) -> tuple[Statement, ...]:
        """Return every statement of an installation, in order; nothing is changed."""
        with self._opened(self._admin) as connection:
            ground = self._to_build_on(connection, wall)
        return (*text.structure(wall, ground), *text.doors(wall, ground))

    def install(
        self,
        wall: Wall,
        words: Words,
        *,
        until: datetime,
        tell: Tell = lambda _: None,
    ) -> Built:
        """Build the wall anew and open its doors until their lease ends; all of it or nothing.

        `tell` is called with the number of keys done.
        """
        with self._opened(self._admin) as connection, self._marked(connection):
            self._hold(connection)
            ground = self._to_build_on(connection, wall)
            structure = tuple(text.structure(wall, ground))
            for statement in structure:
                connection.execute(statement.text.encode())
            known = 0
            for key in wall.keys:
                for count in self._written(_Site(connection, wall, ground), key, words):
                    known += count
                    tell(known)
            doors = tuple(text.doors(wall, ground))
            for statement in doors:
                connection.execute(statement.text.encode())
            self._open(connection, until)
            lines = self._lines(connection)
        return Built(statements=len(structure) + len(doors), people=known, lines=lines)

    def make_logins(self, statements: Sequence[Statement]) -> None:
        """Make logins for readers, all of them or none."""
        if statements:
            with self._opened(self._admin) as connection:
                for statement in statements:
                    connection.execute(statement.text.encode())

    def remove(self) -> int:
        """Take the wall away, readers first; return how many doors there were."""
        with self._opened(self._admin) as connection:
            self._hold(connection)
            readers = self._readers(connection)
            ground = Ground(database="", user="", schemas={}, types={}, logins=(), readers=readers)
            for statement in text.removal(ground):
                connection.execute(statement.text.encode())
        return len(readers)

    def take(self, wall: Wall, words: Words, *, limit: int = _BATCH) -> int:
        """Write the words of people that have none yet; return how many.

        This and what follows: WallStale where another wall stands, WallForgot where the database
        is not as it was left.
        """
        done = 0
        with self._held(wall) as site:
            for key in wall.keys:
                rows = site.run(text.unknown(key, site.ground, limit=limit)).fetchall()
                done += self._insert(site, key, words, [row[0] for row in rows])
        return done

    def push(self, wall: Wall, changed: Sequence[tuple[Key, Sequence[str]]], now: Renewed) -> int:
        """Write anew the words of digests whose people's standing changed; return how many differ.

        A key that no row carries any more goes with its word: it is personal data too.
        """
        done = 0
        with self._held(wall) as site:
            for key, refs in changed:
                done += self._update(site, key, refs, now(key, refs))
                self._drop(site, key, refs)
        return done

    def refresh(self, wall: Wall, now: Renewed, *, tell: Tell = lambda _: None) -> int:
        """Write anew how everybody stands, in a database that was put back too; return how many differ."""
        done = seen = 0
        with self._held(wall, forgotten=True) as site:
            for key in wall.keys:
                self._drop(site, key)
                gathered = pages.Gathered()
                for cells, refs, _ in self._walked(site, key):
                    words = now(key, refs)
                    done += self._update(site, key, refs, words)
                    seen += len(refs)
                    tell(seen)
                    if key.kind in site.ground.paged:
                        gathered.add(cells, words)
                if key.kind in site.ground.paged:
                    pages.clear(site.connection, wall, key)
                    gathered.write(site.connection, wall, key, schema=OURS)
        return done

    def differing(self, wall: Wall, now: Renewed, *, tell: Tell = lambda _: None) -> int:
        """Return how many words are not what people's standing says; nothing is changed."""
        done = seen = 0
        with self._opened(self._url) as connection:
            site = _Site(connection, wall, self._ground(connection, wall))
            for key in wall.keys:
                for _, refs, words in self._walked(site, key):
                    done += sum(a != b for a, b in zip(words, now(key, refs), strict=True))
                    seen += len(refs)
                    tell(seen)
                if key.kind in site.ground.paged:
                    done += pages.differing(connection, wall, key)
        return done

    def forget(self, wall: Wall) -> int:
        """Take out the words of keys that no row carries any more; return how many."""
        with self._held(wall) as site:
            done = [self._drop(site, key) for key in wall.keys]
        return sum(done)

    def renew(self, wall: Wall, *, until: datetime) -> None:
        """Let the doors stay open until then."""
        with self._held(wall) as site:
            self._open(site.connection, until)

    def shut(self) -> None:
        """Close every door at once, whatever wall stands there; none is no error."""
        with self._opened(self._url) as connection:
            if connection.execute("SELECT to_regclass(%s)", [f"{OURS}.door"]).fetchone() != (None,):
                connection.execute(f"UPDATE {OURS}.door SET open = false".encode())

    def lines(self) -> tuple[str, ...]:
        """Return the wall as the catalogue describes it, one line a thing that matters."""
        with self._opened(self._url) as connection:
            return self._lines(connection)

    def findings(self, wall: Wall) -> Iterator[str]:
        """Yield what lets a reader past its door, or closes a door, in words; nothing if all is well."""
        with self._opened(self._url) as connection:
            manifest = self._manifest(connection)
            if manifest is None:
                yield "no wall stands here"
                return
            if manifest != wall.digest:
                yield "the wall is not of this policy and data map"
            doors = connection.execute(
                f"SELECT purpose, recipient FROM {OURS}.door"
                " WHERE NOT open OR valid_until <= clock_timestamp() ORDER BY number".encode()
            )
            for purpose, recipient in doors:
                yield f"the door `{purpose}` for `{recipient}` is closed"
            for query, says in catalogue.LEAKS:
                found = connection.execute(query.encode(), {"ours": OURS, "owner": OWNER})
                for row in found:
                    yield says.format(*row)

    # --- one after the other -----------------------------------------------------------------

    def _ground(self, connection: _Connection, wall: Wall) -> Ground:
        with self._opened(self._url) as own:  # whose search path says which tables are meant
            user = own.execute("SELECT current_user").fetchone()
            columns = own.execute(catalogue.COLUMNS, [list(wall.tables)]).fetchall()
        schemas = {table: schema for schema, table, _, _ in columns}
        types = {(table, column): declared for _, table, column, declared in columns}
        for table in wall.tables:
            if table not in schemas:
                raise StoreUnreadable(f"store `{self._name}` holds no table `{table}`")
        for opening in wall.openings:
            for view in opening.views:
                for column in view.columns:
                    if (view.table, column) not in types:
                        raise StoreUnreadable(
                            f"`{self._name}.{view.table}` has no column `{column}`"
                        )
        database = connection.execute("SELECT current_database()").fetchone()
        readers = self._readers(connection)
        logins = connection.execute(catalogue.LOGINS, {"readers": list(readers)})
        foreign = connection.execute(catalogue.FOREIGN_KEYS, [list(schemas.values())])
        return Ground(
            paged=self._paged(connection, wall),
            enforced=frozenset(map(tuple, foreign)),
            database=database[0] if database else "",
            user=user[0] if user else "",
            schemas=schemas,
            types=types,
            logins=tuple(row[0] for row in logins),
            readers=readers,
        )

    def _to_build_on(self, connection: _Connection, wall: Wall) -> Ground:
        """Return the ground of a new wall: which keys lie close together is looked at anew."""
        ground = self._ground(connection, wall)
        whole = [key for key in wall.keys if text.key_type(key, ground) == "bigint"]
        close = (key.kind for key in whole if pages.worth(connection, text.keys(key, ground)))
        return replace(ground, paged=frozenset(close))

    def _paged(self, connection: _Connection, wall: Wall) -> frozenset[str]:
        """Return the kinds of keys that the wall which stands there keeps bits for."""
        found = connection.execute(catalogue.PAGED, {"ours": OURS})
        there = {row[0] for row in found}
        return frozenset(
            key.kind
            for key in wall.keys
            if any(each.startswith(f"pages_{key.kind}_") for each in there)
        )

    def _readers(self, connection: _Connection) -> tuple[str, ...]:
        found = connection.execute(catalogue.READERS, {"owner": OWNER})
        return tuple(row[0] for row in found)

    def _walked(self, site: _Site, key: Key) -> Iterator[tuple[list[Any], list[str], list[int]]]:
        """Yield keys, digests and words of a kind, some at a time."""
        columns = ", ".join(f"m{at}" for at in range(site.wall.words))
        query = (
            f"SELECT key, ref, {columns} FROM {text.people(key)} WHERE ref > %(last)s"
            f" ORDER BY ref LIMIT {_BATCH}"
        )
        last = ""
        while rows := site.run(query, {"last": last}).fetchall():
            last = rows[-1][1]
            yield (
                [row[0] for row in rows],
                [row[1] for row in rows],
                [_whole(row[2:]) for row in rows],
            )

    def _open(self, connection: _Connection, until: datetime) -> None:
        connection.execute(
            f"UPDATE {OURS}.door SET open = true, valid_until = %s".encode(), [until]
        )

    def _written(self, site: _Site, key: Key, words: Words) -> Iterator[int]:
        """Write the words of all keys of a kind into the next wall; yield how many at a time."""
        columns = ", ".join(_columns(site.wall))
        into = f"COPY {text.people(key, NEXT)} (key, ref, {columns}) FROM STDIN"
        gathered = pages.Gathered() if key.kind in site.ground.paged else None
        with site.connection.cursor(name="keys") as walked:
            walked.execute(text.keys(key, site.ground).encode())
            while rows := walked.fetchmany(_BATCH):
                made = words(key, [str(row[0]) for row in rows])
                with site.connection.cursor() as cursor, cursor.copy(into.encode()) as copy:
                    for (cell,), (ref, word) in zip(rows, made, strict=True):
                        copy.write_row((cell, ref, *_parts(word, site.wall.words)))
                if gathered is not None:
                    gathered.add([row[0] for row in rows], (word for _, word in made))
                yield len(rows)
        if gathered is not None:
            gathered.write(site.connection, site.wall, key, schema=NEXT)

    def _insert(self, site: _Site, key: Key, words: Words, keys: Sequence[Any]) -> int:
        """Write the words of keys that have none; return how many were written."""
        if not keys:
            return 0
        made = words(key, [str(each) for each in keys])
        kind = "bigint" if isinstance(keys[0], int) else "text"
        names, listed, values = _listed(site.wall, [word for _, word in made])
        written = site.run(
            f"INSERT INTO {text.people(key)} (key, ref, {names})"
            f" SELECT * FROM unnest(%(keys)s::{kind}[], %(refs)s::text[], {listed})"
            f" ON CONFLICT DO NOTHING RETURNING key, {names}",
            {"keys": list(keys), "refs": [ref for ref, _ in made], **values},
        ).fetchall()
        site.pages(key, ((row[0], 0, _whole(row[1:])) for row in written))
        return len(written)

    def _update(self, site: _Site, key: Key, refs: Sequence[str], words: Sequence[int]) -> int:
        """Write the words of digests anew; return how many were others."""
        columns = _columns(site.wall)
        names, listed, values = _listed(site.wall, words)
        written = ", ".join(f"{name} = w.{name}" for name in columns)
        differs = " OR ".join(f"p.{name} <> w.{name}" for name in columns)
        before = ", ".join(f"p.{name} AS before_{name}" for name in columns)
        told = ", ".join((*(f"w.before_{name}" for name in columns), *(f"w.{n}" for n in columns)))
        changed = site.run(
            f"UPDATE {text.people(key)} q SET {written} FROM (SELECT w.*, {before}"
            f" FROM unnest(%(refs)s::text[], {listed}) AS w(ref, {names})"
            f" JOIN {text.people(key)} p ON p.ref = w.ref AND ({differs}) FOR UPDATE OF p) AS w"
            f" WHERE q.ref = w.ref RETURNING q.key, {told}",
            {"refs": list(refs), **values},
        ).fetchall()
        end = 1 + site.wall.words
        site.pages(key, ((row[0], _whole(row[1:end]), _whole(row[end:])) for row in changed))
        return len(changed)

    def _drop(self, site: _Site, key: Key, refs: Sequence[str] | None = None) -> int:
        """Take out keys that no row carries any more, of all or of these digests; return how many."""
        columns = ", ".join(f"p.{name}" for name in _columns(site.wall))
        among = "" if refs is None else " AND p.ref = ANY(%(refs)s)"
        gone = site.run(
            f"{text.orphans(key, site.ground)}{among} RETURNING p.key, {columns}",
            {} if refs is None else {"refs": list(refs)},
        ).fetchall()
        site.pages(key, ((row[0], _whole(row[1:]), 0) for row in gone))
        return len(gone)

    def _lines(self, connection: _Connection) -> tuple[str, ...]:
        connection.execute("SET LOCAL search_path = pg_catalog")  # names are written out whole
        found = connection.execute(catalogue.DESCRIBED, {"ours": OURS, "owner": OWNER})
        return tuple(row[0] for row in found)

    def _manifest(self, connection: _Connection) -> str | None:
        there = connection.execute("SELECT to_regclass(%s)", [f"{OURS}.manifest"]).fetchone()
        if there is None or there[0] is None:
            return None
        row = connection.execute(f"SELECT wall FROM {OURS}.manifest".encode()).fetchone()
        return str(row[0]) if row else None

    def _hold(self, connection: _Connection) -> None:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_HELD])

    @contextmanager
    def _held(self, wall: Wall, *, forgotten: bool = False) -> Iterator[_Site]:
        """Hold the wall that stands there in one transaction, and leave a new mark in it."""
        with self._opened(self._url) as connection, self._marked(connection):
            self._hold(connection)
            if self._manifest(connection) != wall.digest:
                raise WallStale(
                    f"store `{self._name}` has no wall of this policy and data map:"
                    " run `mamoru gate install`"
                )
            row = connection.execute(f"SELECT mark FROM {OURS}.manifest".encode()).fetchone()
            if not forgotten and (row is None or row[0] not in self._memory.known()):
                raise WallForgot(f"store `{self._name}` is not as it was left")
            yield _Site(connection, wall, self._ground(connection, wall))

    @contextmanager
    def _marked(self, connection: _Connection) -> Iterator[None]:
        """Leave a new mark with what is done, and commit it."""
        yield
        mark = secrets.token_hex(16)
        connection.execute(f"UPDATE {OURS}.manifest SET mark = %s".encode(), [mark])
        self._memory.promise(mark)
        connection.commit()
        self._memory.keep(mark)

    @contextmanager
    def _opened(self, url: str) -> Iterator[_Connection]:
        """Hold a connection in one transaction; a driver's text is dropped, it may hold values."""
        try:
            with psycopg.connect(
                url.replace("postgresql+psycopg://", "postgresql://", 1),
                connect_timeout=max(2, int(self._wait)),
                application_name="mamoru",
                options=f"-c lock_timeout={int(self._wait * 1000)}",
            ) as connection:
                yield connection
        except psycopg.errors.InsufficientPrivilege as problem:
            said = problem.diag.message_primary or "a right is missing"
            raise WallRefused(
                f"store `{self._name}`: {said}; install as an administrator of the database"
            ) from None
        except psycopg.OperationalError:
            raise StoreUnreachable(f"store `{self._name}` cannot be reached") from None
        except psycopg.Error as problem:
            state = problem.sqlstate or type(problem).__name__
            raise StoreUnreadable(
                f"store `{self._name}` is not as the data map says ({state})"
            ) from None


def _columns(wall: Wall) -> tuple[str, ...]:
    return tuple(f"m{at}" for at in range(wall.words))


def _listed(wall: Wall, words: Sequence[int]) -> tuple[str, str, dict[str, list[int]]]:
    """Return words as columns: their names, how they are bound, and what is bound."""
    columns = _columns(wall)
    listed = ", ".join(f"%({name})s::bigint[]" for name in columns)
    values = {name: [_part(word, at) for word in words] for at, name in enumerate(columns)}
    return ", ".join(columns), listed, values


def _part(word: int, at: int) -> int:
    return word >> at * WORD_BITS & _FULL


def _parts(word: int, words: int) -> Iterator[int]:
    return (_part(word, at) for at in range(words))


def _whole(parts: Sequence[int]) -> int:
    return sum(part << at * WORD_BITS for at, part in enumerate(parts))
