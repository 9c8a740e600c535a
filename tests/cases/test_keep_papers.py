"""Papers are kept sealed, for a time, and show no more than is needed (P3.25)."""

import importlib
import io
import re
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from PIL import Image, ImageDraw

from mamoru.cases import actions, store
from mamoru.cases.actions import Box, BoxUnfit
from mamoru.cases.rules.looks import PaperUnopened
from mamoru.cases.store import PaperUnknown
from mamoru.cases.terms import DemandKind, Proof, ProofKind, ProofOf
from mamoru.kit.ids import REQUESTER, CaseId
from mamoru.ledger import append
from mamoru.papers import workshop
from mamoru.papers.terms import PaperShowsNumber, Rebuilt
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.acts import KONDO, NOW, SUZUKI

pytestmark = pytest.mark.usefixtures("house")

FORM = acts.filing(cast.HANAKO, DemandKind.DISCLOSURE, key="keep")
DAYS = timedelta(days=30)
TOP = Box(page=1, left=10, top=10, width=20, height=20)
BOTTOM = Box(page=1, left=10, top=70, width=20, height=20)


def with_paper(*, closed: bool) -> tuple[CaseId, Proof]:
    case_id = acts.file(FORM)
    paper = acts.licence(case_id, cast.HANAKO)
    if closed:
        actions.withdraw_case(case_id, by=REQUESTER, now=NOW)
    return case_id, paper


