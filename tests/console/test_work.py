"""Every act of the desk, done through its page (P3.10 to P3.17, P3.22, P3.24)."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from mamoru.cases import actions, answer, store
from mamoru.cases.actions import installed
from mamoru.cases.terms import (
    AnswerMethod,
    DemandKind,
    Judgement,
    ProofOf,
    RefusalGround,
    Stage,
    Work,
)
from mamoru.kit.ids import CaseId
from mamoru.site.browser import Page, _Reader
from mamoru.site.sample import cast, papers
from tests.console import scenes

Of = Callable[[str], Client]
pytestmark = pytest.mark.django_db


def url(case: CaseId, rest: str = "") -> str:
    return f"/console/cases/{case}/{rest}"


def read(client: Client, case: CaseId) -> Page:
    response = client.get(url(case))
    assert response.status_code == 200
    return parsed(response.content)


def parsed(content: bytes) -> Page:
    page = Page(url="", status=200, content=content)
    _Reader(page).feed(content.decode())
    return page


def offers(page: Page, ending: str) -> bool:
    return any(form.action.endswith(ending) for form in page.forms)


def filled(page: Page, ending: str) -> dict[str, str]:
    return dict(page.form(ending).fields)


# --- papers and identity ------------------------------------------------------------------


@pytest.mark.promise("P1.5")
def test_opening_a_paper_shows_it_inline_and_enters_the_look_in_the_ledger(client_of: Of) -> None:
    case = scenes.received()
    proof = store.case(case).proofs[0]

    response = client_of("desk").get(url(case, f"papers/{proof.id}/"))

    assert response.content.startswith(b"%PDF")
    assert response["Content-Disposition"].startswith("inline")
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert [line.kind for line in actions.trail(case)][-1] == "case.paper.opened"


@pytest.mark.promise("P1.5")
def test_looking_at_a_case_is_entered_once_an_hour_for_each_person(client_of: Of) -> None:
    case = scenes.received()

    for role in ("desk", "desk", "approver"):
        client_of(role).get(url(case))

    looks = [line.by for line in actions.trail(case) if line.kind == "case.opened"]
    assert looks == [scenes.staff("desk"), scenes.staff("approver")]


@pytest.mark.promise("P3.10")
def test_a_finding_is_kept_as_it_was_typed_and_shown_beside_the_paper(client_of: Of) -> None:
    case = scenes.received()
    desk, proof = client_of("desk"), store.case(case).proofs[0]
    desk.get(url(case, f"papers/{proof.id}/"))

    response = desk.post(
        url(case, f"papers/{proof.id}/finding/"),
        {
            "family_name": "山本",
            "given_name": "花子",
            "birth_date": "昭和63年3月14日",
            "address": cast.HANAKO.home.address,
            "expires_on": "令和12年4月1日",
            "genuine": "on",
        },
    )

    finding = store.case(case).proofs[0].finding
    assert response.status_code == 302
    assert finding is not None
    assert finding.by == scenes.staff("desk")
    assert finding.details.birth_date == "昭和63年3月14日"
    assert str(finding.expires_on) == "2030-04-01"
    assert "2030年4月1日" in desk.get(url(case)).content.decode()


@pytest.mark.promise("P3.10", "P3.24")
def test_the_page_says_what_to_open_first_and_keeps_what_was_typed(client_of: Of) -> None:
    case, done = scenes.received(), scenes.ready()
    desk, proof = client_of("desk"), store.case(case).proofs[0]

    unread = desk.post(
        url(case, f"papers/{proof.id}/finding/"), {"family_name": "山本", "genuine": "on"}
    )
    unsent = desk.post(
        url(done, "send/"),
        {"dispatch": "simplified-registered-mail", "tracking_number": "123-45-67890-1"},
    )

    typed = unread.content.decode()
    assert (unread.status_code, unsent.status_code) == (422, 422)
    assert "この書類をまだ開いていません" in typed
    assert 'value="山本"' in typed
    assert typed.count(url(case, f"papers/{proof.id}/")) >= 2
    assert "いまの書面をまだ開いていません" in unsent.content.decode()
    assert store.case(case).proofs[0].finding is None
    assert store.case(done).stage is Stage.DECIDED
    desk.get(url(case, f"papers/{proof.id}/"))
    assert "先に書類を開いてください" not in read(desk, case).text


def test_a_finding_without_a_word_on_genuineness_comes_back_with_what_was_typed(
    client_of: Of,
) -> None:
    case = scenes.received()
    proof = store.case(case).proofs[0]

    response = client_of("desk").post(
        url(case, f"papers/{proof.id}/finding/"),
        {"family_name": "山本", "expires_on": "2030年2月30日"},
    )

    text = response.content.decode()
    assert response.status_code == 422
    assert "<title>エラー：" in text
    assert "どちらかを選んでください。" in text
    assert "この日付は読み取れません" in text
    assert 'value="山本"' in text
    assert store.case(case).proofs[0].finding is None


@pytest.mark.promise("P3.10")
def test_a_search_offers_records_and_the_chosen_one_becomes_the_person(client_of: Of) -> None:
    case = scenes.received()
    desk = client_of("desk")

    found = parsed(desk.post(url(case, "search/")).content).mark("data-candidates").split()
    response = desk.post(url(case, "identify/"), {"subjects": found})

    identity = store.case(case).identity
    assert "shop/members/M000001" in found
    assert response.status_code == 302
    assert identity is not None
    assert identity.registered.address == cast.HANAKO.home.address


def test_nothing_chosen_is_not_taken_for_nobody(client_of: Of) -> None:
    case = scenes.received()

    response = client_of("desk").post(url(case, "identify/"), {})

    assert response.status_code == 422
    assert "記録を選んでください" in response.content.decode()
    assert store.case(case).identity is None


def test_that_nothing_is_held_is_said_expressly(client_of: Of) -> None:
    case = scenes.filed(cast.AKUDA)

    response = client_of("desk").post(url(case, "identify/"), {"none": "on"})

    identity = store.case(case).identity
    assert response.status_code == 302
    assert identity is not None
    assert identity.subjects == ()


@pytest.mark.promise("P3.10")
def test_three_originals_stand_beside_their_verdicts_and_only_real_differences_are_marked(
    client_of: Of,
) -> None:
    text = client_of("desk").get(url(scenes.mismatch())).content.decode()

    assert cast.TARO.home.address in text
    assert cast.TARO.registered_home.address in text
    assert '<span class="pair-line__differs">市区町村が異なります' in text
    assert '<span class="pair-line__notes">表記の違いのみ：日付の書き方' in text
    assert "日付の書き方" not in "".join(
        part.split("</span>")[0] for part in text.split('class="pair-line__differs">')[1:]
    )


@pytest.mark.promise("P3.10")
def test_before_somebody_is_identified_nothing_is_said_to_be_missing_in_the_records(
    client_of: Of,
) -> None:
    case = scenes.filed()
    scenes.read(case, scenes.with_licence(case, cast.HANAKO), cast.HANAKO)

    text = client_of("desk").get(url(case)).content.decode()

    assert text.count("請求書と確認書類は一致（登録内容は未照合）") == 3
    assert text.count("（未特定）") == 3
    assert "登録なし" not in text
    assert "片方に記載がありません" not in text
    assert "確認書類と登録内容" not in text


@pytest.mark.promise("P3.10")
def test_a_birth_date_that_is_not_registered_is_not_shown_as_agreeing_with_it(
    client_of: Of,
) -> None:
    case = scenes.ready_to_verify()
    known = store.case(case)
    assert known.identity is not None
    records = tuple(
        replace(each, registered=replace(each.registered, birth_date=""))
        for each in known.identity.records
    )
    without = replace(known.identity, records=records)
    store.save_identity(case, without, version=known.version)

    text = client_of("desk").get(url(case)).content.decode()

    assert "請求書と確認書類は一致（登録なし）" in text
    assert '<span class="pair-line__notes">片方に記載がありません' in text


@pytest.mark.promise("P3.10")
def test_a_person_whose_address_differs_is_not_verified_with_any_note(client_of: Of) -> None:
    case = scenes.mismatch()

    response = client_of("desk").post(url(case, "verify/"), {"note": "本人に違いない"})

    assert response.status_code == 422
    assert store.case(case).stage is Stage.RECEIVED
    assert parsed(response.content).mark("data-open-points") == "address-differs"


@pytest.mark.promise("P3.10", "P3.11")
def test_the_chain_of_a_mover_is_explained_and_the_case_is_verified(client_of: Of) -> None:
    case = scenes.moved()
    desk = client_of("privacy-officer")

    shown = desk.get(url(case)).content.decode()
    response = desk.post(url(case, "verify/"), filled(parsed(shown.encode()), "/verify/"))

    assert "転居の経緯を確認できました" in shown
    assert response.status_code == 302
    assert store.case(case).verified_by == scenes.staff("privacy-officer")


@pytest.mark.promise("P3.22")
def test_a_paper_that_arrived_is_shown_as_unread_everywhere_and_not_asked_for_again(
    client_of: Of,
) -> None:
    case = scenes.received()

    page = read(client_of("desk"), case)

    assert "届いている・未確認" in page.text
    assert "不足" not in page.text.replace("不足書類", "").replace("不足とは扱いません", "")
    assert page.mark("data-open-points") == ""
    assert "defects" not in filled(page, "/supplement/")


@pytest.mark.promise("P3.11")
def test_what_is_wrong_with_an_agents_papers_is_named_in_words(client_of: Of) -> None:
    case = scenes.filed(cast.TARO, agent=cast.SATO)

    text = client_of("desk").get(url(case)).content.decode()

    assert "委任状がありません" in text
    assert "弁護士の身分を示す書類がありません" in text


@pytest.mark.promise("P3.12", "P3.22")
def test_asking_for_papers_names_every_point_and_stops_the_desk_until_they_come(
    client_of: Of,
) -> None:
    case = scenes.mismatch()
    desk = client_of("desk")

    response = desk.post(
        url(case, "supplement/"), {"defects": ["address-differs", "document-unreadable"]}
    )

    shown = read(desk, case)
    asked = store.case(case).supplements[-1]
    assert response.status_code == 302
    assert asked.defects == ("address-differs", "document-unreadable")
    assert shown.mark("data-stage") == "supplement-asked"
    assert not offers(shown, "/supplement/")
    assert not offers(shown, "/verify/")
    letter = desk.get(url(case, "supplement-letter/"))
    assert letter.content.startswith(b"%PDF")


@pytest.mark.promise("P3.22")
def test_papers_that_came_are_told_and_the_desk_goes_on_with_them(client_of: Of) -> None:
    case = scenes.asked()
    desk = client_of("desk")
    early = desk.post(url(case, "resume/"))
    assert not offers(read(desk, case), "/resume/")
    record = papers.resident_record(cast.TARO, today=scenes.today())
    scenes.send(case, record, ProofOf.PERSON)

    shown = read(desk, case)
    sent = desk.post(url(case, "resume/"))

    assert early.status_code == 422
    assert "書類が1点届いています" in shown.text
    assert "届くまで、することはありません" not in shown.text
    assert offers(shown, "/resume/")
    assert sent.status_code == 302
    assert store.case(case).stage is Stage.RECEIVED
    assert store.case(case).supplements[-1].received_at is not None


def test_asking_for_nothing_is_refused_with_the_reason(client_of: Of) -> None:
    case = scenes.mismatch()

    response = client_of("desk").post(url(case, "supplement/"), {"defects": []})

    assert response.status_code == 422
    assert "お願いすることを1つ以上選んでください" in response.content.decode()
    assert store.case(case).stage is Stage.RECEIVED


@pytest.mark.promise("P3.10")
def test_candidates_show_where_each_is_registered_and_whether_they_left(client_of: Of) -> None:
    stays, left = scenes.received(), scenes.filed(cast.TARO)
    desk = client_of("desk")

    member = desk.post(url(stays, "search/")).content.decode()
    former = desk.post(url(left, "search/")).content.decode()

    assert cast.HANAKO.home.address in member
    assert cast.TARO.registered_home.address in former
    assert "退会日</dt><dd>—<" in member
    assert re.search(r"退会日</dt><dd>20\d\d-", former)


@pytest.mark.promise("P3.10")
def test_a_choice_that_names_nothing_keeps_what_was_found_and_says_what_to_do(
    client_of: Of,
) -> None:
    case = scenes.received()
    desk = client_of("desk")

    nothing = desk.post(url(case, "identify/"), {})
    both = desk.post(
        url(case, "identify/"), {"subjects": ["shop/members/M000001"], "none": "on"}
    ).content.decode()

    text = nothing.content.decode()
    assert nothing.status_code == 422
    assert "shop/members/M000001" in parsed(nothing.content).mark("data-candidates").split()
    assert '<a href="#identify">記録を選んでください' in text
    assert "もう一度検索して" not in text
    assert 'value="shop/members/M000001" checked' in both
    assert 'id="identify-none" checked' in both
    assert store.case(case).identity is None


@pytest.mark.promise("P1.5")
def test_the_history_names_the_paper_that_was_opened(client_of: Of) -> None:
    case = scenes.received()
    desk, proof = client_of("desk"), store.case(case).proofs[0]
    desk.get(url(case, f"papers/{proof.id}/"))

    text = desk.get(url(case)).content.decode()

    line = text[text.index("書類を開いた") :]
    assert "運転免許証" in line[: line.index("</li>")]


@pytest.mark.promise("P3.5")
def test_a_table_in_which_nothing_had_to_change_is_not_called_changed(client_of: Of) -> None:
    case = scenes.ready(scenes.decided(scenes.verified(scenes.of_kind(DemandKind.ERASURE))))

    lines = re.findall(
        r"<li value=.*?</li>", client_of("desk").get(url(case)).content.decode(), re.DOTALL
    )

    changed = [each for each in lines if "データベースの記録を変更し" in each]
    still = [each for each in lines if "変更する記録がないことを確かめた" in each]
    touched = {
        entry.facts["place"]: int(entry.facts["erased"]) + int(entry.facts["written"])
        for entry in actions.trail(case)
        if entry.kind == "case.place.changed"
    }
    assert 0 in touched.values()
    assert len(changed) == sum(bool(each) for each in touched.values())
    assert len(still) == sum(not each for each in touched.values())
    assert all("削除した記録" in each or "書き換えた記録" in each for each in changed)


@pytest.mark.promise("P3.22")
def test_the_queue_says_whether_papers_are_waited_for_or_have_come(client_of: Of) -> None:
    bare, read_ = scenes.filed(), scenes.received()
    waits, came = scenes.asked(), scenes.asked()
    scenes.send(came, papers.resident_record(cast.TARO, today=scenes.today()), ProofOf.PERSON)

    page = client_of("desk").get("/console/").content.decode()

    rows = {case: page[page.index(f">{case}<") :] for case in (bare, read_, waits, came)}
    todo = {case: row[: row.index("</tr>")] for case, row in rows.items()}
    assert "書類の到着待ち" in todo[bare]
    assert "本人の確認" in todo[read_]
    assert "書類の到着待ち" in todo[waits]
    assert "届いた書類の確認" in todo[came]


# --- decisions ----------------------------------------------------------------------------


@pytest.mark.promise("P3.17")
def test_nothing_is_chosen_before_somebody_decides(client_of: Of) -> None:
    case = scenes.verified()
    officer = client_of("privacy-officer")

    shown = read(officer, case)
    response = officer.post(url(case, "demands/1/decide/"), {"reason": "", "law": ""})

    assert "ground" not in filled(shown, "/demands/1/decide/")
    assert response.status_code == 422
    assert "判断を選んでください" in response.content.decode()
    assert "お断りのときは必須" in response.content.decode()
    assert store.case(case).demands[0].decision is None


@pytest.mark.promise("P3.14", "P3.15", "P3.16", "P3.17")
@pytest.mark.parametrize("kind", list(DemandKind))
def test_only_grounds_that_the_law_allows_for_a_kind_are_offered(
    client_of: Of, kind: DemandKind
) -> None:
    case = scenes.verified(scenes.of_kind(kind))

    text = client_of("privacy-officer").get(url(case)).content.decode()

    offered = {ground for ground in RefusalGround if f'name="ground" value="{ground}"' in text}
    assert offered == set(actions.judged_grounds(kind))
    assert offered <= set(actions.allowed_grounds(kind))


@pytest.mark.promise("P3.17")
def test_a_ground_outside_the_matrix_is_refused_when_posted_directly(client_of: Of) -> None:
    case = scenes.verified(scenes.of_kind(DemandKind.ERASURE))

    response = client_of("privacy-officer").post(
        url(case, "demands/1/decide/"), {"ground": "harm-to-rights", "reason": "x"}
    )

    assert response.status_code == 422
    assert store.case(case).demands[0].decision is None


@pytest.mark.promise("P3.14", "P3.17")
def test_a_judged_ground_without_its_reason_comes_back_and_keeps_the_choice(client_of: Of) -> None:
    case = scenes.verified()

    response = client_of("privacy-officer").post(
        url(case, "demands/1/decide/"),
        {
            "ground": "other-law",
            "reason": "守秘義務",
            "law": "",
            "version": store.case(case).version,
        },
    )

    text = response.content.decode()
    assert response.status_code == 422
    assert "根拠となる法令の名前と条を記入してください" in text
    assert 'href="#demand-1-law"' in text
    assert "他の法令によるお断りのときは必須" in text
    assert "守秘義務</textarea>" in text


@pytest.mark.promise("P3.17")
def test_a_refusal_is_approved_without_a_list_of_what_would_have_been_read(client_of: Of) -> None:
    case = scenes.verified()
    officer, approver = client_of("privacy-officer"), client_of("approver")
    before = approver.get(url(case)).content.decode()

    refused = {"ground": "other-law", "reason": "守秘義務のため", "law": "弁護士法第23条"}
    officer.post(url(case, "demands/1/decide/"), {**refused, "version": store.case(case).version})
    shown = approver.get(url(case)).content.decode()

    assert "応じる場合に読み出す範囲" in before
    assert "守秘義務のため" in shown
    assert "応じる場合に読み出す範囲" not in shown


@pytest.mark.promise("P3.17")
def test_a_refusal_without_its_reason_is_marked_at_the_field_that_lacks_it(client_of: Of) -> None:
    case = scenes.verified()

    response = client_of("privacy-officer").post(
        url(case, "demands/1/decide/"),
        {"ground": "harm-to-rights", "reason": " ", "version": store.case(case).version},
    )

    assert response.status_code == 422
    assert 'href="#demand-1-reason"' in response.content.decode()
    assert store.case(case).demands[0].decision is None


@pytest.mark.promise("P3.13")
def test_where_nothing_is_held_the_standing_ground_is_shown_and_grant_is_not_offered(
    client_of: Of,
) -> None:
    case = scenes.filed(cast.AKUDA)
    scenes.read(case, scenes.with_licence(case, cast.AKUDA), cast.AKUDA)
    scenes.identified(case, None)
    scenes.verified(case)

    text = client_of("privacy-officer").get(url(case)).content.decode()

    assert "保有個人データに該当しないこと" in text
    assert "請求に応じる" not in text


@pytest.mark.promise("P3.17")
def test_the_one_who_decided_finds_no_button_and_a_direct_post_is_forbidden(client_of: Of) -> None:
    case = scenes.verified()
    both = client_of("approver")
    give_role("approver", "privacy-officer")
    both.post(
        url(case, "demands/1/decide/"),
        {"ground": "", "reason": "", "law": "", "version": store.case(case).version},
    )

    shown = both.get(url(case)).content.decode()
    seen = token(case)
    response = both.post(
        url(case, "demands/1/approve/"), {"seen": seen, "version": store.case(case).version}
    )

    assert not offers(parsed(shown.encode()), "/demands/1/approve/")
    assert "あなたは承認できません" in shown
    assert response.status_code == 403
    assert "別の人でなければなりません" in response.content.decode()
    assert store.case(case).demands[0].decided is False


@pytest.mark.promise("P3.17")
def test_a_second_person_approves_and_the_work_begins(client_of: Of) -> None:
    case = scenes.decided()
    second = client_of("approver")

    shown = read(second, case)
    response = second.post(url(case, "demands/1/approve/"), filled(shown, "/demands/1/approve/"))

    after = store.case(case)
    assert response.status_code == 302
    assert (after.stage, after.work) == (Stage.DECIDED, Work.QUEUED)
    assert after.demands[0].decision is not None
    assert after.demands[0].decision.approved_by == scenes.staff("approver")


@pytest.mark.promise("P3.17")
def test_a_decision_that_changed_since_it_was_seen_is_not_approved(client_of: Of) -> None:
    case = scenes.decided()
    second = client_of("approver")
    form = filled(read(second, case), "/demands/1/approve/")
    actions.decide_demand(
        store.case(case).demands[0].id,
        judged=Judgement(ground=RefusalGround.HARM_TO_RIGHTS, reason="第三者の安全"),
        by=scenes.staff("privacy-officer"),
        now=scenes.now(),
        version=store.case(case).version,
    )

    response = second.post(url(case, "demands/1/approve/"), form)

    assert response.status_code == 409
    assert store.case(case).demands[0].decided is False


@pytest.mark.promise("P3.17")
@pytest.mark.parametrize("seen", ["of the first", "", None])
def test_a_decision_is_not_approved_by_who_has_seen_another_or_none(
    client_of: Of, seen: str | None
) -> None:
    case = scenes.decided()
    first = token(case)
    actions.decide_demand(
        store.case(case).demands[0].id,
        judged=Judgement(ground=RefusalGround.HARM_TO_RIGHTS, reason="第三者の安全"),
        by=scenes.staff("privacy-officer"),
        now=scenes.now(),
        version=store.case(case).version,
    )
    form: dict[str, object] = {"version": store.case(case).version}
    if seen is not None:
        form |= {"seen": seen and first}

    response = client_of("approver").post(url(case, "demands/1/approve/"), form)

    assert response.status_code == 409
    assert store.case(case).demands[0].decided is False


@pytest.mark.promise("P3.17")
def test_the_second_person_sends_a_decision_back(client_of: Of) -> None:
    case = scenes.decided()
    second = client_of("approver")

    refused = second.post(url(case, "demands/1/return/"), {"reason": ""})
    response = second.post(
        url(case, "demands/1/return/"),
        {"reason": "範囲が広すぎます", "version": store.case(case).version},
    )

    assert refused.status_code == 422
    assert response.status_code == 302
    assert store.case(case).demands[0].decision is None


def test_a_page_that_is_no_longer_true_changes_nothing(client_of: Of) -> None:
    case = scenes.ready_to_verify()
    form = filled(read(client_of("desk"), case), "/verify/")
    scenes.identified(case, cast.HANAKO)  # somebody else, meanwhile

    response = client_of("desk").post(url(case, "verify/"), form)

    assert response.status_code == 409
    assert "ほかの人がこの請求を変更しました" in response.content.decode()
    assert store.case(case).stage is Stage.RECEIVED


# --- work and answer ----------------------------------------------------------------------


def test_a_store_that_cannot_be_reached_is_named_with_since_when_and_the_next_try(
    client_of: Of,
) -> None:
    text = client_of("desk").get(url(scenes.waiting())).content.decode()

    assert "「お知らせメールの名簿」に接続できません" in text
    assert "から先へ進んでいません。" in text
    assert "次にやり直すのは" in text
    assert "送れません" in text
    assert not offers(parsed(text.encode()), "/send/")


@pytest.mark.promise("P3.26")
def test_a_failure_is_shown_with_its_count_and_the_desk_has_it_tried_at_once(
    client_of: Of,
) -> None:
    case = scenes.approved()
    for _ in range(3):
        store.claim_work(case)
        actions.note_failure(case, "letter-unrenderable", now=scenes.now())
    desk = client_of("desk")

    text = read(desk, case).text
    tried = desk.post(url(case, "try/"))
    again = desk.post(url(case, "try/"))

    assert "これまでに3回試しました。" in text
    assert "続けて3回失敗しています。" in text
    assert "次にやり直すのは" in text
    assert (tried.status_code, again.status_code) == (302, 422)
    assert store.case(case).work is Work.QUEUED
    assert "今すぐ試すよう依頼した" in desk.get(url(case)).content.decode()


@pytest.mark.promise("P3.24")
def test_a_character_without_a_glyph_is_named_by_code_and_place_and_written_by_hand(
    client_of: Of,
) -> None:
    case = scenes.unprintable()
    desk = client_of("desk")

    shown = read(desk, case)
    empty = desk.post(url(case, "by-hand/"), {**filled(shown, "/by-hand/")})
    other = desk.post(url(case, "by-hand/"), {"points": ["U+82B1"]})
    done = desk.post(url(case, "by-hand/"), {"points": ["U+2B820"]})

    assert "U+2B820" in shown.text
    assert "宛名" in shown.text
    assert [each.status_code for each in (empty, other, done)] == [422, 422, 302]
    assert store.case(case).work is Work.QUEUED
    assert actions.carry_out(case, scenes.AtOnce()) is Work.READY
    after = read(desk, case)
    assert "U+2B820" in after.text
    assert not offers(after, "/by-hand/")
    assert "手書きする文字を記録した" in after.text


@pytest.mark.promise("P3.17")
def test_a_plan_that_changed_is_told_in_words_and_goes_back_to_two_persons(client_of: Of) -> None:
    case = scenes.outgrown()
    officer, second = client_of("privacy-officer"), client_of("approver")

    shown = read(officer, case)
    form = filled(shown, "/reopen/")
    without = officer.post(url(case, "reopen/"), {**form, "reason": ""})
    blind = officer.post(url(case, "reopen/"), {"reason": "範囲が変わった"})
    sent = officer.post(url(case, "reopen/"), {**form, "reason": "範囲が変わった"})
    decide = {**filled(read(officer, case), "/demands/1/decide/"), "ground": ""}
    officer.post(url(case, "demands/1/decide/"), decide)
    approved = second.post(
        url(case, "demands/1/approve/"), filled(read(second, case), "/demands/1/approve/")
    )

    assert "「お知らせメールの名簿 / 配信先」が対象に加わりました。" in shown.text
    assert not offers(read(second, case), "/reopen/")
    assert [each.status_code for each in (without, blind, sent, approved)] == [422, 409, 302, 302]
    assert (store.case(case).stage, store.case(case).work) == (Stage.DECIDED, Work.QUEUED)
    assert "case.demand.reopened" in [line.kind for line in actions.trail(case)]


@pytest.mark.promise("P3.6")
def test_work_by_hand_is_recorded_by_somebody_who_did_not_approve(client_of: Of) -> None:
    case = scenes.by_hand()
    give_role("approver", "desk")

    own = client_of("approver").post(url(case, "demands/1/carried-out/"), {"note": "消した"})
    empty = client_of("desk").post(url(case, "demands/1/carried-out/"), {"note": ""})
    done = client_of("desk").post(url(case, "demands/1/carried-out/"), {"note": "会員表から消去"})

    assert (own.status_code, empty.status_code, done.status_code) == (403, 422, 302)
    assert store.executed(store.case(case).demands[0].id)
    assert store.case(case).work is Work.QUEUED


@pytest.mark.promise("P3.24")
def test_the_answer_is_opened_and_sent_with_its_tracking_number(client_of: Of) -> None:
    case = scenes.ready()
    desk = client_of("desk")

    letter = desk.get(url(case, "letter/"))
    without = desk.post(url(case, "send/"), {"dispatch": "simplified-registered-mail"})
    sent = desk.post(
        url(case, "send/"),
        {"dispatch": "simplified-registered-mail", "tracking_number": "123-45-67890-1"},
    )

    after = store.case(case)
    assert letter.content.startswith(b"%PDF")
    assert letter["Content-Security-Policy"].startswith("default-src 'none'")
    assert (without.status_code, sent.status_code) == (422, 302)
    assert "郵送のときは必須" in without.content.decode()
    assert (after.stage, after.tracking_number) == (Stage.ANSWERED, "123-45-67890-1")
    assert not offers(read(desk, case), "/send/")


@pytest.mark.promise("P3.24")
@pytest.mark.parametrize("by_agent", [False, True])
def test_to_whom_and_where_the_answer_goes_is_read_before_it_is_sent(
    client_of: Of, by_agent: bool
) -> None:
    case = (
        scenes.ready(scenes.decided(scenes.verified(scenes.moved())))
        if by_agent
        else (scenes.ready())
    )
    to = answer.addressee(store.case(case))

    shown = read(client_of("desk"), case).text
    auditor = read(client_of("auditor"), case).text

    asked = shown.split("回答を送ったことを記録する")[0].split("宛先", 1)[1]
    whose = "代理人の確認書類で確かめた、代理人の住所" if by_agent else "確かめた、本人の住所"
    assert to.name in asked
    assert all(line in asked for line in to.address_lines)
    assert whose in asked
    assert "この宛先の理由" not in auditor


@pytest.mark.promise("P3.24")
def test_an_answer_leaves_only_in_the_way_that_the_person_chose(client_of: Of) -> None:
    case = scenes.filed(method=AnswerMethod.ELECTRONIC)
    scenes.read(case, scenes.with_licence(case, cast.HANAKO), cast.HANAKO)
    scenes.identified(case, cast.HANAKO)
    scenes.ready(scenes.decided(scenes.verified(case)))
    desk = client_of("desk")
    desk.get(url(case, "letter/"))

    by_mail = desk.post(
        url(case, "send/"),
        {"dispatch": "simplified-registered-mail", "tracking_number": "123-45-67890-1"},
    )
    download = desk.post(url(case, "send/"), {"dispatch": "download"})

    assert (by_mail.status_code, download.status_code) == (422, 302)
    assert store.case(case).stage is Stage.ANSWERED


@pytest.mark.promise("P3.24")
@pytest.mark.parametrize(
    ("typed", "moved", "shown"),
    [
        ("1660004", False, "166-0004"),
        ("〒166-0004", False, "166-0004"),
        ("1600001", False, "166-0004"),
        ("", False, "166-0004"),
        ("1600001", True, "166-0004"),
    ],
)
def test_the_letter_bears_a_postal_code_that_the_town_of_the_proven_address_has(
    accounts: dict[str, int], typed: str, shown: str, *, moved: bool
) -> None:
    case = store.case(scenes.ready_to_verify())
    home = cast.TARO.home if moved else cast.HANAKO.home
    filing = replace(
        case.filing,
        person=replace(
            case.filing.person, postal_code=typed, address=home.address, building=home.building
        ),
    )
    read = case.proofs[0].finding
    assert read is not None
    silent = replace(
        case.proofs[0], finding=replace(read, details=replace(read.details, postal_code=""))
    )
    known = replace(case, filing=filing, proofs=(silent,), verified_by=scenes.staff("desk"))

    assert answer.addressee(known).postal_code == shown


@pytest.mark.promise("P3.11")
def test_the_letter_names_the_demands_that_were_not_covered_when_it_was_written(
    accounts: dict[str, int],
) -> None:
    case = scenes.mismatch()
    power = next(each for each in store.case(case).proofs if each.of is ProofOf.AUTHORITY)
    assert power.finding is not None
    narrow = replace(power.finding, scope=(DemandKind.DISCLOSURE,), at=scenes.now())
    actions.record_finding(case, power.id, narrow, now=scenes.now())
    actions.ask_supplement(
        case, ("scope-too-narrow",), "", by=scenes.staff("desk"), now=scenes.now()
    )

    known = store.case(case)
    asked = answer.compose_supplement(known, installed.sources(), known.supplements[-1])

    assert set(asked.not_covered) == set(scenes.EVERYTHING) - {DemandKind.DISCLOSURE}


# --- every state --------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(scenes.STATES))
def test_the_page_of_every_state_says_what_to_do_next(client_of: Of, state: str) -> None:
    case = scenes.STATES[state]()

    page = read(client_of("privacy-officer"), case)

    assert page.mark("data-stage") == store.case(case).stage
    assert "次にすること" in page.text
    assert "None" not in page.text


@pytest.mark.parametrize(
    "state", ["decided", "waiting", "outgrown", "by-hand", "ready", "answered"]
)
def test_no_act_of_an_earlier_step_is_offered_later(client_of: Of, state: str) -> None:
    page = read(client_of("privacy-officer"), scenes.STATES[state]())

    for ending in ("/search/", "/identify/", "/verify/", "/supplement/", "/finding/"):
        assert not offers(page, ending), ending


def give_role(username: str, role: str) -> None:
    from django.contrib.auth.models import Group, User

    User.objects.get(username=username).groups.add(Group.objects.get(name=role))


@pytest.mark.parametrize(
    ("state", "first"),
    [
        ("received", "papers"),
        ("ready-to-verify", "verify"),
        ("mismatch", "supplement"),
        ("verified", "decide"),
        ("outgrown", "work"),
        ("ready", "answer"),
        ("unprintable", "by-hand"),
    ],
)
def test_what_is_to_be_done_now_stands_first_and_open(
    client_of: Of, state: str, first: str
) -> None:
    text = client_of("privacy-officer").get(url(scenes.STATES[state]())).content.decode()

    sections = [part.split('"')[0] for part in text.split('<section class="work-step" id="')[1:]]
    before = text[: text.index(f'<section class="work-step" id="{first}"')]
    assert first in sections[:2]
    assert '<details class="part' not in before
    assert '<details class="part' in text


def test_staff_read_no_date_in_the_writing_of_machines(client_of: Of) -> None:
    import re

    page = read(client_of("auditor"), scenes.answered())

    assert re.findall(r"\d{4}-\d{2}-\d{2}", page.text) == []
    assert re.search(r"\d{4}年\d{1,2}月\d{1,2}日（.） \d{2}:\d{2}", page.text)


def token(case: CaseId) -> str:
    from mamoru.console.panels import decisions

    decision = store.case(case).demands[0].decision
    assert decision is not None
    return decisions.seen(decision)


@pytest.mark.promise("P3.5")
def test_the_desk_names_the_value_that_a_correction_is_about(client_of: Of) -> None:
    case = scenes.verified(scenes.of_kind(DemandKind.CORRECTION))
    page = client_of("desk").get(url(case, "demands/1/value/"))
    ref = "shop/members/M000001/phone"
    assert ref in page.content.decode()

    version = store.case(case).version
    none = client_of("desk").post(url(case, "demands/1/value/"), {"version": version})
    done = client_of("desk").post(url(case, "demands/1/value/"), {"version": version, "ref": ref})

    assert (none.status_code, done.status_code) == (422, 302)
    assert store.case(case).demands[0].demand.items == (ref,)


@pytest.mark.promise("P3.6")
def test_what_an_erasure_would_do_and_did_can_be_followed_in_counts(client_of: Of) -> None:
    case = scenes.decided(scenes.verified(scenes.of_kind(DemandKind.ERASURE)))
    before = client_of("approver").get(url(case)).content.decode()
    assert "変わる件数" in before
    assert "法令により残す" in before
    assert "応じる場合に変更する範囲" not in before  # one table that agrees with itself
    expected = before[before.index("実行すると変わる件数") : before.index("承認して実行するまで")]
    demand = store.case(case).demands[0]
    assert demand.decision is not None
    planned = actions.plan_of(store.case(case), demand)
    assert expected.count("<tr>") - 1 == len({each.table for each in demand.decision.expected})
    assert {each.table for each in planned.locations} == {
        each.table for each in demand.decision.expected
    }

    scenes.approved(case)
    actions.carry_out(case, scenes.AtOnce())
    after = client_of("desk").get(url(case)).content.decode()

    assert "削除した記録" in after
    assert "法人税法" in after
    assert "E2" in after


@pytest.mark.promise("P3.14")
def test_before_a_letter_leaves_the_desk_is_told_where_others_may_be_spoken_of(
    client_of: Of,
) -> None:
    case = scenes.ready()

    shown = client_of("desk").get(url(case)).content.decode()

    assert "本人以外の人についての記載がないか" in shown
    assert "問い合わせ / 本文" in shown


@pytest.mark.promise("P3.6")
def test_a_suspension_is_lifted_at_the_desk_by_two_persons(client_of: Of) -> None:
    case = scenes.stopped()
    officer, second = client_of("privacy-officer"), client_of("approver")
    demand = store.case(case).demands[0]

    assert not offers(read(second, case), "/lift/")
    form = filled(read(officer, case), "/lifting/")
    without = officer.post(url(case, "demands/1/lifting/"), {**form, "reason": ""})
    asked = officer.post(url(case, "demands/1/lifting/"), {**form, "reason": "ご本人の申し出"})
    waiting = read(officer, case)
    agreed = second.post(url(case, "demands/1/lift/"), filled(read(second, case), "/lift/"))

    assert [each.status_code for each in (without, asked, agreed)] == [422, 302, 302]
    assert "別の人が承認するまで、停止は続きます" in waiting.text
    assert not offers(waiting, "/lift/")
    assert not offers(waiting, "/lifting/")
    assert actions.liftable(demand) is None
    assert "停止が続いています" not in read(second, case).text


@pytest.mark.promise("P3.24")
@pytest.mark.parametrize("number", ["xx", "1", "1234567890", "12345678901234", "123-45-67890-x"])
def test_a_number_that_no_carrier_gives_is_refused_at_its_field(client_of: Of, number: str) -> None:
    case = scenes.ready_of_nothing()
    desk = client_of("desk")
    desk.get(url(case, "letter/"))

    sent = desk.post(
        url(case, "send/"), {"dispatch": "simplified-registered-mail", "tracking_number": number}
    )

    assert sent.status_code == 422
    assert "受領証のとおりに" in sent.content.decode()
    assert store.case(case).stage is not Stage.ANSWERED
