"""PostgreSQL の壁を建てる (P1.5, P3.6, P3.7): installs a wall, writes how people stand, proves it.

All that an installation does is one transaction: readers see the wall of before or the new one.
How people stand is asked for only once the wall is held, so that of two workers none can write an
older word over a newer one.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from mamoru.connectors.port import StoreUnreachable, StoreUnreadable
from mamoru.gate import postgresql as text
from mamoru.gate.postgresql import NEXT, OWNER, Ground, Statement
from mamoru.gate.terms import GateError
from mamoru.gate.wall import OURS, WORD_BITS, Key, Wall

_BATCH = 20_000
"""Keys that are in memory at once."""
_HELD = 0x6D616D6F7275  # the advisory lock that one writer of a wall holds
_FULL = (1 << WORD_BITS) - 1

_Connection = psycopg.Connection[Any]
Words = Callable[[Key, Sequence[str]], Sequence[tuple[str, int]]]
"""Gives for keys of a kind the digest of each and which doors are open to its person."""
Renewed = Callable[[Key, Sequence[str]], Sequence[int]]
"""Gives for digests of keys which doors are open to their people now."""


class WallRefused(GateError):
    """The database does not let the wall be built. The message says which right is missing."""

    code, exit_code = "wall-refused", 3


class WallStale(GateError):
    """The wall that stands there is not of this policy and data map. Run `mamoru gate install`."""

    code, exit_code = "wall-stale", 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What an installation did."""

    statements: int
    people: int  # keys with a word
    lines: tuple[str, ...]  # the wall as the catalogue describes it


