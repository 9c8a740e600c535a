"""Filing a request: no account, no script, every gap named at once (P3.8, P3.9, P3.21 to P3.25)."""

import re
from typing import Any

import pytest
from django.test import Client

from mamoru.cases import store
from mamoru.cases.terms import Channel, DemandKind, Role
from mamoru.kit.ids import CaseId
from mamoru.site.sample import cast
from tests.portal import filling

pytestmark = pytest.mark.django_db


@pytest.mark.promise("P3.21", "P3.24")
def test_anybody_can_file_without_an_account(client: Client) -> None:
    filed = filling.file(client)

    case = store.case(CaseId(filed.reference))
    assert case.filing.channel is Channel.WEB_FORM
    assert case.filing.person.name == cast.HANAKO.name


@pytest.mark.promise("P3.22")
def test_asks_the_agents_details_of_agents_only(client: Client) -> None:
    person = filling.text(client.get("/requests/new/person/"))
    lawyer = filling.text(client.get("/requests/new/lawyer/"))

    assert 'name="agent_family_name"' not in person
    assert 'name="agent_family_name"' in lawyer
    assert "弁護士の身分証明書" in lawyer
    assert "弁護士の身分証明書" not in person


@pytest.mark.promise("P3.22")
@pytest.mark.parametrize("role", list(Role))
def test_names_the_papers_that_a_role_needs(client: Client, role: Role) -> None:
    page = client.get(f"/requests/new/{role}/")

    assert page.status_code == 200
    assert page.context["papers"]


@pytest.mark.promise("P3.22")
def test_papers_that_are_alike_are_listed_once(client: Client) -> None:
    page = filling.text(client.get("/requests/new/entrusted-agent/"))

    assert page.count("次のいずれか1点") == 1
    assert page.count("<strong>ご本人と代理人、それぞれの確認書類</strong>") == 1
    assert page.count("<strong>委任状の印鑑を確かめる書類（ご本人のもの）</strong>") == 1


@pytest.mark.promise("P3.9")
def test_marks_what_a_correction_an_addition_and_a_deletion_need(client: Client) -> None:
    page = filling.text(client.get("/requests/new/person/"))

    before = page[page.index('for="id_before"') :].partition("</label>")[0]
    after = page[page.index('for="id_after"') :].partition("</label>")[0]
    assert "※訂正・削除のときは必須" in before
    assert "※訂正・追加のときは必須" in after
    assert "任意" not in before + after


@pytest.mark.promise("P1.4", "P3.25")
def test_shows_the_purpose_of_use_before_the_send_button(client: Client) -> None:
    page = filling.text(client.get("/requests/new/person/"))

    assert page.index("お預かりする情報の利用目的") < page.rindex('type="submit"')
    assert "本人確認書類の写しは手続の終了から30日以内に消去します" in page


@pytest.mark.promise("P3.25")
def test_notes_which_policy_was_shown(client: Client) -> None:
    filed = filling.file(client)

    filing = store.case(CaseId(filed.reference)).filing
    assert (filing.policy_version, filing.purpose_codes) == ("2026-04-01", ("PU08",))


@pytest.mark.promise("P3.23")
def test_says_that_telephone_and_visits_are_not_taken_and_what_helps_instead(
    client: Client,
) -> None:
    page = filling.text(client.get("/requests/"))

    assert "電話およびご来社による請求は受け付けていません" in page
    assert "障害やその他のご事情" in page


@pytest.mark.promise("P3.12")
def test_names_every_gap_at_once_and_keeps_what_was_typed(client: Client) -> None:
    sent = filling.post(client, {"given_name": "花子", "birth_date": "昭和64年1月8日"})

    page = filling.text(sent)
    assert sent.status_code == 422
    assert "<title>エラー：" in page
    for anchor in ("kinds_0", "items_0", "family_name", "birth_date", "address", "answer_method_0"):
        assert f'href="#id_{anchor}"' in page
        assert f'id="id_{anchor}"' in page
    assert 'value="花子"' in page
    assert 'value="昭和64年1月8日"' in page
    assert "昭和は64年1月7日まで" in page
    main = page.index("<main")
    assert page.index('class="summary', main) - main < 300


@pytest.mark.promise("P3.9")
@pytest.mark.parametrize(
    ("kind", "typed", "wrong"),
    [
        ("correction", {}, {"before", "after"}),
        ("correction", {"before": "旧", "after": "旧"}, {"after"}),
        ("addition", {"before": "旧"}, {"after"}),
        ("deletion", {"after": "新"}, {"before"}),
        ("correction", {"before": "旧", "after": "新"}, set()),
    ],
)
def test_a_correction_states_before_and_after(
    client: Client, kind: str, typed: dict[str, str], wrong: set[str]
) -> None:
    sent = filling.post(client, {**filling.complete(), "kinds": [kind], **typed})

    found = set() if sent.status_code == 302 else set(sent.context["form"].errors)
    assert found == wrong


