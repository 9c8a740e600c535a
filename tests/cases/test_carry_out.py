"""A decided case is carried out once, whatever dies meanwhile (P3.3, P3.24; reliability F1, F3)."""

import threading

import pytest

from mamoru.cases import store
from mamoru.cases.terms import DemandKind, Outcome, Stage, Work
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests.cases import acts
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")


@pytest.mark.promise("P3.3", "P3.24")
def test_a_persons_disclosure_goes_from_form_to_letter() -> None:
    case_id = acts.verified(cast.HANAKO, *acts.EVERYTHING)

    case = acts.answered(case_id)

    assert case.stage is Stage.DECIDED
    assert [each.decision.outcome for each in case.demands if each.decision] == [
        Outcome.FULFILLED
    ] * 3
    letter = store.answer(case_id)
    assert letter is not None
    assert letter[1].startswith(b"%PDF-")


def test_another_thread_than_the_one_that_wired_writes_its_entries(house: Company) -> None:
    from django.db import connection

    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.decide(case_id)
    acts.approve(case_id)
    before = len(append.entries(case_id))
    results: list[object] = []

    def work() -> None:
        try:
            results.append(acts.carry_out(case_id))
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert results == [Work.READY]
    assert len(append.entries(case_id)) > before
