"""Nobody speaks of a paper, and nobody sends a letter, unseen (P3.10, P3.24)."""

import pytest

from mamoru.cases import actions, store
from mamoru.cases.rules.looks import LetterUnopened, PaperUnopened
from mamoru.cases.terms import DemandKind, DispatchKind, ProofKind, ProofOf, Stage
from mamoru.kit.ids import CaseId, StaffId
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.acts import KONDO, NOW, SUZUKI

pytestmark = pytest.mark.usefixtures("house")


def send(case_id: CaseId, *, by: StaffId) -> None:
    post = DispatchKind.SIMPLIFIED_REGISTERED_MAIL
    actions.send_answer(case_id, dispatch=post, tracking_number="123-45-67890-1", by=by, now=NOW)


@pytest.mark.promise("P3.10")
def test_a_finding_is_taken_only_from_who_opened_that_very_paper() -> None:
    case_id = acts.file(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE))
    licence = acts.hand_in(case_id, ProofKind.DRIVING_LICENCE, ProofOf.PERSON)
    other = acts.hand_in(case_id, ProofKind.PASSPORT, ProofOf.PERSON)
    actions.open_paper(case_id, licence.id, by=KONDO, now=NOW)  # somebody else
    actions.open_paper(case_id, other.id, by=SUZUKI, now=NOW)  # another paper
    before = len(append.entries(case_id))

    with pytest.raises(PaperUnopened):
        actions.record_finding(case_id, licence.id, acts.finding(cast.HANAKO), now=NOW)

    assert len(append.entries(case_id)) == before
    assert all(proof.finding is None for proof in store.case(case_id).proofs)
    actions.open_paper(case_id, licence.id, by=SUZUKI, now=NOW)
    actions.record_finding(case_id, licence.id, acts.finding(cast.HANAKO), now=NOW)


@pytest.mark.promise("P3.24")
def test_an_answer_is_sent_only_by_who_opened_the_letter_as_it_is_now() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.answered(case_id)
    actions.open_letter(case_id, by=KONDO, now=NOW)

    with pytest.raises(LetterUnopened):
        send(case_id, by=SUZUKI)
    actions.open_letter(case_id, by=SUZUKI, now=NOW)
    store.save_answer(case_id, "answer", b"%PDF- another letter", at=NOW)
    with pytest.raises(LetterUnopened):
        send(case_id, by=SUZUKI)

    assert store.case(case_id).stage is Stage.DECIDED
    actions.open_letter(case_id, by=SUZUKI, now=NOW)
    send(case_id, by=SUZUKI)
    assert store.case(case_id).stage is Stage.ANSWERED