@pytest.mark.promise("P3.8", "P3.9")
def test_makes_one_demand_of_each_kind_with_its_items(client: Client) -> None:
    values = {
        **filling.complete(),
        "kinds": ["disclosure", "correction"],
        "items": ["address", "contact"],
        "before": "旧",
        "after": "新",
    }

    filed = filling.file(client, values)

    demands = store.case(CaseId(filed.reference)).filing.demands
    assert [each.kind for each in demands] == [DemandKind.DISCLOSURE, DemandKind.CORRECTION]
    assert {each.items for each in demands} == {("address", "contact")}
    assert [(each.before, each.after) for each in demands] == [(None, None), ("旧", "新")]


@pytest.mark.promise("P3.8")
def test_everything_is_a_valid_target(client: Client) -> None:
    filed = filling.file(client, {**filling.complete(), "items": ["all", "address"]})

    assert store.case(CaseId(filed.reference)).filing.demands[0].items == ("all",)


@pytest.mark.parametrize(
    "typed",
    ["昭和55年3月5日", "S55.3.5", "1980-03-05", "19800305", "１９８０年３月５日", "S55/3/5"],
)
def test_accepts_dates_as_people_write_them(client: Client, typed: str) -> None:
    assert filling.post(client, {**filling.complete(), "birth_date": typed}).status_code == 302
    assert f"{typed}（1980年3月5日）" in filling.text(client.get("/requests/check/"))


@pytest.mark.parametrize("typed", ["昭和64年1月8日", "1980-02-30", "55.3.5", "きのう"])
def test_explains_a_date_that_no_calendar_has(client: Client, typed: str) -> None:
    sent = filling.post(client, {**filling.complete(), "birth_date": typed})

    assert list(sent.context["form"].errors) == ["birth_date"]
    assert 'href="#id_birth_date">生年月日：暦にある日付として' in filling.text(sent)


def test_a_birth_date_to_come_is_told_apart_from_one_of_no_calendar(client: Client) -> None:
    sent = filling.post(client, {**filling.complete(), "birth_date": "2999-01-01"})

    assert list(sent.context["form"].errors) == ["birth_date"]
    assert "生年月日は、今日までの日付で" in filling.text(sent)


@pytest.mark.parametrize(
    "typed",
    [
        "108-0023",
        "1080023",
        "１０８－００２３",
        "108ー0023",
        "〒108−0023",
        "１０８‐００２３",
        " 108 0023 ",
    ],
)
def test_takes_every_way_of_writing_a_postal_code(client: Client, typed: str) -> None:
    filed = filling.file(client, {**filling.complete(), "postal_code": typed})

    assert store.case(CaseId(filed.reference)).filing.person.postal_code == "108-0023"


@pytest.mark.parametrize(
    "typed",
    [
        "090-1234-5678",
        "０９０－１２３４－５６７８",
        "090ー1234ー5678",
        "090−1234−5678",
        "０９０‐１２３４‐５６７８",
    ],
)
def test_takes_every_way_of_writing_a_telephone_number(client: Client, typed: str) -> None:
    filed = filling.file(client, {**filling.complete(), "phone": typed})

    assert store.case(CaseId(filed.reference)).filing.person.phone == "090-1234-5678"


@pytest.mark.parametrize(
    ("family_name", "given_name"),
    [
        ("髙橋", "太郎"),
        ("山﨑", "子"),
        ("𠮷野", "家"),
        ("葛\U000e0100城", "辻\U000e0101"),
        ("神\ufa19", "塚\ufa10"),
    ],
)
def test_leaves_names_as_they_are(client: Client, family_name: str, given_name: str) -> None:
    values = {**filling.complete(), "family_name": family_name, "given_name": given_name}

    filling.post(client, values)
    check = filling.text(client.get("/requests/check/"))
    client.post("/requests/check/")
    filed = client.get("/requests/done/").context["receipt"]["reference"]

    assert f"{family_name} {given_name}" in check
    assert store.case(CaseId(filed)).filing.person.family_name == family_name


def test_refuses_characters_that_no_reader_sees(client: Client) -> None:
    sent = filling.post(client, {**filling.complete(), "address": "東京都\u202e港区1-2"})

    assert list(sent.context["form"].errors) == ["address"]


