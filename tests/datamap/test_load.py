"""A data map is read whole, or every fault in it is named with line, key and remedy (P0.1)."""

from pathlib import Path

import pytest

from mamoru.datamap import inventory, reading
from mamoru.datamap.inventory import EnvironmentMissing, Fate, OnErasure
from mamoru.datamap.reading import DataMapInvalid
from mamoru.policy.terms import Problem

GOOD = """\
datamap: 1
controller: &firm { ja: 会社, en: Firm }
keys:
  - { kind: member_id, title: { ja: 会員番号, en: Member number } }
  - { kind: email, title: { ja: メール, en: Mail }, match: email }
stores:
  - name: shop
    title: { ja: 店, en: Shop }
    kind: sqlite
    url: ${SHOP}/shop.sqlite3
    tables:
      - name: members
        title: { ja: 会員, en: Members }
        purposes: [PU01]
        retention: [{ text: { ja: 3年, en: 3 years }, period: P3Y, anchor: left_on }]
        row_key: member_id
        person: [{ column: member_id, kind: member_id }]
        provides: { member_id: member_id }
        identity: { name: name }
        fate: { correction: replace, erasure: delete-row }
        columns:
          - { name: member_id, title: { ja: 番号, en: Number }, category: account }
          - { name: name, title: { ja: 氏名, en: Name }, category: name, correct: true }
          - { name: left_on, title: { ja: 退会日, en: Left on }, category: account, type: date }
      - name: orders
        title: { ja: 注文, en: Orders }
        purposes: [PU01]
        retention: [{ text: { ja: 7年, en: 7 years }, period: P7Y }]
        row_key: order_id
        person: [{ column: member_id, through: members, parent_column: member_id }]
        fate: { erasure: clear }
        columns:
          - { name: order_id, title: { ja: 注文番号, en: Order }, category: order }
          - { name: member_id, title: { ja: 番号, en: Number }, category: account }
"""


def faults(text: str, **known: set[str]) -> tuple[Problem, ...]:
    with pytest.raises(DataMapInvalid) as told:
        reading.parse(text, file="datamap.yaml", **known)
    assert told.value.exit_code == 2
    return told.value.problems


def line_of(text: str, part: str) -> int:
    return next(at for at, line in enumerate(text.splitlines(), 1) if part in line)


def test_reads_a_whole_map() -> None:
    datamap = reading.parse(GOOD, file="datamap.yaml")

    members = datamap.table("shop", "members")
    assert members.column("name").correct
    assert members.fate_of(members.column("name")) == members.fate
    assert isinstance(members.fate, Fate)
    assert members.fate.erasure is OnErasure.DELETE_ROW


@pytest.mark.promise("P0.1")
@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("row_key: order_id", "rowkey: order_id", "rowkey", "did you mean `row_key`"),
        ("kind: sqlite", "kind: oracle", "kind", "sqlite"),
        ("        row_key: order_id\n", "", "row_key", "is missing"),
        ("row_key: order_id", "row_key: oder_id", "row_key", "did you mean `order_id`"),
        ("through: members", "through: member", "through", "did you mean `members`"),
        (
            "parent_column: member_id",
            "parent_column: memberid",
            "parent_column",
            "did you mean `member_id`",
        ),
        ("kind: member_id }]", "kind: memberid }]", "kind", "did you mean `member_id`"),
        ("{ name: left_on,", "{ name: name,", "columns[name]", "listed twice"),
        ("name: orders\n", "name: members\n", "tables[members]", "listed twice"),
        ("        fate: { erasure: clear }\n", "", "columns[order_id]", "without a fate"),
        ("erasure: clear", "erasure: keep", "columns[order_id]", "no law holds it"),
        ("correction: replace, ", "", "columns[name]", "correction"),
        ("[{ column: member_id, kind: member_id }]", "[]", "person", "nothing is written"),
        ("    url: $", "    encoding: cp932\n    url: $", "encoding", "only CSV"),
        ("kind: sqlite", "kind: csv", "tables", "one table"),
        ("period: P7Y", "period: 7 years", "period", "it must match"),
        ("purposes: [PU01]\n", "authority: entrusted\n        purposes: [PU01]\n", "", "client"),
        (
            "purposes: [PU01]\n",
            "authority: entrusted\n        client: 組合\n        contract: C-1\n        purposes: [PU01]\n",
            "provides",
            "a client's data serves no demand made to us",
        ),
        (
            "[{ column: member_id, kind: member_id }]",
            "[{ column: member_id, kind: member_id }, { column: name, kind: email }]",
            "person[2]",
            "no row is looked for this way: every row has `member_id`",
        ),
        ("datamap: 1", "datamap: 1\ndatamap: 1", "datamap", "stands twice"),
        ("title: { ja: 店, en: Shop }", "title: *firm", "title", "alias"),
        ("{ ja: 会社, en: Firm }", "[", "(file)", "not valid YAML"),
    ],
)
def test_names_line_key_and_remedy(old: str, new: str, key: str, words: str) -> None:
    assert old in GOOD

    found = faults(GOOD.replace(old, new, 1) if old != "kind: sqlite" else GOOD.replace(old, new))

    hits = [problem for problem in found if words in f"{problem.message}; {problem.remedy}"]
    assert hits, found
    assert hits[0].key.endswith(key)
    assert hits[0].line > 0
    assert hits[0].remedy


