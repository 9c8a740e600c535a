"""A member's own page: everything registered, corrected without papers (P3.18, P3.19)."""

import contextlib
import sqlite3
from collections.abc import Callable

import pytest
from django.test import Client

from mamoru.cases import store
from mamoru.cases.terms import Stage
from mamoru.connectors import sqlite
from mamoru.kit.ids import CaseId
from mamoru.site.sample import cast
from tests.conftest import Company
from tests.portal import filling

pytestmark = pytest.mark.django_db


def first_field(client: Client, title: str) -> tuple[str, str]:
    """The part of the page and the field that hold a value of that title."""
    for table in client.get("/member/").context["tables"]:
        for row in table["rows"]:
            if row["open"] and any(each.title == title and each.ref for each in row["fields"]):
                fields = client.get(f"/member/correct/?part={row['part']}").context["fields"]
                return row["part"], next(each.id for each in fields if each.title == title)
    raise AssertionError(title)


@pytest.mark.promise("P3.18")
def test_shows_a_member_everything_registered_and_asks_for_no_paper(member: Client) -> None:
    page = filling.text(member.get("/member/"))

    assert cast.HANAKO.family_name in page
    assert cast.HANAKO.phone in page
    assert cast.HANAKO.home.address in page
    assert 'type="file"' not in page


@pytest.mark.promise("P3.18")
def test_shows_nothing_of_anybody_else(member: Client) -> None:
    page = filling.text(member.get("/member/"))

    others = (cast.TARO, cast.SAKIKO, cast.MEGUMI)
    assert not [each for each in others if each.email in page or each.name in page]


@pytest.mark.parametrize(
    "address", ["/member/", "/member/correct/?part=0-0", "/member/correct/check/"]
)
def test_asks_to_sign_in_first(client: Client, address: str) -> None:
    assert client.get(address).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("role", ["desk", "auditor", "marketing"])
def test_an_account_that_is_no_members_sees_no_member_page(
    client_of: Callable[[str], Client], role: str
) -> None:
    assert client_of(role).get("/member/").status_code == 403


@pytest.mark.promise("P3.19")
def test_a_correction_shows_before_and_after_and_is_filed_once(member: Client) -> None:
    part, field = first_field(member, "電話番号")

    sent = member.post("/member/correct/", {"part": part, field: "03-1111-2222"})
    check = filling.text(member.get("/member/correct/check/"))
    member.post("/member/correct/check/")
    again = member.post("/member/correct/check/")

    reference = member.get("/member/correct/done/").context["receipt"]["reference"]
    demand = store.case(CaseId(reference)).filing.demands[0]
    assert sent.headers["Location"] == "/member/correct/check/"
    assert check.index(cast.HANAKO.phone) < check.index("03-1111-2222")
    assert (demand.before, demand.after) == (cast.HANAKO.phone, "03-1111-2222")
    assert again.headers["Location"] == "/member/correct/done/"
    assert [line.stage for line in store.case_lines()] == [Stage.DECIDED]


@pytest.mark.promise("P3.19")
def test_refuses_a_correction_that_changes_nothing(member: Client) -> None:
    part, field = first_field(member, "電話番号")

    sent = member.post("/member/correct/", {"part": part, field: cast.HANAKO.phone})

    assert sent.status_code == 422
    assert "登録されている内容と同じです" in filling.text(sent)


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("生年月日", "1980-02-30"),
        ("生年月日", "2999-01-01"),
        ("メールアドレス", "no-mail"),
        ("電話番号", "0" * 301),
    ],
)
def test_explains_what_cannot_be_registered(member: Client, title: str, typed: str) -> None:
    part, field = first_field(member, title)

    sent = member.post("/member/correct/", {"part": part, field: typed})

    assert sent.status_code == 422
    assert 'aria-invalid="true"' in filling.text(sent)