class PostgresqlWall:
    """The wall of one database. Every method opens its own connection and leaves none behind."""

    def __init__(self, name: str, url: str, *, admin: str = "", wait_seconds: float = 5.0) -> None:
        """Know where it stands; `admin` is who may make roles and schemas, else `url` is."""
        self._name = name
        self._url = url
        self._admin = admin or url
        self._wait = wait_seconds

    def plan(self, wall: Wall) -> tuple[Statement, ...]:
        """Return every statement of an installation, in order; nothing is changed."""
        with self._opened(self._admin) as connection:
            ground = self._ground(connection, wall)
        return (*text.structure(wall, ground), *text.doors(wall, ground))

    def install(
        self,
        wall: Wall,
        words: Words,
        *,
        until: datetime,
        tell: Callable[[int], None] = lambda _: None,
    ) -> Built:
        """Build the wall anew and open its doors until their lease ends; all of it or nothing.

        `tell` is called with the number of keys done.
        """
        with self._opened(self._admin) as connection:
            self._hold(connection)
            ground = self._ground(connection, wall)
            structure = tuple(text.structure(wall, ground))
            for statement in structure:
                connection.execute(statement.text.encode())
            known = 0
            for key in wall.keys:
                for count in self._written(connection, wall, key, words, ground):
                    known += count
                    tell(known)
            doors = tuple(text.doors(wall, ground))
            for statement in doors:
                connection.execute(statement.text.encode())
            connection.execute(
                f"UPDATE {OURS}.door SET open = true, valid_until = %s".encode(), [until]
            )
            lines = self._lines(connection)
        return Built(statements=len(structure) + len(doors), people=known, lines=lines)

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
        """Write the words of people that have none yet; return how many. WallStale if it is."""
        done = 0
        with self._held(wall) as (connection, ground):
            for key in wall.keys:
                rows = connection.execute(text.unknown(key, ground, limit=limit).encode())
                done += self._insert(connection, wall, key, words, [row[0] for row in rows])
        return done

    def push(self, wall: Wall, changed: Sequence[tuple[Key, Sequence[str]]], now: Renewed) -> int:
        """Write anew the words of digests whose people's standing changed; return how many differ.

        What has no row of its own yet has no open door either. WallStale if the wall is.
        """
        with self._held(wall) as (connection, _):
            return sum(
                self._update(connection, wall, key, refs, now(key, refs)) for key, refs in changed
            )

    def forget(self, wall: Wall) -> int:
        """Take out the words of keys that no row carries any more; return how many."""
        with self._held(wall) as (connection, ground):
            return sum(
                connection.execute(text.orphans(key, ground).encode()).rowcount for key in wall.keys
            )

    def renew(self, wall: Wall, *, until: datetime) -> None:
        """Let the doors stay open until then. WallStale if the wall is: then they stay as they are."""
        with self._held(wall) as (connection, _):
            connection.execute(
                f"UPDATE {OURS}.door SET open = true, valid_until = %s".encode(), [until]
            )

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
            for query, says in _LEAKS:
                found = connection.execute(query.encode(), {"ours": OURS, "owner": OWNER})
                for row in found:
                    yield says.format(*row)

    # --- one after the other -----------------------------------------------------------------

    def _ground(self, connection: _Connection, wall: Wall) -> Ground:
        with self._opened(self._url) as own:  # whose search path says which tables are meant
            user = own.execute("SELECT current_user").fetchone()
            columns = own.execute(_COLUMNS, [list(wall.tables)]).fetchall()
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
        logins = connection.execute(_LOGINS, {"readers": list(readers)})
        return Ground(
            database=database[0] if database else "",
            user=user[0] if user else "",
            schemas=schemas,
            types=types,
            logins=tuple(row[0] for row in logins),
            readers=readers,
        )

    def _readers(self, connection: _Connection) -> tuple[str, ...]:
        found = connection.execute(_READERS, {"owner": OWNER})
        return tuple(row[0] for row in found)

    def _written(
        self, connection: _Connection, wall: Wall, key: Key, words: Words, ground: Ground
    ) -> Iterator[int]:
        """Write the words of all keys of a kind into the next wall; yield how many at a time."""
        columns = ", ".join(f"m{at}" for at in range(wall.words))
        into = f"COPY {text.people(key, NEXT)} (key, ref, {columns}) FROM STDIN"
        with connection.cursor(name="keys") as walked:
            walked.execute(text.keys(key, ground).encode())
            while rows := walked.fetchmany(_BATCH):
                made = words(key, [str(row[0]) for row in rows])
                with connection.cursor() as cursor, cursor.copy(into.encode()) as copy:
                    for (cell,), (ref, word) in zip(rows, made, strict=True):
                        copy.write_row((cell, ref, *_parts(word, wall.words)))
                yield len(rows)

    def _insert(
        self,
        connection: _Connection,
        wall: Wall,
        key: Key,
        words: Words,
        keys: Sequence[Any],
    ) -> int:
        if not keys:
            return 0
        made = words(key, [str(each) for each in keys])
        columns = [f"m{at}" for at in range(wall.words)]
        listed = ", ".join(f"%({name})s::bigint[]" for name in columns)
        kind = "bigint" if isinstance(keys[0], int) else "text"
        values = {name: [_part(word, at) for _, word in made] for at, name in enumerate(columns)}
        query = (
            f"INSERT INTO {text.people(key)} (key, ref, {', '.join(columns)})"
            f" SELECT * FROM unnest(%(keys)s::{kind}[], %(refs)s::text[], {listed})"
            " ON CONFLICT DO NOTHING"
        )
        given = {"keys": list(keys), "refs": [ref for ref, _ in made], **values}
        return connection.execute(query.encode(), given).rowcount

    def _update(
        self,
        connection: _Connection,
        wall: Wall,
        key: Key,
        refs: Sequence[str],
        words: Sequence[int],
    ) -> int:
        columns = [f"m{at}" for at in range(wall.words)]
        listed = ", ".join(f"%({name})s::bigint[]" for name in columns)
        written = ", ".join(f"{name} = w.{name}" for name in columns)
        differs = " OR ".join(f"p.{name} <> w.{name}" for name in columns)
        query = (
            f"UPDATE {text.people(key)} p SET {written}"
            f" FROM unnest(%(refs)s::text[], {listed}) AS w(ref, {', '.join(columns)})"
            f" WHERE p.ref = w.ref AND ({differs})"
        )
        values = {name: [_part(word, at) for word in words] for at, name in enumerate(columns)}
        given = {"refs": list(refs), **values}
        return int(connection.execute(query.encode(), given).rowcount)

    def _lines(self, connection: _Connection) -> tuple[str, ...]:
        connection.execute("SET LOCAL search_path = pg_catalog")  # names are written out whole
        found = connection.execute(_DESCRIBED, {"ours": OURS, "owner": OWNER})
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
    def _held(self, wall: Wall) -> Iterator[tuple[_Connection, Ground]]:
        """Hold the wall that stands there in one transaction; WallStale if it is another."""
        with self._opened(self._url) as connection:
            self._hold(connection)
            if self._manifest(connection) != wall.digest:
                raise WallStale(
                    f"store `{self._name}` has no wall of this policy and data map:"
                    " run `mamoru gate install`"
                )
            yield connection, self._ground(connection, wall)

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


