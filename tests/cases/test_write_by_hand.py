"""A name with a character that no font has is answered, with room for a hand (P3.24)."""

from collections.abc import Callable

import pytest

from mamoru.cases import actions, answer, store
from mamoru.cases.rules.states import StageForbidden
from mamoru.cases.terms import Stage, Work
from mamoru.documents.blanks import LetterPart
from mamoru.kit.ids import CaseId, StaffId
from mamoru.ledger import append
from tests import pdfs
from tests.cases.acts import NOW
from tests.console import scenes

pytestmark = pytest.mark.django_db
POINT = ord(scenes.RARE)


@pytest.fixture
def desk(client_of: Callable[[str], object]) -> StaffId:
    return scenes.staff("desk")


@pytest.mark.promise("P3.24")
def test_the_letter_has_a_box_where_a_person_writes(desk: StaffId) -> None:
    case_id = scenes.unprintable()
    found = actions.unprintable(store.case(case_id))

    actions.write_by_hand(case_id, {POINT}, by=desk, now=NOW)
    assert actions.carry_out(case_id, scenes.AtOnce()) is Work.READY

    letter = store.answer(case_id)
    assert letter is not None
    assert [(each.code, each.part) for each in found] == [
        ("U+2B820", LetterPart.ADDRESSEE),
        ("U+2B820", LetterPart.TEXT),
    ]
    assert found[0].nth == 5  # 悪田 花□子
    assert "花〔　〕子" in pdfs.words(letter[1])
    assert "手書きで補っております" in pdfs.words(letter[1])
    assert scenes.RARE not in pdfs.words(letter[1])


@pytest.mark.promise("P3.24", "P1.6")
def test_the_ledger_has_who_and_where_and_not_the_character(desk: StaffId) -> None:
    case_id = scenes.unprintable()

    actions.write_by_hand(case_id, {POINT}, by=desk, now=NOW)

    told = next(each for each in append.entries(case_id) if each.kind == "case.letter.by-hand")
    assert told.by == desk
    assert (told.body["characters"], told.body["parts"]) == (1, ("addressee", "text"))
    assert "2b820" not in repr(told).lower()
    assert scenes.RARE not in repr(told)


def test_only_characters_that_the_letter_needs_and_no_font_has_are_written_by_hand(
    desk: StaffId,
) -> None:
    case_id = scenes.unprintable()

    for points in ((), {ord("花")}, {POINT, ord("花")}, {0x9FD6}):
        with pytest.raises(StageForbidden):
            actions.write_by_hand(case_id, points, by=desk, now=NOW)

    with pytest.raises(answer.GlyphMissing):
        actions.carry_out(case_id, scenes.AtOnce())
    assert store.case(case_id).hand_written == ""


@pytest.mark.promise("P3.12", "P3.22")
def test_a_request_for_papers_to_such_a_person_leaves_too(desk: StaffId) -> None:
    case_id: CaseId = scenes.filed(scenes.rare())
    actions.ask_supplement(case_id, ("identity-missing",), "", by=desk, now=NOW)
    with pytest.raises(answer.GlyphMissing):
        actions.supplement_letter(case_id, by=desk, now=NOW)

    actions.write_by_hand(case_id, {POINT}, by=desk, now=NOW)

    assert "花〔　〕子" in pdfs.words(actions.supplement_letter(case_id, by=desk, now=NOW))
    assert store.case(case_id).stage is Stage.SUPPLEMENT_ASKED
