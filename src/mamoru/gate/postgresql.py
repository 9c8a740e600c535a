"""PostgreSQL の壁 (P1.5, P2.1, P2.13, P3.6, P3.7): a wall in that engine's words.

Each door is a schema of barrier views and a role that may read them and nothing else. How people
stand lies beside them as one word a key, which the product writes and the views ask. A door whose
lease is over raises: it never shows an empty table instead of a refusal.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mamoru.datamap.terms import REMOVED, Hop, KeyPath, Match
from mamoru.gate.wall import OURS, Key, Opening, View, Wall

NEXT = f"{OURS}_next"
"""Where the next wall is made ready."""
PAGE_BITS = 8_192
"""Keys of one row of bits: a kilobyte, which PostgreSQL keeps in the row itself."""
OWNER = "mamoru_gate_owner"
"""Owns the views: it may read the company's tables, and nobody can sign in as it."""
CLOSED = "MAM01"
"""The SQLSTATE of a door that is closed."""
_TEXTS = frozenset({"text", "character varying"})
_INTEGERS = frozenset({"smallint", "integer", "bigint"})
_UPPER, _LOWER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What must be known of the live database before a wall can be written for it."""

    database: str
    user: str  # by which the product itself signs in; it keeps the words
    schemas: Mapping[str, str]  # of the map's tables
    types: Mapping[tuple[str, str], str]  # (table, column) -> as `format_type` says it
    logins: tuple[str, ...]  # roles that may sign in and are no readers of ours
    readers: tuple[str, ...] = ()  # roles of doors that stand there now
    paged: frozenset[str] = frozenset()  # kinds of keys that lie so close that bits serve them
    enforced: frozenset[tuple[str, str, str, str]] = frozenset()  # foreign keys of one column


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing to be done, and why."""

    why: str
    text: str


def structure(wall: Wall, ground: Ground) -> Iterator[Statement]:
    """Yield what must stand before the words can be written, beside the wall that stands there."""
    for role, what in [(OWNER, "owns the views"), *((o.name, "a door") for o in wall.openings)]:
        yield Statement(why=f"the role `{role}`: {what}; nobody signs in as it", text=_role(role))
    yield Statement(
        why="what is ours, apart from the company's; made beside what stands there",
        text=f"DROP SCHEMA IF EXISTS {_q(NEXT)} CASCADE; CREATE SCHEMA {_q(NEXT)}",
    )
    yield Statement(
        why="the doors: open or not, and until when",
        text=f"CREATE TABLE {_q(NEXT)}.door (number integer PRIMARY KEY,"
        " purpose text NOT NULL, recipient text NOT NULL, clause text NOT NULL,"
        " open boolean NOT NULL, valid_until timestamptz NOT NULL)",
    )
    for opening in wall.openings:
        door = opening.door
        said = ", ".join(_s(each) for each in (door.purpose, door.recipient, opening.clause))
        yield Statement(
            why="closed until how people stand is written and the lease begins",
            text=f"INSERT INTO {_q(NEXT)}.door VALUES ({door.number}, {said}, false, '-infinity')",
        )
    yield Statement(
        why="which policy and data map the wall was made of, and the mark of who wrote in it last",
        text=f"CREATE TABLE {_q(NEXT)}.manifest AS SELECT {_s(wall.digest)}::text AS wall,"
        f" {_s(wall.policy)}::text AS policy, now() AS installed_at, ''::text AS mark",
    )
    for key in wall.keys:
        words = "".join(f", m{word} bigint NOT NULL" for word in range(wall.words))
        yield Statement(
            why=f"how people with a `{key.kind}` stand: one bit a door, 0 is closed",
            text=f"CREATE TABLE {people(key, NEXT)} (key {key_type(key, ground)} PRIMARY KEY,"
            f" ref text NOT NULL UNIQUE{words})",
        )
        for opening in wall.openings if key.kind in ground.paged else ():
            yield Statement(
                why=f"the same for `{opening.door.purpose}` and `{opening.door.recipient}` alone,"
                f" {PAGE_BITS:,} keys a row",
                text=f"CREATE TABLE {pages(key, opening, NEXT)}"
                " (page bigint PRIMARY KEY, bits bytea NOT NULL)",
            )
    yield Statement(why="raises: said where a door is closed", text=_CLOSED)


