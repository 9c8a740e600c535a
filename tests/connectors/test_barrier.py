"""A reader of a door sees exactly those of whom the purpose may be told, on a real PostgreSQL."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import errors
from psycopg.conninfo import make_conninfo

from mamoru.connectors.barrier import PostgresqlWall
from mamoru.gate import postgresql as text
from mamoru.gate.building import WallForgot, WallStale
from mamoru.gate.terms import Standing
from tests.connectors import servers
from tests.connectors.walled import CLAUSES, TABLES, Company, Memory, datamap, ref
from tests.oracle.gate import Grant

pytestmark = pytest.mark.postgres
PROMISES = pytest.mark.promise("P1.5", "P2.1", "P2.13", "P3.6", "P3.7")
OPEN = datetime.now(UTC) + timedelta(days=1)
DOORS = [("PU01", "internal"), ("PU02", "internal"), ("PU02", "mailing"), ("PU07", "partner")]
_numbers = itertools.count(1)
_mails = ["A.b@example.jp", "a.b@example.jp", " c@example.jp", "d@example.jp", "", None]
_standing = st.builds(
    Standing,
    consents=st.frozensets(st.sampled_from([("PU07", "partner"), ("PU07", "*"), ("PU02", "*")])),
    refusals=st.frozensets(st.sampled_from(["PU02", "PU01", "PU07"]), max_size=1),
    suspended=st.sampled_from([False, False, True]),
    stopped=st.frozensets(st.sampled_from(["mailing", "*"]), max_size=1),
    tombstone=st.sampled_from([False, False, False, True]),
)
_customer = st.integers(1, 4)
_rows = st.fixed_dictionaries(
    {
        "customers": st.lists(
            st.tuples(
                _customer, st.just("氏名"), st.sampled_from(_mails), st.none(), st.just("親")
            ),
            unique_by=lambda row: row[0],
        ),
        "orders": st.lists(
            st.tuples(st.integers(1, 9), _customer, st.just("本")), unique_by=lambda row: row[0]
        ),
        "lines": st.lists(
            st.tuples(st.integers(1, 9), st.integers(1, 9), st.just("赤")),
            unique_by=lambda row: row[0],
        ),
        "tickets": st.lists(
            st.tuples(
                st.integers(1, 9), st.none() | _customer, st.sampled_from(_mails), st.just("文")
            ),
            unique_by=lambda row: row[0],
        ),
        "news": st.lists(st.tuples(st.sampled_from(_mails), st.just("名"))),
        "staff": st.just([("E1", "社員")]),
    }
)
_standings = st.dictionaries(
    st.tuples(st.just("customer"), _customer.map(str))
    | st.tuples(st.just("email"), st.sampled_from(["a.b@example.jp", "c@example.jp"])),
    st.none() | _standing,
)


@pytest.fixture(scope="module")
def company(postgres: servers.Postgres) -> Company:
    found = Company(postgres.database())
    found.rows = {
        "customers": [
            (1, "青木", "Aoki@example.jp", "1990-01-01", "青木 親"),
            (2, "馬場", "baba@example.jp", None, None),
            (3, "千葉", None, None, None),
        ],
        "orders": [(1, 1, "本"), (2, 2, "鞄"), (3, 99, "靴")],
        "lines": [(1, 1, "赤"), (2, 2, "青"), (3, 77, "黄")],
        "tickets": [(1, 1, "x@example.jp", "文"), (2, None, "baba@example.jp", "文"), (3, None, "", "")],
        "news": [("aoki@example.jp", "青木"), ("e@example.jp", "江口"), (None, "誰か")],
        "staff": [("E1", "社員")],
    }  # fmt: skip
    found.make()
    found.hand.install(found.wall, found.words, until=OPEN)
    return found


@contextmanager
def reading(company: Company, purpose: str, recipient: str) -> Iterator[psycopg.Connection[Any]]:
    """Hold the connection of a tool that signs in for one purpose."""
    opening = next(
        each
        for each in company.wall.openings
        if (each.door.purpose, each.door.recipient) == (purpose, recipient)
    )
    name = f"tool_{next(_numbers)}"
    with psycopg.connect(company.url, autocommit=True) as admin:
        for statement in text.login(name, opening):
            admin.execute(statement.text.encode())
    try:
        with psycopg.connect(make_conninfo(company.url, user=name), autocommit=True) as connection:
            yield connection
    finally:
        with psycopg.connect(company.url, autocommit=True) as admin:
            admin.execute(f"DROP ROLE {name}".encode())


def seen(company: Company, purpose: str, recipient: str) -> dict[str, list[Any] | None]:
    """Return all that a reader of a door sees, by the plain names of the company's tables."""
    result: dict[str, list[Any] | None] = {}
    with reading(company, purpose, recipient) as connection:
        for table in TABLES:
            try:
                result[table] = connection.execute(f"SELECT * FROM {table}".encode()).fetchall()
            except errors.UndefinedTable:
                result[table] = None
    return result