def test_says_the_line_where_it_stands() -> None:
    text = GOOD.replace("row_key: order_id", "rowkey: order_id")

    lines = {problem.key: problem.line for problem in faults(text)}

    assert lines["stores[shop].tables[orders].rowkey"] == line_of(text, "rowkey")


def test_names_all_faults_at_once_those_of_form_and_those_of_content() -> None:
    text = (
        GOOD.replace("row_key: order_id", "rowkey: order_id")
        .replace("category: name", "catgory: name")
        .replace("datamap: 1", "datamap: 2")
    )
    text = text.replace("kind: email, title", "kind: member_id, title")

    keys = {problem.key for problem in faults(text)}

    assert {
        "datamap",
        "keys[2]",
        "stores[shop].tables[members].columns[name].catgory",
        "stores[shop].tables[orders].rowkey",
    } <= keys


def test_a_good_table_is_checked_beside_a_broken_one() -> None:
    text = GOOD.replace("row_key: order_id", "rowkey: order_id").replace(
        "anchor: left_on", "anchor: lefton"
    )

    messages = [problem.remedy for problem in faults(text)]

    assert "did you mean `left_on`?" in messages


@pytest.mark.promise("P2.1")
def test_codes_must_be_those_of_the_policy() -> None:
    found = faults(GOOD, categories={"name", "acount", "order"}, purposes={"PU02"})

    said = {(problem.key.rpartition(".")[2], problem.remedy) for problem in found}
    assert ("category", "did you mean `acount`?") in said
    assert ("purposes[1]", "did you mean `PU02`?") in said


@pytest.mark.parametrize(
    "text", ["", "- 1", "a", "datamap: [", "stores: {a: 1}", "\x00", "kind: [x]"]
)
def test_any_text_ends_in_problems_not_in_a_crash(text: str) -> None:
    assert faults(text)


def test_a_missing_file_is_a_problem_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(DataMapInvalid, match="readable file"):
        reading.load(tmp_path / "datamap.yaml")


def test_a_variable_is_filled_in_when_opened_and_never_kept() -> None:
    url = reading.parse(GOOD, file="datamap.yaml").store("shop").url

    assert url == "${SHOP}/shop.sqlite3"
    assert inventory.expand(url, {"SHOP": "/srv"}) == "/srv/shop.sqlite3"
    with pytest.raises(EnvironmentMissing, match="`SHOP`"):
        inventory.expand(url, {})


def test_the_schema_knows_every_key() -> None:
    schema = inventory.json_schema()

    assert schema["additionalProperties"] is False
    assert set(schema["$defs"]["Table"]["properties"]) == set(inventory.Table.model_fields)


def with_store(kind: str, url: str, *options: str) -> str:
    lines = "".join(f"    {option}\n" for option in options)
    return GOOD.replace("kind: sqlite", f"kind: {kind}").replace(
        "    url: ${SHOP}/shop.sqlite3\n", f"    url: {url}\n{lines}"
    )


@pytest.mark.parametrize(
    ("kind", "url", "options"),
    [
        ("postgresql", "postgresql://mamoru@db/shop", ["fence: false", "rewrite: true"]),
        ("postgresql", "postgresql://mamoru:${PASSWORD}@db/shop", ["backups: { kept: P30D }"]),
        ("mariadb", "mariadb://mamoru@db/shop", ["fence: true"]),
        ("excel", "lists/members.xlsx", ["rewrite: true"]),
        ("http", "https://crm.example/api", ["token: ${CRM_TOKEN}"]),
        ("http", "http://127.0.0.1:9000/api", []),
        ("sqlite", "sqlite:///data/shop.sqlite3", []),
        ("mariadb", "${SHOP_URL}", []),
    ],
)
def test_reads_every_kind_of_store(kind: str, url: str, options: list[str]) -> None:
    store = reading.parse(with_store(kind, url, *options)).store("shop")

    assert (store.kind, store.url) == (kind, url)
    assert store.fenced is (kind in {"sqlite", "postgresql", "mariadb"} and store.fence)