def doors(wall: Wall, ground: Ground) -> Iterator[Statement]:
    """Yield what takes the new wall in use: every view and every right is set from nothing."""
    yield Statement(
        why="the wall that stood there", text=f"DROP SCHEMA IF EXISTS {_q(OURS)} CASCADE"
    )
    yield Statement(
        why="the new one takes its place", text=f"ALTER SCHEMA {_q(NEXT)} RENAME TO {_q(OURS)}"
    )
    names = {opening.name for opening in wall.openings}
    for role in (*ground.readers, *(name for name in names if name not in ground.readers)):
        why = "is made anew" if role in names else "is no door of this policy any more"
        yield Statement(
            why=f"`{role}` {why}",
            text=f"DROP SCHEMA IF EXISTS {_q(role)} CASCADE; DROP OWNED BY {_q(role)}",
        )
    yield Statement(
        why="the owner of the views reads what is granted to it below, and nothing else",
        text=f"DROP OWNED BY {_q(OWNER)} CASCADE",
    )
    yield from _closed_off(wall, ground)
    for opening in wall.openings:
        door = f"`{opening.door.purpose}` for `{opening.door.recipient}`"
        name = _q(opening.name)
        yield Statement(why=f"the door {door}", text=f"CREATE SCHEMA {name}")
        for view in opening.views:
            place = f"{name}.{_q(view.table)}"
            yield Statement(
                why=f"`{view.table}` for {door}: {len(view.columns)} columns",
                text=f"CREATE VIEW {place} WITH (security_barrier = true) AS"
                f"\n{select(opening, view, wall, ground)}",
            )
            yield Statement(
                why="reads with the owner's rights, not the reader's",
                text=f"ALTER VIEW {place} OWNER TO {_q(OWNER)}",
            )
            if view.left:
                yield Statement(
                    why="what the view does not show, and why, for whoever looks at it",
                    text=f"COMMENT ON VIEW {place} IS {_s(_left(view))}",
                )
        yield Statement(
            why=f"readers of {door} see these views and nothing else",
            text=f"GRANT USAGE ON SCHEMA {name} TO {name};"
            f" GRANT SELECT ON ALL TABLES IN SCHEMA {name} TO {name};"
            f" GRANT EXECUTE ON FUNCTION {_q(OURS)}.closed(integer) TO {name}",
        )


def removal(ground: Ground) -> Iterator[Statement]:
    """Yield what takes a wall away: doors first, so that nobody reads meanwhile."""
    for role in ground.readers:
        yield Statement(
            why=f"the door `{role}`",
            text=f"DROP SCHEMA IF EXISTS {_q(role)} CASCADE; DROP OWNED BY {_q(role)}",
        )
    yield Statement(why="what is ours", text=f"DROP SCHEMA IF EXISTS {_q(OURS)} CASCADE")
    yield Statement(
        why="the owner of the views reads nothing any more; the roles themselves stay, for they"
        " may stand in other databases of this server",
        text=f"DROP OWNED BY {_q(OWNER)}",
    )


def login(name: str, opening: Opening) -> Iterator[Statement]:
    """Yield what makes a login of a tool or service that reads for one purpose.

    Without a password: whoever runs the database sets one, or lets the login in by certificate.
    """
    yield Statement(
        why=f"the login `{name}` reads for `{opening.door.purpose}`"
        f" and `{opening.door.recipient}` only",
        text=f"CREATE ROLE {_q(name)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"
        f" NOBYPASSRLS INHERIT IN ROLE {_q(opening.name)}",
    )
    yield Statement(
        why="its SQL stays as it is: plain names of tables are the views",
        text=f"ALTER ROLE {_q(name)} SET search_path = {_q(opening.name)}",
    )