@PROMISES
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=_rows, standings=_standings)
def test_a_reader_sees_what_the_plain_second_opinion_lets_through_and_nothing_else(
    postgres: servers.Postgres, rows: dict[str, Any], standings: dict[Any, Any]
) -> None:
    company = Company(postgres.database(), rows=rows, standings=standings)
    company.make()

    company.hand.install(company.wall, company.words, until=OPEN)

    for purpose, recipient in DOORS:
        shown = seen(company, purpose, recipient)
        for table in TABLES:
            must = company.seen(purpose, recipient, table)
            found = shown[table]
            assert (found is None) == (must is None), (purpose, recipient, table)
            assert sorted(map(repr, found or [])) == sorted(map(repr, must or []))


@PROMISES
@pytest.mark.parametrize("apart", [1, 10**7])
@pytest.mark.parametrize("enforced", [False, True])
def test_how_close_keys_lie_and_what_the_database_enforces_changes_nothing_of_what_is_seen(
    postgres: servers.Postgres, apart: int, *, enforced: bool
) -> None:
    company = Company(
        postgres.database(),
        rows={
            "customers": [(at * apart, "氏名", None, None, None) for at in range(1, 60)],
            "orders": [(at, (1 + at % 59) * apart, "本") for at in range(1, 200)],
            "lines": [(at, at, "赤") for at in range(1, 200)],
        },
        standings={
            ("customer", str(at * apart)): Standing(suspended=at % 3 == 0, tombstone=at % 7 == 0)
            for at in range(1, 60)
        },
    )
    company.make()
    if enforced:
        with psycopg.connect(company.url) as connection:
            connection.execute(
                "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers"
            )
            connection.execute("ALTER TABLE lines ADD FOREIGN KEY (order_id) REFERENCES orders")

    company.hand.install(company.wall, company.words, until=OPEN)

    views = "\n".join(each.text for each in company.hand.plan(company.wall))
    assert ("get_bit" in views) == (apart == 1)
    assert ('"customers" t1' in views) != enforced
    shown = seen(company, "PU01", "internal")
    for table in ("customers", "orders", "lines"):
        must = company.seen("PU01", "internal", table)
        assert sorted(map(repr, shown[table] or [])) == sorted(map(repr, must or []))
    assert company.hand.differing(company.wall, company.everybody()) == 0
    company.standings = {("customer", str(apart)): Standing(suspended=True)}
    assert company.hand.refresh(company.wall, company.everybody())
    again = seen(company, "PU01", "internal")["orders"]
    assert sorted(map(repr, again or [])) == sorted(
        map(repr, company.seen("PU01", "internal", "orders") or [])
    )


@PROMISES
def test_a_bit_that_is_not_what_its_word_says_is_found(company: Company) -> None:
    with psycopg.connect(company.url) as connection:
        connection.execute("UPDATE mamoru_gate.pages_customer_1 SET bits = set_bit(bits, 999, 1)")

    found = company.hand.differing(company.wall, company.everybody())
    company.hand.refresh(company.wall, company.everybody())

    assert found == 1
    assert company.hand.differing(company.wall, company.everybody()) == 0