@pytest.mark.promise("P3.19")
@pytest.mark.parametrize(
    ("title", "typed", "written"),
    [
        ("電話番号", "０３－１１１１－２２２２", "03-1111-2222"),
        ("郵便番号", "１０８－００２３", "108-0023"),
        ("メールアドレス", "ｈａｎａ＠ｍａｉｌ．ｅｘａｍｐｌｅ", "hana@mail.example"),
    ],
)
def test_what_is_typed_in_full_width_is_written_in_half_width(
    member: Client, title: str, typed: str, written: str
) -> None:
    part, field = first_field(member, title)

    member.post("/member/correct/", {"part": part, field: typed})
    member.post("/member/correct/check/")

    reference = member.get("/member/correct/done/").context["receipt"]["reference"]
    assert store.case(CaseId(reference)).filing.demands[0].after == written


@pytest.mark.promise("P3.19")
def test_a_name_that_is_left_blank_is_refused_at_its_field(member: Client) -> None:
    part, field = first_field(member, "姓")

    sent = member.post("/member/correct/", {"part": part, field: " "})

    assert sent.status_code == 422
    assert f'id="{field}_error"' in filling.text(sent)


def test_a_draft_comes_back_from_the_check_and_not_in_a_form_opened_afresh(member: Client) -> None:
    part, field = first_field(member, "電話番号")
    member.post("/member/correct/", {"part": part, field: "03-1111-2222"})
    check = filling.text(member.get("/member/correct/check/"))

    back = filling.text(member.get(f"/member/correct/?part={part}&again=1"))
    afresh = filling.text(member.get(f"/member/correct/?part={part}"))

    assert f"?part={part}&amp;again=1" in check
    assert "03-1111-2222" in back
    assert "03-1111-2222" not in afresh


def test_a_part_that_is_not_there_is_no_page(member: Client) -> None:
    assert member.get("/member/correct/?part=99-99").status_code == 404


def test_a_member_opens_the_own_case_without_a_code(member: Client) -> None:
    part, field = first_field(member, "電話番号")
    member.post("/member/correct/", {"part": part, field: "03-1111-2222"})
    member.post("/member/correct/check/")
    reference = member.get("/member/correct/done/").context["receipt"]["reference"]

    opened = member.post("/member/case/", {"reference": reference}, follow=True)

    assert 'data-stage="decided"' in filling.text(opened)
    assert "内容の訂正（電話番号）" in filling.text(opened)


def test_anothers_case_is_not_opened_from_the_member_page(member: Client) -> None:
    filed = filling.file(Client(), filling.complete(cast.SAKIKO))

    assert member.post("/member/case/", {"reference": filed.reference}).status_code == 404


def test_a_store_that_is_away_gets_a_calm_page(member: Client, company: Company) -> None:
    shop = company.home / "shop.sqlite3"
    away = shop.with_name("away")
    shop.rename(away)
    try:
        answer = member.get("/member/")
    finally:
        away.rename(shop)

    assert answer.status_code == 503
    assert "登録内容が失われたわけではありません" in filling.text(answer)
    assert sqlite.__name__ not in filling.text(answer)


def test_a_store_that_is_damaged_gets_a_calm_page(member: Client, company: Company) -> None:
    shop = company.home / "shop.sqlite3"
    shop.write_bytes(b"no database at all " * 500)
    try:
        answer = member.get("/member/")
    finally:
        company.restore()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "登録内容が失われたわけではありません" in filling.text(answer)


def test_a_store_that_is_not_as_mapped_gets_a_calm_page(member: Client, company: Company) -> None:
    with contextlib.closing(sqlite3.connect(company.home / "shop.sqlite3")) as shop:
        shop.execute("ALTER TABLE members RENAME TO former_members")
    try:
        answer = member.get("/member/")
    finally:
        company.restore()

    assert answer.status_code == 503
    assert "登録内容が失われたわけではありません" in filling.text(answer)