def select(opening: Opening, view: View, wall: Wall, ground: Ground) -> str:
    """Return the query of a view: granted columns, of people for whom the door is open."""
    shown = [f"t.{_q(name)}" for name in view.columns]
    shown += [
        f"{normal(f't.{_q(column)}', match)} AS {_q(name)}" for name, column, match in view.searched
    ]
    said = " OR ".join(_ways(opening, view, wall, ground))
    return (
        f"SELECT {', '.join(shown)}\nFROM {_base(view.table, ground)} t"
        f"\nWHERE ({_is_open(opening)})\nAND ({said})"
    )


def _is_open(opening: Opening) -> str:
    """Return whether a door is open, asked once a statement; a door that is not raises.

    An aggregate has a row even where the door itself is gone.
    """
    number = opening.door.number
    return (
        "SELECT CASE WHEN bool_and(d.open AND d.valid_until > clock_timestamp())"
        f" THEN true ELSE {_q(OURS)}.closed({number}) END"
        f" FROM {_q(OURS)}.door d WHERE d.number = {number}"
    )


def people(key: Key, schema: str = OURS) -> str:
    """Return the table with the words of a kind of key."""
    return f"{_q(schema)}.{_q(f'people_{key.kind}')}"


def pages(key: Key, opening: Opening, schema: str = OURS) -> str:
    """Return the table with the bits of a kind of key for one door."""
    return f"{_q(schema)}.{_q(f'pages_{key.kind}_{opening.door.number}')}"


def key_type(key: Key, ground: Ground) -> str:
    """Return the type in which keys lie beside their words: the columns' own where it is one."""
    declared = {ground.types[place] for place in key.columns}
    return "bigint" if key.match is Match.EXACT and declared <= _INTEGERS else "text"


def held(cell: str, column: tuple[str, str], key: Key, ground: Ground) -> str:
    """Return a cell in the form in which its key lies beside the words."""
    if key_type(key, ground) == "bigint":
        return cell
    return normal(_text(cell, ground.types[column]), key.match)


def normal(cell: str, match: Match) -> str:
    """Return the normal form of a text, as every connector computes it."""
    upper, lower = (_UPPER, _LOWER) if match is Match.EMAIL else ("", "")
    if not upper and not REMOVED[match]:
        return cell
    return f"translate({cell}, {_s(upper + REMOVED[match])}, {_s(lower)})"


def keys(key: Key, ground: Ground) -> str:
    """Return the query for every key of a kind that a row carries, each once."""
    return f"SELECT DISTINCT key FROM ({_carried(key, ground)}) AS carried"


def unknown(key: Key, ground: Ground, *, limit: int) -> str:
    """Return the query for keys of people that have no word yet, at most so many."""
    return (
        f"SELECT DISTINCT key FROM ({_carried(key, ground)}) AS carried WHERE NOT EXISTS"
        f" (SELECT FROM {people(key)} p WHERE p.key = carried.key) LIMIT {limit}"
    )


def orphans(key: Key, ground: Ground) -> str:
    """Return what takes out keys that no row carries any more: they are personal data too."""
    parts = []
    for table, column in key.columns:
        cell = held(f"t.{_q(column)}", (table, column), key, ground)
        parts.append(f"NOT EXISTS (SELECT FROM {_base(table, ground)} t WHERE {cell} = p.key)")
    return f"DELETE FROM {people(key)} p WHERE {' AND '.join(parts)}"


def _carried(key: Key, ground: Ground) -> str:
    parts = []
    for table, column in key.columns:
        cell = held(f"t.{_q(column)}", (table, column), key, ground)
        some = f"t.{_q(column)} IS NOT NULL"
        if key_type(key, ground) == "text":
            some += f" AND {cell} <> ''"
        parts.append(f"SELECT {cell} AS key FROM {_base(table, ground)} t WHERE {some}")
    return " UNION ALL ".join(parts)


def _ways(opening: Opening, view: View, wall: Wall, ground: Ground) -> Iterator[str]:
    """Yield one condition a way: a later one counts only where the earlier keys are empty."""
    before: list[str] = []
    for way in view.ways:
        yield " AND ".join((*before, _reached(opening, view, way, wall, ground)))
        first = way.hops[0].column if way.hops else way.column
        before.append(_empty(f"t.{_q(first)}", ground.types[view.table, first]))


