"""支援措置 at the desk: who sees it, who sets and lifts it, and what the queue reminds of (P3.11)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from mamoru.cases import actions, store
from mamoru.console import forms
from mamoru.kit.ids import CaseId
from tests.console import scenes

pytestmark = pytest.mark.django_db
Of = Callable[[str], Client]
WARNING = "支援措置の対象の方です。住所・連絡先・居場所の手がかりを、誰にも伝えないでください。"
REFUGE = "みなと女性支援センター"


def url(case: CaseId, rest: str = "") -> str:
    return f"/console/cases/{case}/{rest}"


def typed(**changed: str) -> dict[str, str]:
    day = (scenes.today() + timedelta(days=300)).isoformat()
    return {"basis": "statement", "paper": "", "renew_by": day, **changed}


@pytest.mark.promise("P3.11")
def test_whoever_reads_persons_is_warned_and_the_auditor_is_told_nothing(client_of: Of) -> None:
    case = scenes.protected()
    for role in ("desk", "privacy-officer", "approver"):
        text = client_of(role).get(url(case)).content.decode()
        assert WARNING in text
        assert REFUGE in text
    text = client_of("auditor").get(url(case)).content.decode()
    assert WARNING not in text
    assert REFUGE not in text
    assert "支援措置の有無は、あなたの役割では表示されません。" in text


@pytest.mark.promise("P3.11")
def test_one_page_sets_it_at_once_and_two_people_lift_it(client_of: Of) -> None:
    case = scenes.ready_to_verify()
    desk, officer, approver = map(client_of, ("desk", "privacy-officer", "approver"))

    page = desk.post(url(case, "protection/"), typed(), follow=True).content.decode()

    assert WARNING in page
    assert "安全な連絡先がありません" in page
    named = scenes.flag_of(case)
    asked = officer.post(
        url(case, "protection/1/lifting/"), {"reference": named, "reason": "終了"}, follow=True
    ).content.decode()
    assert "別の人が承認するまで、保護は続きます。" in asked
    assert WARNING in asked
    lifted = approver.post(
        url(case, "protection/1/lift/"), {"reference": named}, follow=True
    ).content.decode()
    assert WARNING not in lifted
    assert actions.shield_of(store.case(case)) is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"renew_by": ""}, "renew_by"),
        ({"basis": ""}, "basis"),
        ({"contact_address": "東京都"}, "contact_name"),
    ],
)
def test_a_form_says_what_is_missing_and_nothing_is_set(
    client_of: Of, changed: dict[str, str], field: str
) -> None:
    case = scenes.ready_to_verify()
    answer = client_of("desk").post(url(case, "protection/"), typed(**changed))
    assert answer.status_code == 422
    assert field in forms.ProtectionForm(typed(**changed)).errors
    assert actions.shield_of(store.case(case)) is None


@pytest.mark.promise("P3.11", "P3.17")
def test_the_approver_sees_in_counts_what_is_left_out(client_of: Of) -> None:
    case = scenes.protected(scenes.ready_for_agent())
    page = client_of("approver").get(url(case)).content.decode()

    assert "所在の手がかりになる" in page
    assert "法第33条第2項第1号、施行令第5条第1号" in page
    assert "所在の手がかりになる" not in client_of("auditor").get(url(case)).content.decode()


@pytest.mark.promise("P3.11")
def test_the_queue_reminds_of_what_has_to_be_renewed(client_of: Of) -> None:
    case = scenes.ready_to_verify()
    soon = (scenes.today() + timedelta(days=10)).isoformat()
    client_of("desk").post(url(case, "protection/"), typed(renew_by=soon))
    words = "支援措置の更新の確認日が近い"
    assert words in client_of("desk").get("/console/").content.decode()
    assert words not in client_of("auditor").get("/console/").content.decode()


@pytest.mark.promise("P3.11")
def test_the_api_tells_the_desk_and_not_the_auditor(client_of: Of) -> None:
    case = scenes.protected(scenes.ready_for_agent())
    for role, told in (("desk", True), ("auditor", False)):
        shown = client_of(role).get(f"/api/v1/desk/cases/{case}").json()
        assert shown["protected"] is told
        assert bool(shown["protections"]) is told
        assert bool(shown["demands"][0]["withheld"]) is told
        assert REFUGE not in str(shown)


TELLING = ("支援措置の対象", "安全な連絡先", "支援措置の登録", "person-untold", "safe-contact")


@pytest.mark.promise("P3.11")
def test_nothing_the_auditor_sees_tells_that_a_person_is_protected(client_of: Of) -> None:
    """A case that waits for its protected person to be told, and one that waits for hands."""
    cases = scenes.untold(), scenes.by_hand()
    auditor, desk = client_of("auditor"), client_of("desk")
    pages = [auditor.get(url(case)).content.decode() for case in cases]
    looks = [auditor.get(f"/api/v1/desk/cases/{case}").json() for case in cases]
    queues = [auditor.get(path).content.decode() for path in ("/console/", "/api/v1/desk/cases")]

    assert [word for word in TELLING for text in (*pages, *queues) if word in text] == []
    assert all("担当者の対応を待っています。" in text for text in pages)
    assert [(look["work_note"], look["failures"]) for look in looks] == [("people", 0)] * 2
    assert all(word in desk.get(url(cases[0])).content.decode() for word in TELLING[:3])


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize("note", ["hand-work:correction", "failed:safe-contact-missing"])
def test_every_wait_for_people_is_one_to_the_auditor(note: str) -> None:
    assert actions.note_seen(note, personal=False) == "people"
    assert actions.note_seen(note, personal=True) == note
    assert actions.note_seen("store-unreachable:shop", personal=False) == "store-unreachable:shop"