@pytest.mark.parametrize(
    ("kind", "url", "option", "key", "words"),
    [
        ("http", "http://crm.example/api", "", "url", "only on this machine"),
        ("http", "https://crm.example/api", "token: secret", "token", "must match"),
        ("postgresql", "mysql://db/shop", "", "url", "postgresql://user@host/name"),
        ("postgresql", "postgresql://m:geheim@db/shop", "", "url", "a password stands"),
        ("sqlite", "shop.sqlite3", "token: ${T}", "token", "only an HTTP service"),
        ("excel", "members.csv", "", "url", ".xlsx"),
        ("excel", "members.xlsx", "fence: true", "fence", "only databases"),
        ("http", "https://crm.example", "rewrite: true", "rewrite", "not rewritten by us"),
        ("parquet", "members.parquet", "", "tables", "one table"),
    ],
)
def test_options_that_do_not_fit_a_store_are_named(
    kind: str, url: str, option: str, key: str, words: str
) -> None:
    found = faults(with_store(kind, url, *([option] if option else [])))

    hits = [each for each in found if words in f"{each.message}; {each.remedy}"]
    assert hits, found
    assert hits[0].key == f"stores[shop].{key}"


HELD = "        holds: [{ code: H01, law: { ja: 法, en: Law }, period: P7Y"


@pytest.mark.promise("P3.6")
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("row_key: order_id\n", f"row_key: order_id\n{HELD} }}]\n", "no day that it counts from"),
        (
            "row_key: order_id\n",
            f"row_key: order_id\n{HELD}, anchor: order_id, counts_from: tax-return-date }}]\n",
            "fiscal_year_ends",
        ),
        (
            "row_key: order_id\n",
            "row_key: order_id\n        marks: { suspended: { stop: 1 } }\n",
            "no column `stop`",
        ),
        ("datamap: 1\n", 'datamap: 1\nfiscal_year_ends: "02-30"\n', "no such day"),
        ("period: P7Y }", "period: P }", "without a length"),
        (
            "en: Order }, category: order }",
            "en: Order }, category: none, json: [{ path: $.tel, title: { ja: 電話, en: Phone },"
            " category: contact }] }",
            "keys inside hold personal data",
        ),
        (
            "en: Order }, category: order }",
            "en: Order }, category: order, json: [{ path: tel, title: { ja: 電話, en: Phone },"
            " category: contact }] }",
            "must match",
        ),
        (
            "en: Order }, category: order }",
            "en: Order }, category: order, type: integer, fate: { erasure: replace } }",
            "cannot be written into a column of type `integer`",
        ),
        (
            "en: Left on }, category: account, type: date }",
            "en: Left on }, category: account, value: choice, choices: [a, b],"
            " labels: { a: { ja: あ, en: A } } }",
            "no words for `b`",
        ),
        (
            "en: Left on }, category: account, type: date }",
            "en: Left on }, category: account, labels: { a: { jp: あ, en: A } } }",
            "known keys here: en, ja",
        ),
        (
            "en: Left on }, category: account, type: date }",
            "en: Left on }, category: account, opt_out: { purpose: PU02, refused: a, wanted: b } }",
            "give the column `correct: true`, `value: choice` and `choices`",
        ),
        (
            "en: Left on }, category: account, type: date }",
            "en: Left on }, category: account, correct: true, value: choice, choices: [a, b],"
            " opt_out: { purpose: PU02, refused: a, wanted: c } }",
            "must be two of the column's choices; known: a, b",
        ),
        (
            "en: Left on }, category: account, type: date }",
            "en: Left on }, category: account, correct: true, value: choice, choices: [a, b],"
            " opt_out: { purpose: PU02, refused: a, wanted: a } }",
            "must be two of the column's choices",
        ),
    ],
)
def test_what_the_engine_could_not_do_is_named_beforehand(old: str, new: str, words: str) -> None:
    assert old in GOOD

    found = faults(GOOD.replace(old, new, 1))

    assert any(words in f"{each.message}; {each.remedy}" for each in found), found


def test_a_flag_refuses_a_purpose_that_the_policy_has() -> None:
    flag = (
        "en: Left on }, category: account, correct: true, value: choice, choices: [a, b],"
        " opt_out: { purpose: PU99, refused: a, wanted: b } }"
    )
    text = GOOD.replace("en: Left on }, category: account, type: date }", flag, 1)

    found = faults(text, purposes={"PU01", "PU02"})

    assert any(each.message == "purpose `PU99` is not in the policy" for each in found), found


def test_a_mailbox_that_a_household_may_share_is_a_doubt(tmp_path: Path) -> None:
    file = tmp_path / "datamap.yaml"
    shared = GOOD.replace(
        "[{ column: member_id, kind: member_id }]", "[{ column: name, kind: email }]"
    )
    file.write_text(shared.replace("        identity: { name: name }\n", ""), encoding="utf-8")

    (doubt,) = reading.doubts(file)

    assert doubt.key == "stores[shop].tables[members].person[1]"
    file.write_text(GOOD, encoding="utf-8")
    assert reading.doubts(file) == ()