def _reached(opening: Opening, view: View, way: KeyPath, wall: Wall, ground: Ground) -> str:
    """Return whether the person at the end of a way lets this door see the row."""
    key = wall.key(way.kind)
    paged = way.kind in ground.paged
    tables, conditions = [f"{pages(key, opening) if paged else people(key)} p"], []
    alias, table, column = "t", view.table, way.column
    hops = way.hops
    if hops and hops[-1].parent_column == column and _enforced(view, hops, ground):
        # What leads to the parent is the key itself, and the parent is there: no need to look.
        hops, column = hops[:-1], hops[-1].column
    for at, hop in enumerate(hops):
        parent = f"t{at + 1}"
        tables.append(f"{_base(hop.parent, ground)} {parent}")
        conditions.append(
            _equal(
                f"{parent}.{_q(hop.parent_column)}",
                ground.types[hop.parent, hop.parent_column],
                f"{alias}.{_q(hop.column)}",
                ground.types[table, hop.column],
            )
        )
        alias, table = parent, hop.parent
    cell = held(f"{alias}.{_q(column)}", (table, column), key, ground)
    if paged:
        conditions.append(f"p.page = {cell} >> {PAGE_BITS.bit_length() - 1}")
        conditions.append(f"get_bit(p.bits, {cell} & {PAGE_BITS - 1}) <> 0")
    else:
        conditions.append(f"p.key = {cell}")
        conditions.append(f"p.m{opening.word} & {opening.bit} <> 0")
    return f"EXISTS (SELECT FROM {', '.join(tables)} WHERE {' AND '.join(conditions)})"


def _enforced(view: View, hops: Sequence[Hop], ground: Ground) -> bool:
    """Return whether the database itself sees to it that the last parent of a way is there."""
    last = hops[-1]
    table = hops[-2].parent if len(hops) > 1 else view.table
    return (table, last.column, last.parent, last.parent_column) in ground.enforced


def _closed_off(wall: Wall, ground: Ground) -> Iterator[Statement]:
    """Yield what makes the views the only way: for readers, and for everybody by default."""
    bases = sorted({ground.schemas[table] for table in wall.tables})
    for schema in bases:
        yield Statement(
            why="nobody makes objects there but whoever was told so by name",
            text=f"REVOKE CREATE ON SCHEMA {_q(schema)} FROM PUBLIC;"
            f" GRANT USAGE ON SCHEMA {_q(schema)} TO {_q(OWNER)}",
        )
    for table in wall.tables:
        place = _base(table, ground)
        yield Statement(
            why=f"nobody reads `{table}` but whoever was told so by name",
            text=f"REVOKE ALL ON {place} FROM PUBLIC",
        )
    for table, columns in sorted(_used(wall).items()):
        listed = ", ".join(_q(column) for column in sorted(columns))
        yield Statement(
            why=f"the views read these columns of `{table}`",
            text=f"GRANT SELECT ({listed}) ON {_base(table, ground)} TO {_q(OWNER)}",
        )
    if ground.logins:
        listed = ", ".join(_q(each) for each in ground.logins)
        yield Statement(
            why="who signs in today keeps temporary tables; readers of doors have none",
            text=f"GRANT TEMPORARY ON DATABASE {_q(ground.database)} TO {listed}",
        )
    yield Statement(
        why="temporary tables and functions are for who was told so by name",
        text=f"REVOKE TEMPORARY ON DATABASE {_q(ground.database)} FROM PUBLIC",
    )
    ours = _q(OURS)
    kept = [people(key) for key in wall.keys]
    kept += [
        pages(key, opening)
        for key in wall.keys
        if key.kind in ground.paged
        for opening in wall.openings
    ]
    tables = ", ".join(kept)
    yield Statement(
        why="what is ours is read by the views and written by the product",
        text=f"REVOKE ALL ON SCHEMA {ours} FROM PUBLIC;"
        f" REVOKE ALL ON ALL TABLES IN SCHEMA {ours} FROM PUBLIC;"
        f" REVOKE ALL ON FUNCTION {ours}.closed(integer) FROM PUBLIC;"
        f" GRANT USAGE ON SCHEMA {ours} TO {_q(OWNER)}, {_q(ground.user)};"
        f" GRANT SELECT ON {tables}, {ours}.door TO {_q(OWNER)};"
        f" GRANT EXECUTE ON FUNCTION {ours}.closed(integer) TO {_q(OWNER)};"
        f" GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {_q(ground.user)};"
        f" GRANT SELECT, UPDATE ON {ours}.door TO {_q(ground.user)};"
        f" GRANT SELECT, UPDATE ON {ours}.manifest TO {_q(ground.user)}",
    )


