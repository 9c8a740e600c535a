"""Every place of a person's data is found, and nobody else's (P0.1, P3.2)."""

from collections.abc import Iterator, Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.datamap import reading
from mamoru.datamap.locate import (
    birth_forms,
    kana_forms,
    keys_of,
    locate,
    plain,
    plain_name,
    plan_digest,
    registered,
    searches,
)
from mamoru.datamap.terms import Facts, Location, Match, RegisteredAddress, Row, Value, normal

DATAMAP = reading.parse(
    """\
datamap: 1
controller: { ja: 会社, en: Firm }
keys:
  - { kind: member_id, title: { ja: 会員番号, en: Member number } }
  - { kind: email, title: { ja: メール, en: Mail }, match: email }
stores:
  - name: shop
    title: { ja: 店, en: Shop }
    kind: sqlite
    url: shop.sqlite3
    tables:
      - name: members
        title: { ja: 会員, en: Members }
        purposes: [PU01]
        retention: [{ text: { ja: 3年, en: 3 years }, period: P3Y }]
        row_key: member_id
        person: [{ column: member_id, kind: member_id }]
        provides: { member_id: member_id, email: email }
        identity:
          family_name: family
          given_name: given
          family_name_kana: family_kana
          given_name_kana: given_kana
          birth: birth
          email: email
        fate: { erasure: delete-row }
        columns:
          - { name: member_id, title: { ja: 番号, en: Number }, category: account }
          - { name: family, title: { ja: 姓, en: Family }, category: name }
          - { name: given, title: { ja: 名, en: Given }, category: name }
          - { name: family_kana, title: { ja: セイ, en: Kana }, category: name }
          - { name: given_kana, title: { ja: メイ, en: Kana }, category: name }
          - { name: birth, title: { ja: 誕生日, en: Birth }, category: birth }
          - { name: email, title: { ja: メール, en: Mail }, category: contact }
          - { name: card, title: { ja: カード, en: Card }, category: payment }
      - name: homes
        title: { ja: 住所, en: Homes }
        purposes: [PU01]
        retention: [{ text: { ja: 3年, en: 3 years }, period: P3Y }]
        row_key: member_id
        person: [{ column: member_id, kind: member_id }]
        identity: { address: address, valid_from: since, valid_to: until }
        fate: { erasure: delete-row }
        columns:
          - { name: member_id, title: { ja: 番号, en: Number }, category: account }
          - { name: address, title: { ja: 住所, en: Address }, category: address }
          - { name: since, title: { ja: から, en: Since }, category: address }
          - { name: until, title: { ja: まで, en: Until }, category: address }
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
      - name: lines
        title: { ja: 明細, en: Lines }
        purposes: [PU01]
        retention: [{ text: { ja: 7年, en: 7 years }, period: P7Y }]
        row_key: order_id
        person: [{ column: order_id, through: orders, parent_column: order_id }]
        fate: { erasure: clear }
        columns:
          - { name: order_id, title: { ja: 注文番号, en: Order }, category: order }
  - name: mail
    title: { ja: 名簿, en: List }
    kind: csv
    url: list.csv
    encoding: utf-8
    tables:
      - name: list
        title: { ja: 名簿, en: List }
        purposes: [PU01]
        retention: [{ text: { ja: 1年, en: 1 year }, period: P1Y }]
        row_key: email
        person: [{ column: email, kind: email }]
        fate: { erasure: delete-row }
        columns:
          - { name: email, title: { ja: メール, en: Mail }, category: contact }
""",
    file="datamap.yaml",
)
HANAKO: dict[str, Value] = {
    "member_id": "M1",
    "family": "山本",
    "given": "花子",
    "family_kana": "ヤマモト",
    "given_kana": "ハナコ",
    "birth": "1988-03-14",
    "email": " Hanako@Mail.Example ",
}


def tables(locations: tuple[Location, ...]) -> list[str]:
    return [place.table for place in locations]


@pytest.mark.promise("P0.1", "P3.2")
def test_a_number_reaches_the_tables_that_hang_on_it() -> None:
    assert tables(locate(DATAMAP, {"member_id": ("M1",)})) == [
        "members",
        "homes",
        "orders",
        "lines",
    ]


@pytest.mark.promise("P0.1")
def test_a_mail_address_reaches_the_list_in_its_normal_form() -> None:
    (place,) = locate(DATAMAP, {"email": (" HANAKO@mail.example", "hanako@mail.example")})

    assert (place.store, place.key_column, place.keys) == (
        "mail",
        "email",
        ("hanako@mail.example",),
    )


def test_a_path_leads_through_all_parents() -> None:
    lines = locate(DATAMAP, {"member_id": ("M1",)})[3]

    assert [(hop.column, hop.parent) for hop in lines.paths[0].hops] == [
        ("order_id", "orders"),
        ("member_id", "members"),
    ]
    assert (lines.key_column, lines.key_kind) == ("member_id", "member_id")


@pytest.mark.parametrize("keys", [{}, {"member_id": ()}, {"email": ("  ",)}, {"other": ("x",)}])
def test_without_a_key_there_is_no_place(keys: Mapping[str, tuple[str, ...]]) -> None:
    assert locate(DATAMAP, keys) == ()


