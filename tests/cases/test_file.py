"""A form comes in once, whatever is clicked (P3.21, P3.12); what is sealed stays sealed (P1.13)."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mamoru.cases import actions, store
from mamoru.cases.actions import CodeRefused, KeyReused, TooManyFilings, TooManyPapers
from mamoru.cases.rules.states import StageForbidden
from mamoru.cases.store import CaseUnknown, PaperUnknown
from mamoru.cases.terms import Demand, DemandKind, ProofKind, ProofOf, Stage
from mamoru.kit import ids
from mamoru.kit.ids import REQUESTER, CaseId
from mamoru.ledger import append
from mamoru.ledger.append import JournalUnwritable
from mamoru.papers.terms import PaperTypeUnknown
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.acts import NOW, SUZUKI
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")
HERE = "198.51.100.0/24"
FORM = acts.filing(cast.HANAKO, DemandKind.DISCLOSURE, key="k1")


@pytest.mark.promise("P3.21", "P3.26")
def test_a_form_gets_a_number_a_code_and_its_dates() -> None:
    receipt = actions.file_case(FORM, by=REQUESTER, now=NOW)

    assert ids.parse_case_id(receipt.case_id) == receipt.case_id
    assert re.fullmatch(r"\d{12}", receipt.code)
    assert (receipt.acknowledge_on, receipt.due_on) == ("2026-11-25", "2026-12-04")
    assert (
        actions.open_status(receipt.case_id, receipt.code, place=HERE, now=NOW).stage
        is Stage.RECEIVED
    )


def test_the_same_form_twice_is_one_case() -> None:
    first = actions.file_case(FORM, by=REQUESTER, now=NOW)
    again = actions.file_case(FORM, by=REQUESTER, now=NOW + timedelta(minutes=1))

    assert again == first
    assert [line.id for line in store.case_lines()] == [first.case_id]
    assert [entry.kind for entry in append.entries(first.case_id)] == ["case.filed"]


def test_another_form_under_the_same_key_does_not_open_the_first_ones_case() -> None:
    actions.file_case(FORM, by=REQUESTER, now=NOW)

    with pytest.raises(KeyReused):
        actions.file_case(replace(FORM, person=acts.details(cast.AKUDA)), by=REQUESTER, now=NOW)

    assert len(store.case_lines()) == 1


@pytest.mark.promise("P3.12", "P3.22")
def test_a_form_with_gaps_is_taken_and_its_gaps_are_asked_for() -> None:
    gaps = replace(
        FORM,
        person=replace(FORM.person, birth_date="", address=" "),
        demands=(Demand(kind=DemandKind.CORRECTION, items=("contact",), before="090"),),
    )

    case = store.case(acts.file(gaps))

    assert case.stage is Stage.SUPPLEMENT_ASKED
    assert case.supplements[0].defects == (
        "before-after-missing/1",
        "person-address-missing",
        "person-birth-date-missing",
    )
    assert actions.supplement_letter(case.id, by=acts.SUZUKI, now=NOW).startswith(b"%PDF-")


def test_numbers_follow_one_another_within_a_year() -> None:
    made = [acts.file(replace(FORM, one_time_key=f"k{nth}")) for nth in range(3)]

    assert [each[:13] for each in made] == [f"C-2026-00000{nth}" for nth in (1, 2, 3)]


def wrong_codes(case: CaseId, times: int, *, place: str) -> None:
    for _ in range(times):
        with pytest.raises(CodeRefused):
            actions.open_status(case, "000000000000", place=place, now=NOW)


def test_five_wrong_codes_shut_a_case_for_the_hour_and_not_for_good() -> None:
    receipt = actions.file_case(FORM, by=REQUESTER, now=NOW)
    wrong_codes(receipt.case_id, 5, place=HERE)

    with pytest.raises(CodeRefused):
        actions.open_status(receipt.case_id, receipt.code, place=HERE, now=NOW)
    later = NOW + timedelta(hours=1)
    opened = actions.open_status(receipt.case_id, receipt.code, place=HERE, now=later)
    assert opened.id == receipt.case_id


@pytest.mark.promise("P3.21")
def test_who_guesses_at_a_strangers_case_does_not_shut_it_for_its_requester() -> None:
    receipt = actions.file_case(FORM, by=REQUESTER, now=NOW)
    wrong_codes(receipt.case_id, 20, place="203.0.113.0/24")

    opened = actions.open_status(receipt.case_id, receipt.code, place=HERE, now=NOW)

    assert opened.id == receipt.case_id


def test_wrong_codes_from_many_networks_shut_a_case_for_the_hour_everywhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mamoru.cases.actions.filing._CODES_AN_HOUR", 20)
    receipt = actions.file_case(FORM, by=REQUESTER, now=NOW)
    for nth in range(4):
        wrong_codes(receipt.case_id, 5, place=f"203.0.{nth}.0/24")

    with pytest.raises(CodeRefused):
        actions.open_status(receipt.case_id, receipt.code, place=HERE, now=NOW)


def test_a_wrong_number_and_a_wrong_code_are_refused_alike() -> None:
    receipt = actions.file_case(FORM, by=REQUESTER, now=NOW)
    said = []
    for number, code in ((receipt.case_id, "1"), (CaseId("C-2026-999999-0"), receipt.code)):
        with pytest.raises(CodeRefused) as refused:
            actions.open_status(number, code, place=HERE, now=NOW)
        said.append(str(refused.value))

    assert said[0] == said[1]


def test_a_wrong_number_costs_the_same_work_as_a_wrong_code() -> None:
    receipt = actions.file_case(FORM, by=REQUESTER, now=NOW)
    work = []
    for number in (receipt.case_id, ids.case_id(2026, 999_999)):
        with CaptureQueriesContext(connection) as asked, pytest.raises(CodeRefused):
            actions.open_status(number, "1", place=HERE, now=NOW)
        work.append(len(asked))

    assert work[0] == work[1] > 0


def test_forms_from_one_place_are_limited_within_the_hour() -> None:
    for _ in range(3):
        actions.admit("203.0.113.0/24", allowed=3, now=NOW)

    with pytest.raises(TooManyFilings):
        actions.admit("203.0.113.0/24", allowed=3, now=NOW)
    actions.admit("198.51.100.0/24", allowed=3, now=NOW)
    actions.admit("203.0.113.0/24", allowed=3, now=NOW + timedelta(hours=1))


@pytest.mark.promise("P3.22")
def test_a_paper_is_kept_once_and_opens_drawn_anew() -> None:
    case_id = acts.file(FORM)
    first = acts.hand_in(case_id, ProofKind.DRIVING_LICENCE, ProofOf.PERSON)
    again = acts.hand_in(case_id, ProofKind.DRIVING_LICENCE, ProofOf.PERSON)

    assert first.id == again.id
    assert len(store.case(case_id).proofs) == 1
    media_type, content = actions.open_paper(case_id, first.id, by=SUZUKI, now=NOW)
    assert media_type == "image/jpeg"
    assert content.startswith(b"\xff\xd8\xff")
    assert append.entries(case_id)[-1].kind == "case.paper.opened"


def test_a_file_that_is_no_paper_leaves_nothing() -> None:
    case_id = acts.file(FORM)

    with pytest.raises(PaperTypeUnknown):
        actions.receive_proof(
            case_id,
            b"<html>",
            kind=ProofKind.PASSPORT,
            of=ProofOf.PERSON,
            by=REQUESTER,
            now=NOW,
        )

    assert store.case(case_id).proofs == ()


def test_a_case_takes_as_many_papers_as_the_settings_say_and_no_more(few_papers: int) -> None:
    case_id = acts.file(FORM)
    for nth in range(few_papers):
        acts.hand_in(case_id, ProofKind.PASSPORT, ProofOf.PERSON, mark=bytes([nth]))

    with pytest.raises(TooManyPapers):
        acts.hand_in(case_id, ProofKind.PASSPORT, ProofOf.PERSON, mark=b"one more")
    with pytest.raises(TooManyPapers):  # before anybody looks into the file
        actions.receive_proof(
            case_id,
            b"<html>",
            kind=ProofKind.PASSPORT,
            of=ProofOf.PERSON,
            by=REQUESTER,
            now=NOW,
        )


def test_a_paper_of_another_case_cannot_be_opened_or_read() -> None:
    mine, theirs = acts.file(FORM), acts.file(replace(FORM, one_time_key="k2"))
    paper = acts.licence(theirs, cast.HANAKO)

    with pytest.raises(PaperUnknown):
        actions.open_paper(mine, paper.id, by=SUZUKI, now=NOW)
    with pytest.raises(PaperUnknown):
        actions.record_finding(mine, paper.id, acts.finding(cast.HANAKO), now=NOW)


def test_a_withdrawn_case_takes_nothing_more() -> None:
    case_id = acts.file(FORM)
    actions.withdraw_case(case_id, by=REQUESTER, now=NOW)

    for act in (
        lambda: acts.licence(case_id, cast.HANAKO),
        lambda: actions.withdraw_case(case_id, by=REQUESTER, now=NOW),
        lambda: acts.decide(case_id),
        lambda: actions.identify(case_id, (), by=SUZUKI, now=NOW),
    ):
        with pytest.raises(StageForbidden):
            act()


def test_a_case_that_is_not_there_is_unknown() -> None:
    with pytest.raises(CaseUnknown):
        store.case(CaseId("C-2026-000009-9"))


@pytest.mark.promise("P0.4")
def test_an_act_whose_entry_cannot_be_written_does_not_happen(house: Company) -> None:
    from django.db import connection

    case_id = acts.file(FORM)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE mamoru_ledger_node RENAME TO gone")

    for act in (
        lambda: acts.file(replace(FORM, one_time_key="k2")),
        lambda: acts.hand_in(case_id, ProofKind.PASSPORT, ProofOf.PERSON),
        lambda: actions.withdraw_case(case_id, by=REQUESTER, now=NOW),
        lambda: actions.ask_supplement(case_id, ("identity-missing",), "", by=SUZUKI, now=NOW),
        lambda: actions.identify(case_id, (), by=SUZUKI, now=NOW),
        lambda: actions.candidates(case_id, by=SUZUKI, now=NOW),
    ):
        before = _rows(connection)
        with pytest.raises(JournalUnwritable):
            act()
        assert _rows(connection) == before


def _rows(connection: object) -> dict[str, object]:
    found = {}
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        for name in ("caserow", "demandrow", "proofrow", "supplementrow", "receiptrow", "counter"):
            cursor.execute(f"SELECT * FROM cases_{name}")
            found[name] = cursor.fetchall()
    return found


_NEVER_BY_CHANCE = 6  # bytes: in half a megabyte once in many millions of runs


@pytest.mark.promise("P3.25")
def test_the_database_file_and_the_ledger_name_nobody(house: Company) -> None:
    case_id = acts.verified(cast.HANAKO, *acts.EVERYTHING)
    acts.answered(case_id)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert cursor.fetchone() == (0, 0, 0)  # nothing is left beside the file
        cursor.execute("SELECT data FROM mamoru_ledger_entry")
        ledger = "".join(row[0] for row in cursor.fetchall())
    raw = (house.home / "mamoru.sqlite3").read_bytes()
    in_clear = "\n".join(connection.connection.iterdump())  # what is sealed stands there in hex

    for someone in (cast.HANAKO, cast.SATO):
        for value in (
            someone.family_name,
            someone.given_name,
            someone.family_name_kana,
            someone.email,
            someone.phone,
            someone.home.address,
            someone.birth.isoformat(),
            someone.name,
        ):
            for form in (value, value.encode("unicode_escape").decode()):
                assert form not in ledger
                assert form not in in_clear
                # Three bytes stand by chance in what is sealed, once in a hundred such files.
                assert raw.count(form.encode()) == 0 or len(form.encode()) < _NEVER_BY_CHANCE
    assert b"SQLite format 3" in raw
    assert case_id.encode() in raw