def _used(wall: Wall) -> dict[str, set[str]]:
    """Return which columns of which tables the views read: shown, and on the way to a person."""
    used: dict[str, set[str]] = {}
    for opening in wall.openings:
        for view in opening.views:
            used.setdefault(view.table, set()).update(view.columns)
            for way in view.ways:
                table = view.table
                for hop in way.hops:
                    used.setdefault(table, set()).add(hop.column)
                    used.setdefault(hop.parent, set()).add(hop.parent_column)
                    table = hop.parent
                used.setdefault(table, set()).add(way.column)
    return used


def _left(view: View) -> str:
    lines = (f"{each.column}: {each.reason} (sentence `{each.clause}`)" for each in view.left)
    return "mamoru does not show\n" + "\n".join(lines)


def _role(name: str) -> str:
    """Return a role without any power: made if it is not there, stripped if it is."""
    powers = "NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT"
    has = f"SELECT FROM pg_roles WHERE rolname = {_s(name)}"
    return (
        f"DO $$ BEGIN IF NOT EXISTS ({has}) THEN CREATE ROLE {_q(name)} {powers};"
        f" ELSIF EXISTS ({has} AND (rolcanlogin OR rolsuper OR rolcreatedb OR rolcreaterole"
        f" OR rolreplication OR rolbypassrls)) THEN ALTER ROLE {_q(name)} {powers};"
        " END IF; END $$"
    )


def _base(table: str, ground: Ground) -> str:
    return f"{_q(ground.schemas[table])}.{_q(table)}"


def _text(cell: str, declared: str) -> str:
    plain = declared.partition("(")[0]
    return cell if plain in _TEXTS else f"{cell}::text"


def _empty(cell: str, declared: str) -> str:
    plain = declared.partition("(")[0]
    if plain in {*_TEXTS, "character", "citext"}:
        return f"({cell} IS NULL OR length({cell}) = 0)"
    return f"{cell} IS NULL"


def _equal(left: str, first: str, right: str, second: str) -> str:
    if first == second:
        return f"{left} = {right}"
    if {first, second} <= _INTEGERS or {
        first.partition("(")[0],
        second.partition("(")[0],
    } <= _TEXTS:
        return f"{left} = {right}"
    return f"{_text(left, first)} = {_text(right, second)}"


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _s(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def script(statements: Iterable[Statement]) -> str:
    """Return statements as one file that can be read and run by hand, each with its reason."""
    return "\n".join(f"-- {each.why}\n{each.text};\n" for each in statements)


def changes(before: Sequence[str], after: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines that are gone and those that are new, each in its order."""
    had, has = set(before), set(after)
    return (
        tuple(line for line in before if line not in has),
        tuple(line for line in after if line not in had),
    )


_CLOSED = f"""CREATE FUNCTION {_q(NEXT)}.closed(wanted integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS $$
DECLARE found record;
BEGIN
  SELECT d.* INTO found FROM {_q(OURS)}.door d
    WHERE d.number OPERATOR(pg_catalog.=) wanted;
  RAISE EXCEPTION USING ERRCODE = '{CLOSED}',
    MESSAGE = pg_catalog.format('mamoru: the door %s for %s is closed',
      coalesce(found.purpose, wanted::text), coalesce(found.recipient, 'unknown')),
    DETAIL = pg_catalog.format('sentence of the policy: %s', coalesce(found.clause, 'none')),
    HINT = 'It opens when mamoru can tell how people stand: see that its worker runs,'
      ' and `mamoru gate verify`.';
END $$"""