def sealed(case_id: CaseId) -> list[bytes]:
    """What lies in the database, read past the store."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM cases_proofrow WHERE case_id = %s", [case_id])
        return [bytes(row[0]) for row in cursor.fetchall() if row[0] is not None]


@pytest.mark.promise("P3.25")
def test_a_paper_is_erased_when_its_time_is_over_and_what_was_read_stays() -> None:
    case_id, paper = with_paper(closed=True)

    early = actions.erase_papers(now=NOW + DAYS - timedelta(seconds=1))
    kept = store.case(case_id).proofs[0]
    due = actions.erase_papers(now=NOW + DAYS)
    again = actions.erase_papers(now=NOW + DAYS)

    (left,) = store.case(case_id).proofs
    assert (early, due, again) == (0, 1, 0)
    assert (kept.kept, left.kept) == (True, False)
    assert sealed(case_id) == []
    assert left.finding == acts.finding(cast.HANAKO)
    assert left.digest == paper.digest
    with pytest.raises(PaperUnknown):
        actions.open_paper(case_id, paper.id, by=SUZUKI, now=NOW)
    last = append.entries(case_id)[-1]
    assert (last.kind, last.by, last.body) == (
        "case.papers.erased",
        "system",
        {"papers": 1, "days": 30},
    )


@pytest.mark.promise("P3.25")
def test_papers_of_an_open_case_stay_however_long_it_takes() -> None:
    case_id, _ = with_paper(closed=False)

    assert actions.erase_papers(now=NOW + timedelta(days=4000)) == 0
    assert len(sealed(case_id)) == 1


def test_a_case_is_loaded_without_the_bytes_of_its_papers(
    django_assert_num_queries: object,
) -> None:
    case_id, _ = with_paper(closed=False)

    with connection.execute_wrapper(_no_bytes):
        assert store.case(case_id).proofs[0].kept


def _no_bytes(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
    if "cases_proofrow" in sql:
        assert not re.search(r'\*|\bsealed\b"?(?! IS NOT NULL)', sql), sql
    return execute(sql, params, many, context)


def test_cases_that_were_closed_before_are_dated_by_the_migration() -> None:
    case_id, _ = with_paper(closed=True)
    rows = apps.get_model("cases", "CaseRow").objects.filter(id=case_id)
    rows.update(closed_at=None)

    importlib.import_module("mamoru.cases.migrations.0008_papers_for_a_time").date_the_closed(
        apps, None
    )

    assert rows.get().closed_at is not None


@pytest.mark.promise("P3.22")
@pytest.mark.parametrize(
    "sent", [{"name": "123456789018.png"}, {"shows_number": True}], ids=["name", "declared"]
)
def test_what_shows_an_individual_number_is_not_kept(sent: dict[str, object]) -> None:
    case_id = acts.file(FORM)

    with pytest.raises(PaperShowsNumber):
        actions.receive_proof(
            case_id,
            acts.PNG,
            kind=ProofKind.MY_NUMBER_CARD_FRONT,
            of=ProofOf.PERSON,
            by=REQUESTER,
            now=NOW,
            **sent,  # type: ignore[arg-type]
        )

    assert store.case(case_id).proofs == ()
    assert [entry.kind for entry in append.entries(case_id)] == ["case.filed"]


# --- blacking out ---------------------------------------------------------------------------


def card(words: str) -> bytes:
    picture = Image.new("RGB", (400, 200), "white")
    ImageDraw.Draw(picture).text((20, 20), words, fill="black")
    made = io.BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()


def handed(words: str, key: str) -> tuple[CaseId, Proof]:
    case_id = acts.file(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE, key=key))
    return case_id, actions.receive_proof(
        case_id, card(words), kind=ProofKind.PASSPORT, of=ProofOf.PERSON, by=REQUESTER, now=NOW
    )


HALF = (Box(page=1, left=0, top=0, width=100, height=50),)


@pytest.mark.promise("P3.22", "P3.25")
def test_staff_black_out_and_nothing_is_left_of_what_was_there() -> None:
    case_id, paper = handed("1234 5678 9018", "a")
    other, blank = handed("", "b")
    before = sealed(case_id)[0]
    for each, proof in ((case_id, paper), (other, blank)):
        actions.open_paper(each, proof.id, by=SUZUKI, now=NOW)
        actions.black_out(each, proof.id, HALF, by=SUZUKI, now=NOW)

    shown = actions.open_paper(case_id, paper.id, by=SUZUKI, now=NOW)[1]

    # The same as of a card that never bore the number: nothing of it is in the bytes.
    assert shown == actions.open_paper(other, blank.id, by=SUZUKI, now=NOW)[1]
    assert before not in sealed(case_id)
    assert len(sealed(case_id)) == 1
    (left,) = store.case(case_id).proofs
    assert left.digest != paper.digest
    assert left.size == len(shown)


def test_the_ledger_says_who_blacked_out_which_paper_and_nothing_else() -> None:
    case_id, paper = handed("x", "c")
    actions.open_paper(case_id, paper.id, by=SUZUKI, now=NOW)

    actions.black_out(case_id, paper.id, HALF, by=SUZUKI, now=NOW)

    last = append.entries(case_id)[-1]
    fresh = store.case(case_id).proofs[0].digest
    assert (last.kind, last.by, last.at) == ("case.paper.blacked-out", SUZUKI, NOW)
    assert last.body == {"paper": paper.digest, "instead": fresh, "areas": 1}


def test_who_has_not_opened_a_paper_blacks_nothing_out() -> None:
    case_id, paper = handed("x", "d")
    actions.open_paper(case_id, paper.id, by=KONDO, now=NOW)

    with pytest.raises(PaperUnopened):
        actions.black_out(case_id, paper.id, HALF, by=SUZUKI, now=NOW)
    with pytest.raises(BoxUnfit):
        actions.black_out(case_id, paper.id, (), by=KONDO, now=NOW)
    with pytest.raises(PaperUnknown):
        actions.black_out(case_id, "no-such", HALF, by=KONDO, now=NOW)

    assert store.case(case_id).proofs == (paper,)


def test_a_paper_that_becomes_the_same_as_another_leaves_one() -> None:
    case_id, paper = handed("secret", "e")
    actions.open_paper(case_id, paper.id, by=SUZUKI, now=NOW)
    actions.black_out(case_id, paper.id, HALF, by=SUZUKI, now=NOW)
    again = actions.receive_proof(
        case_id, card("secret"), kind=ProofKind.PASSPORT, of=ProofOf.PERSON, by=REQUESTER, now=NOW
    )
    actions.open_paper(case_id, again.id, by=SUZUKI, now=NOW)

    actions.black_out(case_id, again.id, HALF, by=SUZUKI, now=NOW)

    assert sorted(each.kept for each in store.case(case_id).proofs) == [False, True]
    assert len(sealed(case_id)) == 1


def test_the_pages_of_a_paper_are_shown_one_by_one_and_each_look_is_entered() -> None:
    case_id, paper = handed("x", "f")

    (page,) = actions.paper_pages(case_id, paper.id, by=SUZUKI, now=NOW)

    assert page == workshop.rebuild(card("x"), max_bytes=10_000_000).content
    assert append.entries(case_id)[-1].kind == "case.paper.opened"


@pytest.mark.promise("P3.25")
@pytest.mark.parametrize("meanwhile", ["another black-out", "its time is over"])
def test_a_black_out_that_comes_too_late_changes_nothing(
    meanwhile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, paper = with_paper(closed=True)
    actions.open_paper(case_id, paper.id, by=SUZUKI, now=NOW)
    draw = workshop.black_out
    acts_meanwhile: dict[str, Callable[[], object]] = {
        "another black-out": lambda: actions.black_out(
            case_id, paper.id, [TOP], by=SUZUKI, now=NOW
        ),
        "its time is over": lambda: actions.erase_papers(now=NOW + DAYS),
    }

    def slowly(kept: Rebuilt, boxes: Sequence[Box]) -> Rebuilt:
        made = draw(kept, boxes)
        monkeypatch.setattr(workshop, "black_out", draw)
        acts_meanwhile[meanwhile]()
        left.extend(sealed(case_id))
        return made

    left: list[bytes] = []
    monkeypatch.setattr(workshop, "black_out", slowly)
    with pytest.raises(PaperUnknown):
        actions.black_out(case_id, paper.id, [BOTTOM], by=SUZUKI, now=NOW)

    assert sealed(case_id) == left


@pytest.mark.promise("P3.25")
def test_who_looks_at_the_case_as_it_was_before_a_black_out_decides_nothing() -> None:
    case_id, paper = with_paper(closed=False)
    actions.open_paper(case_id, paper.id, by=SUZUKI, now=NOW)
    before = store.case(case_id).version

    actions.black_out(case_id, paper.id, [TOP], by=SUZUKI, now=NOW)

    assert store.case(case_id).version > before
    with pytest.raises(store.CaseChangedMeanwhile):
        store.change(case_id, version=before)