def test_a_place_names_a_category_for_each_column() -> None:
    for place in locate(DATAMAP, {"member_id": ("M1",), "email": ("a@b",)}):
        table = DATAMAP.table(place.store, place.table)
        assert place.categories == tuple(table.column(name).category for name in place.columns)


def test_plans_are_equal_for_the_same_places_whoever_the_person_is() -> None:
    one, other = (locate(DATAMAP, {"member_id": (key,)}) for key in ("M1", "M2"))

    assert plan_digest(one) == plan_digest(other) != plan_digest(one[:2])
    assert [place.digest for place in one] != [place.digest for place in other]


def test_rows_provide_keys_without_empty_ones() -> None:
    rows: list[tuple[str, str, Row]] = [
        ("shop", "members", HANAKO),
        ("shop", "members", HANAKO | {"email": None}),
    ]

    assert keys_of(DATAMAP, rows) == {"member_id": ("M1",), "email": ("hanako@mail.example",)}


@pytest.mark.promise("P3.10")
def test_a_person_is_looked_for_by_what_points_at_few() -> None:
    facts = Facts(
        given_name="花子",
        family_name_kana="やまもと",
        given_name_kana="ﾊﾅｺ",
        birth=date(1988, 3, 14),
        email="hanako@mail.example",
        keys={"member_id": ("M1",)},
    )

    found = searches(DATAMAP, facts)

    assert [search.by for search in found] == [
        ("member_id",),
        ("email",),
        ("kana",),
        ("birth", "given_name_kana"),
        ("birth", "family_name_kana"),
    ]
    for search in found:
        assert all(
            _meets(criterion.column, criterion.match, criterion.values)
            for criterion in search.criteria
        )


def _meets(column: str, match: Match, values: tuple[str, ...]) -> bool:
    return normal(match, str(HANAKO[column])) in values


def test_a_search_brings_back_identity_and_keys_only() -> None:
    (search,) = searches(DATAMAP, Facts(email="hanako@mail.example"))

    assert "card" not in search.columns
    assert {"member_id", "email", "birth"} <= set(search.columns)


def test_no_fact_no_search() -> None:
    assert searches(DATAMAP, Facts()) == ()


@pytest.mark.promise("P3.10")
def test_the_address_in_force_and_the_former_ones_are_told_apart() -> None:
    rows: list[tuple[str, Row]] = [
        ("members", HANAKO),
        (
            "homes",
            {"member_id": "M1", "address": "旧", "since": "2010-01-01", "until": "2015-01-01"},
        ),
        ("homes", {"member_id": "M1", "address": "今", "since": "2020-01-01", "until": None}),
        (
            "homes",
            {"member_id": "M1", "address": "前", "since": "2015-01-01", "until": "2020-01-01"},
        ),
    ]

    said = registered(DATAMAP, "shop", rows, on=date(2026, 1, 1))

    assert said.address == RegisteredAddress(address="今", valid_from="2020-01-01")
    assert [item.address for item in said.former_addresses] == ["前", "旧"]
    assert (said.family_name, said.given_name_kana, said.birth) == ("山本", "ハナコ", "1988-03-14")


@pytest.mark.parametrize(
    ("name", "other"), [("山本 花子", False), ("山本花子", False), ("山本 華子", True)]
)
def test_a_row_with_another_name_is_noticed(name: str, *, other: bool) -> None:
    assert (plain_name(DATAMAP, "shop", "members", HANAKO) != plain(name)) is other
    assert plain_name(DATAMAP, "mail", "list", {"email": "x"}) == ""


def test_birth_dates_and_readings_come_in_the_forms_that_stores_use() -> None:
    assert {"1988-03-14", "1988/3/14", "昭和63年3月14日", "S63.3.14", "S63.03.14"} <= set(
        birth_forms(date(1988, 3, 14))
    )
    assert {"平成元年1月8日", "平成1年1月8日", "H1.1.8"} <= set(birth_forms(date(1989, 1, 8)))
    assert kana_forms("がー こ") == ("ガーコ", "がーこ", "ｶﾞｰｺ")


@given(st.text(), st.sampled_from(list(Match)))
def test_a_normal_form_is_its_own(text: str, match: Match) -> None:
    once = normal(match, text)

    assert normal(match, once) == once


@given(
    st.dates(date(1868, 10, 23), date(2100, 1, 1)), st.dates(date(1868, 10, 23), date(2100, 1, 1))
)
def test_no_two_days_share_a_form(one: date, other: date) -> None:
    assert one == other or not set(birth_forms(one)) & set(birth_forms(other))


def all_columns() -> Iterator[str]:
    for store in DATAMAP.stores:
        for table in store.tables:
            yield from (f"{store.name}.{table.name}.{column.name}" for column in table.columns)


def test_every_mapped_column_is_in_a_location() -> None:
    places = locate(DATAMAP, {"member_id": ("M1",), "email": ("a@b",)})

    assert [f"{p.store}.{p.table}.{name}" for p in places for name in p.columns] == list(
        all_columns()
    )