def _part(word: int, at: int) -> int:
    return word >> at * WORD_BITS & _FULL


def _parts(word: int, words: int) -> Iterator[int]:
    return (_part(word, at) for at in range(words))


_COLUMNS = """
    SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relname = ANY(%s) AND pg_table_is_visible(c.oid)
      AND a.attnum > 0 AND NOT a.attisdropped
"""
_READERS = """
    SELECT DISTINCT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'v' AND pg_get_userbyid(c.relowner) = %(owner)s ORDER BY 1
"""
_MEMBERS = """
    WITH RECURSIVE doors AS (
        SELECT DISTINCT r.oid, r.rolname FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.rolname = n.nspname
        WHERE c.relkind = 'v' AND pg_get_userbyid(c.relowner) = %(owner)s
    ), inside AS (
        SELECT m.member, d.rolname AS door FROM pg_auth_members m JOIN doors d ON d.oid = m.roleid
        UNION SELECT m.member, i.door FROM pg_auth_members m JOIN inside i ON i.member = m.roleid
    ), readers AS (
        SELECT r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb,
               r.rolreplication, array_agg(i.door ORDER BY i.door) AS doors
        FROM inside i JOIN pg_roles r ON r.oid = i.member
        GROUP BY 1, 2, 3, 4, 5, 6, 7
        UNION ALL
        SELECT r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb,
               r.rolreplication, array[d.rolname] FROM doors d JOIN pg_roles r ON r.oid = d.oid
    )
"""
_LOGINS = """
    SELECT r.rolname FROM pg_roles r
    WHERE r.rolcanlogin AND NOT r.rolsuper
      AND has_database_privilege(r.oid, current_database(), 'TEMP')
      AND NOT EXISTS (SELECT FROM pg_roles d WHERE d.rolname = ANY(%(readers)s)
                      AND pg_has_role(r.oid, d.oid, 'MEMBER'))
    ORDER BY 1
"""
_LEAKS: tuple[tuple[str, str], ...] = (
    (
        _MEMBERS
        + """
    SELECT rolname, concat_ws(', ', CASE WHEN rolsuper THEN 'superuser' END,
        CASE WHEN rolbypassrls THEN 'bypasses row security' END,
        CASE WHEN rolcreaterole THEN 'makes roles' END,
        CASE WHEN rolcreatedb THEN 'makes databases' END,
        CASE WHEN rolreplication THEN 'replicates' END)
    FROM readers
    WHERE rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication ORDER BY 1
""",
        "the reader `{}` has powers that pass every door: {}",
    ),
    (
        _MEMBERS
        + """
    SELECT rolname, array_to_string(doors, ', ') FROM readers
    WHERE cardinality(doors) > 1 ORDER BY 1
""",
        "the reader `{}` has several doors, so its reads state no one purpose: {}",
    ),
    (
        _MEMBERS
        + """
    SELECT r.rolname, o.rolname FROM readers r
    JOIN pg_auth_members m ON m.member = r.oid JOIN pg_roles o ON o.oid = m.roleid
    WHERE o.oid NOT IN (SELECT oid FROM doors) AND o.oid NOT IN (SELECT oid FROM readers)
    ORDER BY 1, 2
""",
        "the reader `{}` is also in the role `{}`",
    ),
    (
        _MEMBERS
        + """
    SELECT r.rolname, n.nspname || '.' || c.relname FROM readers r, pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT r.rolsuper AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname <> ALL(r.doors)
      AND n.nspname NOT LIKE 'pg_toast%%' AND n.nspname NOT LIKE 'pg_temp%%'
      AND (has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
           OR has_table_privilege(r.oid, c.oid, 'DELETE, TRUNCATE, TRIGGER'))
    ORDER BY 1, 2
""",
        "the reader `{}` reaches `{}` past its door",
    ),
    (
        _MEMBERS
        + """
    SELECT r.rolname, n.nspname FROM readers r, pg_namespace n
    WHERE NOT r.rolsuper AND has_schema_privilege(r.oid, n.oid, 'CREATE')
      AND n.nspname NOT LIKE 'pg_temp%%' AND n.nspname NOT LIKE 'pg_toast%%' ORDER BY 1, 2
""",
        "the reader `{}` may make objects in the schema `{}`",
    ),
    (
        _MEMBERS
        + """
    SELECT r.rolname, current_database() FROM readers r
    WHERE NOT r.rolsuper AND has_database_privilege(r.oid, current_database(), 'TEMP, CREATE')
    ORDER BY 1
""",
        "the reader `{}` may make temporary tables or schemas in the database `{}`",
    ),
    (
        _MEMBERS
        + """
    SELECT r.rolname, p.oid::regprocedure::text FROM readers r, pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE NOT r.rolsuper AND p.prosecdef AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
      AND has_schema_privilege(r.oid, n.oid, 'USAGE') AND n.nspname NOT IN ('pg_catalog')
    ORDER BY 1, 2
""",
        "the reader `{}` may call `{}`, which runs with another's rights",
    ),
)
_DESCRIBED = """
    WITH spaces AS (
        SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace n
        WHERE n.nspname = %(ours)s OR EXISTS (SELECT FROM pg_class c
            WHERE c.relnamespace = n.oid AND pg_get_userbyid(c.relowner) = %(owner)s)
    ), said AS (
        SELECT concat_ws(' ', 'schema', nspname, pg_get_userbyid(nspowner), nspacl::text) AS line
        FROM spaces
        UNION ALL
        SELECT concat_ws(' ', 'relation', s.nspname || '.' || c.relname, c.relkind::text,
            pg_get_userbyid(c.relowner), c.relacl::text, c.reloptions::text,
            CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) ELSE (
                SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
                    a.attacl::text), ', ' ORDER BY a.attnum)
                FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) END)
        FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace WHERE c.relkind <> 'i'
        UNION ALL
        SELECT concat_ws(' ', 'function', p.oid::regprocedure::text, pg_get_userbyid(p.proowner),
            p.proacl::text, pg_get_functiondef(p.oid))
        FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
        UNION ALL
        SELECT concat_ws(' ', 'trigger', t.tgrelid::regclass::text, pg_get_triggerdef(t.oid))
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        JOIN spaces s ON s.oid = c.relnamespace WHERE NOT t.tgisinternal
        UNION ALL
        SELECT concat_ws(' ', 'role', r.rolname, r.rolcanlogin::text, r.rolsuper::text,
            r.rolcreatedb::text, r.rolcreaterole::text, r.rolreplication::text,
            r.rolbypassrls::text)
        FROM pg_roles r WHERE r.rolname IN (SELECT nspname FROM spaces)
           OR r.rolname = %(owner)s AND EXISTS (SELECT FROM spaces)
        UNION ALL
        SELECT concat_ws(' ', 'member', a.rolname, 'of', b.rolname)
        FROM pg_auth_members m JOIN pg_roles a ON a.oid = m.member
        JOIN pg_roles b ON b.oid = m.roleid
        WHERE %(owner)s IN (a.rolname, b.rolname) AND EXISTS (SELECT FROM spaces)
           OR a.rolname IN (SELECT nspname FROM spaces)
        UNION ALL
        SELECT concat_ws(' ', 'reads', a.attrelid::regclass::text, a.attname)
        FROM pg_attribute a, aclexplode(a.attacl) x
        WHERE pg_get_userbyid(x.grantee) = %(owner)s
    )
    SELECT line FROM said ORDER BY line COLLATE "C"
"""