@PROMISES
def test_the_plan_says_why_each_statement_is_run_and_changes_nothing(
    postgres: servers.Postgres,
) -> None:
    company = Company(postgres.database())
    company.make()

    plan = company.hand.plan(company.wall)

    assert all(each.why and each.text for each in plan)
    assert list(company.hand.findings(company.wall)) == ["no wall stands here"]
    assert company.hand.lines() == ()
    with psycopg.connect(company.url) as connection:
        schemas = connection.execute("SELECT nspname FROM pg_namespace").fetchall()
    assert not [name for (name,) in schemas if "mamoru" in name]


@PROMISES
def test_a_column_that_is_not_granted_is_absent_and_the_view_says_by_which_sentence(
    company: Company,
) -> None:
    with reading(company, "PU02", "internal") as connection:
        with pytest.raises(errors.UndefinedColumn):
            connection.execute("SELECT name FROM customers")
        said = connection.execute(
            "SELECT obj_description('customers'::regclass)",
        ).fetchone()

    assert said is not None
    assert "birth: the policy does not grant category `birth` (sentence `purpose.news`)" in said[0]
    assert "guardian: it speaks of others" in said[0]


@PROMISES
def test_a_key_without_a_word_shows_no_row_until_its_word_is_taken(company: Company) -> None:
    with psycopg.connect(company.url) as connection:
        connection.execute("INSERT INTO customers VALUES (50, '新', 'new@example.jp')")
    try:
        before = seen(company, "PU01", "internal")["customers"]
        taken = company.hand.take(company.wall, company.words)
        after = seen(company, "PU01", "internal")["customers"]
    finally:
        with psycopg.connect(company.url) as connection:
            connection.execute("DELETE FROM customers WHERE id = 50")

    assert before is not None
    assert after is not None
    assert taken == 1
    assert len(after) == len(before) + 1
    assert company.hand.forget(company.wall) == 1
    with psycopg.connect(company.url) as connection:
        left = connection.execute("SELECT count(*) FROM mamoru_gate.people_customer WHERE key = 50")
        assert left.fetchone() == (0,)


@PROMISES
def test_a_refusal_closes_the_next_read_and_no_other_persons_row(company: Company) -> None:
    company.standings[("customer", "1")] = Standing(refusals=frozenset({"PU02"}))
    digest = ref("customer", "1")
    with reading(company, "PU02", "internal") as connection:
        before = connection.execute("SELECT email FROM customers").fetchall()

        changed = company.hand.push(
            company.wall,
            [(company.wall.key("customer"), [digest])],
            company.renewed({digest: ("customer", "1")}),
        )
        after = connection.execute("SELECT email FROM customers").fetchall()

    assert changed == 1
    assert set(before) - set(after) == {("Aoki@example.jp",)}
    del company.standings["customer", "1"]
    company.hand.push(
        company.wall,
        [(company.wall.key("customer"), [digest])],
        company.renewed({digest: ("customer", "1")}),
    )


@PROMISES
def test_a_door_whose_lease_is_over_raises_and_names_its_sentence(company: Company) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    with reading(company, "PU02", "internal") as connection:
        connection.execute("SELECT email FROM customers")
        company.hand.renew(company.wall, until=past)
        with pytest.raises(psycopg.Error) as refused:
            connection.execute("SELECT email FROM customers WHERE false OR email = 'x'")
        company.hand.renew(company.wall, until=OPEN)
        connection.execute("SELECT email FROM customers")

    assert refused.value.sqlstate == text.CLOSED
    assert "PU02" in str(refused.value)
    assert "purpose.news" in str(refused.value)


@PROMISES
def test_the_stop_switch_closes_every_door_at_once(company: Company) -> None:
    with reading(company, "PU01", "internal") as connection:
        company.hand.shut()
        with pytest.raises(psycopg.Error) as refused:
            connection.execute("SELECT * FROM orders")
        findings = list(company.hand.findings(company.wall))
        company.hand.renew(company.wall, until=OPEN)

    assert refused.value.sqlstate == text.CLOSED
    assert "the door `PU01` for `internal` is closed" in findings
    assert list(company.hand.findings(company.wall)) == []