def test_every_answer_can_be_changed_from_the_check_page_without_losing_another(
    client: Client,
) -> None:
    filling.post(client, filling.complete())
    check = filling.text(client.get("/requests/check/"))
    links = re.findall(r'href="(/requests/new/person/)#(id_\w+)"', check)

    form = filling.text(client.get(links[0][0]))
    assert len(links) > 10
    assert all(f'id="{anchor}"' in form for _, anchor in links)
    assert f'value="{cast.HANAKO.home.address}"' in form


@pytest.mark.promise("P3.21")
def test_a_double_click_a_reload_and_going_back_make_one_case(client: Client) -> None:
    values = {**filling.complete(), **client.get("/requests/new/person/").context["seal"]}
    client.post("/requests/new/person/", values)

    client.post("/requests/check/")
    first = client.get("/requests/done/").context["receipt"]
    again = client.post("/requests/check/")
    client.post("/requests/new/person/", values)
    client.post("/requests/check/")

    assert again.headers["Location"] == "/requests/done/"
    assert client.get("/requests/done/").context["receipt"] == first
    assert len(store.case_lines()) == 1


def test_the_receipt_of_one_browser_is_not_shown_in_another(client: Client) -> None:
    filed = filling.file(client)

    page = filling.text(Client().get("/requests/done/"))

    assert filed.reference not in page
    assert filed.code not in page
    assert cast.HANAKO.family_name not in page


def test_tells_number_code_next_step_and_date(client: Client) -> None:
    filed = filling.file(client)

    page = filling.text(client.get("/requests/done/"))
    assert f'data-reference="{filed.reference}"' in page
    assert f'data-code="{filed.code}"' in page
    assert re.search(r"\d{4}年\d+月\d+日（[月火水木金]）までに、書類の確認", page)


@pytest.mark.parametrize("trap", [{"website": "http://spam.example"}, {"key": "a"}, {"stamp": ""}])
def test_takes_no_form_that_is_not_ours(client: Client, trap: dict[str, str]) -> None:
    sent = filling.post(client, {**filling.complete(), **trap})

    assert sent.status_code == 422
    assert sent.context["form"].non_field_errors()


def test_too_many_forms_from_one_network_are_asked_to_wait(client: Client, settings: Any) -> None:
    limits = settings.MAMORU.limits.model_copy(update={"filings_per_hour": 1})
    settings.MAMORU = settings.MAMORU.model_copy(update={"limits": limits})
    filling.file(client)
    neighbour, stranger = Client(REMOTE_ADDR="127.0.0.77"), Client(REMOTE_ADDR="192.0.2.1")

    filling.post(neighbour, filling.complete())
    filling.post(stranger, filling.complete())

    assert neighbour.post("/requests/check/").status_code == 429
    assert stranger.post("/requests/check/").status_code == 302


@pytest.mark.promise("P3.25")
def test_no_address_names_a_person(client: Client) -> None:
    seen: list[str] = []
    sent = filling.post(client, filling.complete())
    seen += [sent.headers["Location"]]
    for address in ("/requests/check/", "/requests/new/person/"):
        seen += re.findall(r'(?:href|action|src)="([^"]*)"', filling.text(client.get(address)))
    seen += [client.post("/requests/check/").headers["Location"]]

    for given in filling.about(cast.HANAKO).values():
        assert not [address for address in seen if given in address]


def test_what_was_typed_stays_when_another_role_is_chosen(client: Client) -> None:
    filling.post(client, filling.complete(cast.HANAKO))

    page = filling.text(client.get("/requests/new/parent/"))

    assert cast.HANAKO.family_name in page
    assert cast.HANAKO.home.address in page
    assert "前に入力した内容を表示しています。" in page


def test_a_draft_is_forgotten_when_asked(client: Client) -> None:
    filling.post(client, filling.complete())

    client.post("/requests/new/person/", {"discard": "1"})

    assert cast.HANAKO.home.address not in filling.text(client.get("/requests/new/person/"))


def test_switching_the_language_in_the_middle_keeps_place_and_data(client: Client) -> None:
    sent = filling.post(client, {**filling.about(cast.HANAKO), "language": "en"})

    page = filling.text(client.get(sent.headers["Location"]))
    assert sent.headers["Location"] == "/requests/new/person/"
    assert '<html lang="en">' in page
    assert f'value="{cast.HANAKO.home.address}"' in page


def test_speaks_japanese_until_the_person_switches(client: Client) -> None:
    first = filling.text(client.get("/", headers={"Accept-Language": "en"}))
    client.post("/language/", {"language": "en", "next": "/policy/"})

    assert '<html lang="ja">' in first
    assert '<html lang="en">' in filling.text(client.get("/policy/"))


def test_an_unknown_role_is_no_page(client: Client) -> None:
    assert client.get("/requests/new/stranger/").status_code == 404
