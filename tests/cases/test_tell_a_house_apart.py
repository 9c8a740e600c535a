"""A mailbox that a family shares leads to rows of each of them, and to no other's answer (P3.14, P3.11)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from mamoru.cases import actions, execute, store
from mamoru.cases.terms import DemandKind, Subject
from mamoru.datamap.inventory import Protection, Table
from mamoru.kit.ids import CaseId
from mamoru.site.sample import cast
from mamoru.site.sample.cast import Someone
from tests.cases import acts
from tests.cases.acts import NOW, SUZUKI
from tests.cases.test_agent_matrix import flag
from tests.cases.test_protect import another_case, letter, protected, ready
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")
REFUGE = "横浜市中区山下町1番地に移りました"


def wrote(house: Company, *, name: str, body: str = REFUGE, member: str | None = None) -> None:
    """An inquiry by the family's mailbox, perhaps with a member's number."""
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        shop.execute(
            "INSERT INTO inquiries (member_id, name, email, received_at, subject, body, reply)"
            " VALUES (?, ?, ?, '2026-11-01 10:00:00', '住所変更', ?, '')",
            (member, name, cast.YO.email, body),
        )


def disclosed_to(someone: Someone) -> str:
    case_id = acts.verified_of(acts.filing(someone, DemandKind.DISCLOSURE), someone)
    ready(case_id)
    return letter(case_id)


def page_of(someone: Someone) -> str:
    return str(actions.registered_of(acts.user_of(someone), now=NOW))


def bodies(house: Company) -> list[str]:
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        found = shop.execute("SELECT body FROM inquiries WHERE email = ?", [cast.YO.email])
        return [str(body) for (body,) in found]


@pytest.mark.promise("P3.11", "P3.14")
def test_what_bears_no_name_goes_to_nobody_while_another_of_the_house_is_protected(
    house: Company,
) -> None:
    wrote(house, name="")
    assert "山下町" in page_of(cast.MEGUMI)

    flag(another_case(cast.YO))

    assert not protected(another_case(cast.MEGUMI))
    assert "山下町" not in disclosed_to(cast.MEGUMI)
    assert "山下町" not in page_of(cast.MEGUMI)


@pytest.mark.promise("P3.6", "P3.11")
def test_an_erasure_leaves_what_may_be_a_protected_persons(house: Company) -> None:
    wrote(house, name="")
    flag(another_case(cast.YO))
    case_id = acts.verified_of(acts.filing(cast.MEGUMI, DemandKind.ERASURE), cast.MEGUMI)

    ready(case_id)

    assert REFUGE in bodies(house)


@pytest.mark.promise("P3.14", "P3.18")
def test_the_member_page_withholds_what_the_answer_withholds(house: Company) -> None:
    wrote(house, name="")
    wrote(house, name=cast.YO.name, body="別の問い合わせ")

    shown = page_of(cast.MEGUMI)

    assert [body for body in ("山下町", "別の問い合わせ") if body in shown] == []
    assert "山下町" not in disclosed_to(cast.MEGUMI)


@pytest.mark.promise("P3.2", "P3.18")
@pytest.mark.parametrize("name", ["小川めぐみ", "旧姓恵", cast.YO.name, ""])
def test_what_bears_the_own_number_is_the_members_whatever_name_stands_in_it(
    house: Company, name: str
) -> None:
    wrote(house, name=name, body="会員番号を書きました", member=cast.MEGUMI.member_id)

    assert "会員番号を書きました" in page_of(cast.MEGUMI)
    assert "会員番号を書きました" in disclosed_to(cast.MEGUMI)


@pytest.mark.promise("P3.6", "P3.14")
def test_an_erasure_takes_all_rows_of_the_own_number_and_none_of_the_others(
    house: Company,
) -> None:
    wrote(house, name=cast.YO.name, body="母が代わりに書きました", member=cast.MEGUMI.member_id)
    wrote(house, name=cast.YO.name, body="陽の問い合わせ")
    case_id = acts.verified_of(acts.filing(cast.MEGUMI, DemandKind.ERASURE), cast.MEGUMI)

    ready(case_id)

    left = bodies(house)
    assert "母が代わりに書きました" not in left
    assert "陽の問い合わせ" in left


@pytest.mark.promise("P3.18")
def test_a_member_who_changes_the_name_sees_what_was_written_under_the_old_one(
    house: Company,
) -> None:
    wrote(house, name=cast.MEGUMI.name, body="結婚前の問い合わせ", member=cast.MEGUMI.member_id)
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        shop.execute(
            "UPDATE members SET family_name = '髙山' WHERE member_id = ?", [cast.MEGUMI.member_id]
        )

    assert "結婚前の問い合わせ" in page_of(cast.MEGUMI)


def known_by_mail(house: Company, name: str) -> CaseId:
    """A case in which only a record of the mailing list was chosen, under another writing."""
    path = house.home / "mailing.csv"
    lines = path.read_text("utf-8-sig").splitlines()
    path.write_text(
        "\n".join(
            line.replace(cast.HANAKO.name, name) if cast.HANAKO.email in line else line
            for line in lines
        )
        + "\n",
        "utf-8-sig",
    )
    form = acts.filing(cast.HANAKO, DemandKind.DISCLOSURE)
    case_id = acts.file(replace(form, person=replace(form.person, family_name=name, given_name="")))
    subject = Subject(store="mailing", table="mailing", key=cast.HANAKO.email)
    actions.identify(case_id, (subject,), by=SUZUKI, now=NOW)
    return case_id


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize("name", ["ﾔﾏﾓﾄﾊﾅｺ", "Hanako Tanaka", "髙橋花子"])
def test_a_flag_of_whom_only_a_mailbox_was_known_holds_under_every_name(
    house: Company, name: str
) -> None:
    flag(known_by_mail(house, name))

    assert protected(another_case())


@contextmanager
def mailing_marks() -> Iterator[None]:
    """Let the map take any status but `active` of the mailing list for a mark of protection."""
    before = execute.hands()

    def changed(table: Table) -> Table:
        if table.name != "mailing":
            return table
        mark = Protection(column="status", none=("active",))
        return table.model_copy(update={"protection": mark})

    stores = tuple(
        each.model_copy(update={"tables": tuple(map(changed, each.tables))})
        for each in before.datamap.stores
    )
    execute.install(replace(before, datamap=before.datamap.model_copy(update={"stores": stores})))
    try:
        yield
    finally:
        execute.install(before)


@pytest.mark.promise("P3.11")
def test_who_is_later_known_by_the_mailbox_alone_is_protected_under_another_writing(
    house: Company,
) -> None:
    flag(another_case())

    assert protected(known_by_mail(house, "ヤマモトハナコ"))


@contextmanager
def inquiries_mark() -> Iterator[None]:
    """Let the map take the subject `支援措置` of an inquiry for a mark of protection."""
    before = execute.hands()
    shop = sqlite3.connect(acts.home() / "shop.sqlite3")
    usual = tuple(each for (each,) in shop.execute("SELECT DISTINCT subject FROM inquiries"))
    shop.close()
    mark = Protection(column="subject", none=usual)
    stores = tuple(
        each.model_copy(
            update={
                "tables": tuple(
                    table.model_copy(update={"protection": mark})
                    if table.name == "inquiries"
                    else table
                    for table in each.tables
                )
            }
        )
        for each in before.datamap.stores
    )
    execute.install(replace(before, datamap=before.datamap.model_copy(update={"stores": stores})))
    try:
        yield
    finally:
        execute.install(before)


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize(
    ("name", "member", "protects"),
    [
        (cast.YO.name, None, {cast.YO}),
        (cast.YO.name, cast.MEGUMI.member_id, {cast.MEGUMI}),
        ("", cast.MEGUMI.member_id, {cast.MEGUMI}),
        ("", None, {cast.MEGUMI, cast.YO}),
    ],
)
def test_a_mark_in_the_household_protects_whom_the_row_belongs_to(
    house: Company, name: str, member: str | None, protects: set[Someone]
) -> None:
    with inquiries_mark():
        wrote(house, name=name, member=member)
        with sqlite3.connect(house.home / "shop.sqlite3") as shop:
            shop.execute("UPDATE inquiries SET subject = '支援措置' WHERE body = ?", [REFUGE])

        marked = {who for who in (cast.MEGUMI, cast.YO) if protected(another_case(who))}

    assert marked == protects


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize(
    ("name", "protects"),
    [
        (cast.HANAKO.name, True),
        ("", True),
        ("山本はなこ", True),
        ("ヤマモトハナコ", True),
        ("Hanako Yamamoto", True),
        ("高橋花子", True),
        ("山本太郎", False),
    ],
)
def test_a_mark_under_a_shared_mailbox_protects_unless_it_surely_names_another(
    house: Company, name: str, protects: bool
) -> None:
    path = house.home / "mailing.csv"
    head, *lines = path.read_text("utf-8-sig").splitlines()
    at = {title: place for place, title in enumerate(head.split(","))}
    written = [head]
    for line in lines:
        cells = line.split(",")
        if cells[at["email"]] == cast.HANAKO.email:
            cells[at["name"]], cells[at["status"]] = name, "stopped"
        written.append(",".join(cells))
    path.write_text("\n".join(written) + "\n", "utf-8-sig")

    with mailing_marks():
        assert (execute.shield(store.case(another_case())) is not None) is protects