@PROMISES
def test_another_policy_is_taken_on_in_one_step_and_the_old_wall_is_stale(
    postgres: servers.Postgres,
) -> None:
    company = Company(postgres.database(), rows={"news": [("a@example.jp", "青木")]})
    company.make()
    company.hand.install(company.wall, company.words, until=OPEN)
    old = company.wall
    company.policy = type(company.policy)(
        purposes=company.policy.purposes,
        grants={
            triple: grant
            for triple, grant in company.policy.grants.items()
            if triple[2] != "mailing"
        }
        | {("PU01", "news", "internal"): Grant()},
        digest="1" * 64,
    )

    with pytest.raises(WallStale):
        company.hand.renew(company.wall, until=OPEN)
    company.hand.install(company.wall, company.words, until=OPEN)

    with pytest.raises(WallStale):
        company.hand.take(old, company.words)
    with psycopg.connect(company.url) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ 'mailing'")
        assert found.fetchall() == []
    assert [row[0] for row in seen(company, "PU02", "internal")["news"] or []] == ["a@example.jp"]


@PROMISES
def test_a_database_that_was_put_back_opens_no_door_before_all_words_are_written_anew(
    company: Company,
) -> None:
    with psycopg.connect(company.url) as connection:
        old = connection.execute("SELECT mark FROM mamoru_gate.manifest").fetchone()
    assert old is not None
    company.standings["customer", "2"] = Standing(suspended=True)
    digest = ref("customer", "2")
    told = [(company.wall.key("customer"), [digest])]
    company.hand.push(company.wall, told, company.everybody())
    company.hand.push(company.wall, told, company.everybody())
    with psycopg.connect(company.url) as connection:  # as the backup had it
        connection.execute("UPDATE mamoru_gate.manifest SET mark = %s", old)
        connection.execute(
            "UPDATE mamoru_gate.people_customer SET m0 = 127 WHERE ref = %s", [digest]
        )

    acts: list[Callable[[], object]] = [
        lambda: company.hand.renew(company.wall, until=OPEN),
        lambda: company.hand.push(company.wall, told, company.everybody()),
        lambda: company.hand.take(company.wall, company.words),
    ]
    for act in acts:
        with pytest.raises(WallForgot):
            act()
    wrong = company.hand.differing(company.wall, company.everybody())
    renewed = company.hand.refresh(company.wall, company.everybody())

    assert wrong
    assert renewed == 1
    assert company.hand.differing(company.wall, company.everybody()) == 0
    company.hand.renew(company.wall, until=OPEN)
    shown = seen(company, "PU01", "internal")["customers"]
    assert {row[0] for row in shown or []} == {1, 3}
    del company.standings["customer", "2"]
    company.hand.push(company.wall, told, company.everybody())


@PROMISES
def test_a_writer_that_died_before_it_could_remember_its_mark_is_known_all_the_same(
    company: Company,
) -> None:
    class Dying(Memory):
        def keep(self, mark: str) -> None:
            raise KeyboardInterrupt

    dying = Dying(company.memory.kept, company.memory.promised)
    with pytest.raises(KeyboardInterrupt):
        PostgresqlWall("shop", company.url, dying).renew(company.wall, until=OPEN)

    company.memory.promise(dying.promised)
    company.hand.renew(company.wall, until=OPEN)

    assert list(company.hand.findings(company.wall)) == []


def test_an_installation_that_fails_leaves_the_wall_of_before(company: Company) -> None:
    lines = company.hand.lines()

    def broken(key: Any, keys: Any) -> Any:
        raise RuntimeError("the standing cannot be told")

    with pytest.raises(RuntimeError):
        company.hand.install(company.wall, broken, until=OPEN)

    assert company.hand.lines() == lines
    assert list(company.hand.findings(company.wall)) == []