@pytest.mark.promise("P3.19")
def test_topics_of_mail_are_chosen_in_words_and_written_as_they_are_stored(
    member: Client,
) -> None:
    part, field = first_field(member, "関心のある話題")
    form = member.get(f"/member/correct/?part={part}")
    [shown] = [each for each in form.context["fields"] if each.id == field]
    wanted = ["law", "export"] if shown.before != "export;law" else ["seminar", "export"]

    page = filling.text(form)
    sent = member.post(
        "/member/correct/", {"part": part, f"before-{field}": shown.before, field: wanted}
    )
    check = filling.text(member.get("/member/correct/check/"))
    wrong = member.post(
        "/member/correct/", {"part": part, f"before-{field}": shown.before, field: ["gossip"]}
    )

    assert 'type="text" name="' + field not in page
    assert f'name="{field}" value="seminar"' in page
    assert "セミナー</span>" in page
    assert sent.status_code == 302
    assert "輸出、法令" in check or "輸出、セミナー" in check
    assert wrong.status_code == 422
    assert "選択肢から選んでください。" in filling.text(wrong)


@pytest.mark.promise("P3.19")
def test_the_same_topics_in_another_order_change_nothing_and_none_empties_them(
    member: Client,
) -> None:
    part, field = first_field(member, "関心のある話題")
    fields = member.get(f"/member/correct/?part={part}").context["fields"]
    [shown] = [each for each in fields if each.id == field]
    before = {f"before-{field}": shown.before, "part": part}

    same = member.post("/member/correct/", {**before, field: [*reversed(shown.chosen)]})
    none = member.post("/member/correct/", before)

    assert same.status_code == 422
    assert "登録されている内容と同じです" in filling.text(same)
    assert none.status_code == 302


@pytest.mark.promise("P3.19")
@pytest.mark.parametrize(
    ("title", "given", "says"),
    [
        ("郵便番号", "12", "郵便番号は7桁の数字で入力してください。"),
        ("住所", " ", "この項目は空欄にできません。"),
        ("生年月日", "", "この項目は空欄にできません。"),
        ("メールアドレス", "", "この項目は空欄にできません。"),
    ],
)
def test_what_a_store_would_not_take_is_said_at_its_field(
    member: Client, title: str, given: str, says: str
) -> None:
    part, field = first_field(member, title)

    wrong = member.post("/member/correct/", {"part": part, field: given})

    [shown] = [each for each in wrong.context["fields"] if each.id == field]
    assert wrong.status_code == 422
    assert shown.error.startswith(says)
    assert shown.needed is (given.strip() == "")


def chosen(client: Client, title: str) -> dict[str, str]:
    """What the form of a choice sends, as the page has it now."""
    page = client.get("/member/").context
    [number] = [at for at, each in enumerate(page["choices"], 1) if each["title"] == title]
    choice = page["choices"][number - 1]
    wanted = "0" if choice["open"] else "1"
    return {"choice": choice["id"], "wanted": wanted, "key": f"{page['choice_key']}{number}"}


@pytest.mark.promise("P2.1", "P3.6")
def test_a_member_stops_the_news_with_one_button_and_may_want_it_again(member: Client) -> None:
    sent = member.post("/member/choice/", chosen(member, "案内"), follow=True)

    assert "「案内」への利用を止めました" in filling.text(sent)
    again = member.post("/member/choice/", chosen(member, "案内"), follow=True)
    assert "「案内」への利用を承りました" in filling.text(again)


@pytest.mark.promise("P2.13")
def test_a_consent_is_asked_with_the_published_sentence_and_the_name(member: Client) -> None:
    page = filling.text(member.get("/member/"))

    assert "芝浦海上物流株式会社への提供" in page
    assert "同意していません" in page
    sent = member.post("/member/choice/", chosen(member, "芝浦海上物流株式会社"), follow=True)
    assert "同意を取り消す" in filling.text(sent)


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"choice": "PU05:"}, 404), ({"wanted": "2"}, 302), ({"key": "x"}, 302), ({"key": ""}, 302)],
)
def test_a_choice_that_was_made_up_changes_nothing(
    member: Client, changed: dict[str, str], status: int
) -> None:
    sent = member.post("/member/choice/", {**chosen(member, "案内"), **changed})

    assert sent.status_code == status
    assert chosen(member, "案内")["wanted"] == "0"


def test_a_choice_needs_the_token_of_the_page(member: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = member.cookies

    assert strict.post("/member/choice/", chosen(member, "案内")).status_code == 403