@PROMISES
@pytest.mark.parametrize(
    ("done", "undone", "says"),
    [
        ("ALTER ROLE reader_x BYPASSRLS", "ALTER ROLE reader_x NOBYPASSRLS", "powers"),
        ("GRANT mamoru_pu02_mailing TO reader_x", "REVOKE mamoru_pu02_mailing FROM reader_x",
         "several doors"),
        ("GRANT pg_read_all_data TO reader_x", "REVOKE pg_read_all_data FROM reader_x",
         "also in the role"),
        ("GRANT SELECT (email) ON customers TO reader_x",
         "REVOKE SELECT (email) ON customers FROM reader_x", "reaches `public.customers`"),
        ("GRANT SELECT ON orders TO PUBLIC", "REVOKE SELECT ON orders FROM PUBLIC",
         "reaches `public.orders`"),
        ("GRANT CREATE ON SCHEMA public TO reader_x", "REVOKE CREATE ON SCHEMA public FROM reader_x",
         "may make objects"),
        ("GRANT TEMP ON DATABASE {database} TO PUBLIC", "REVOKE TEMP ON DATABASE {database} FROM PUBLIC",
         "temporary"),
        ("CREATE FUNCTION public.peep() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
         " AS 'SELECT count(*) FROM public.customers'", "DROP FUNCTION public.peep()",
         "runs with another's rights"),
    ],
)  # fmt: skip
def test_a_way_past_the_door_is_found(company: Company, done: str, undone: str, says: str) -> None:
    opening = next(each for each in company.wall.openings if each.name == "mamoru_pu02_internal")
    with psycopg.connect(company.url, autocommit=True) as admin:
        database = (admin.execute("SELECT current_database()").fetchone() or ("",))[0]
        for statement in text.login("reader_x", opening):
            admin.execute(statement.text.encode())
        try:
            clean = list(company.hand.findings(company.wall))
            admin.execute(done.format(database=database).encode())
            found = list(company.hand.findings(company.wall))
            admin.execute(undone.format(database=database).encode())
        finally:
            admin.execute("DROP OWNED BY reader_x")
            admin.execute("DROP ROLE reader_x")

    assert clean == []
    assert any(says in each for each in found), found


@PROMISES
@pytest.mark.parametrize(
    "change",
    [
        "ALTER VIEW mamoru_pu02_internal.customers SET (security_barrier = false)",
        "CREATE OR REPLACE VIEW mamoru_pu02_internal.news AS SELECT email,"
        " translate(email, 'a', 'b') AS email_norm FROM news",
        "CREATE VIEW mamoru_pu02_internal.more AS SELECT * FROM customers",
        "GRANT UPDATE ON mamoru_gate.people_customer TO mamoru_pu02_internal",
        "ALTER ROLE mamoru_pu02_internal LOGIN",
        "CREATE OR REPLACE FUNCTION mamoru_gate.open(wanted integer) RETURNS boolean"
        " LANGUAGE sql AS 'SELECT true'",
        "GRANT SELECT (birth) ON customers TO mamoru_gate_owner",
    ],
)
def test_a_wall_that_somebody_changed_is_not_described_as_before(
    company: Company, change: str
) -> None:
    before = company.hand.lines()
    with psycopg.connect(company.url) as connection:
        connection.execute(change.encode())

    after = company.hand.lines()
    company.hand.install(company.wall, company.words, until=OPEN)

    gone, new = text.changes(before, after)
    assert gone or new
    assert company.hand.lines() == before or "LOGIN" in change


def test_a_wall_can_be_taken_away_and_nothing_of_it_stays(postgres: servers.Postgres) -> None:
    company = Company(postgres.database())
    company.make()
    company.hand.install(company.wall, company.words, until=OPEN)

    doors = company.hand.remove()

    assert doors == len(company.wall.openings) == 4
    assert company.hand.lines() == ()
    assert set(CLAUSES) == {"PU01", "PU02", "PU07"}
    assert datamap().stores[0].name == "shop"
