"""Work that fails is tried again, ever more rarely, and at once when somebody asks (P3.26)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.cases import actions, store
from mamoru.cases.rules import retry
from mamoru.cases.rules.states import StageForbidden
from mamoru.cases.terms import DemandKind, Work
from mamoru.kit import clock
from mamoru.kit.ids import CaseId
from mamoru.ledger import append
from mamoru.site import work
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.acts import NOW, SUZUKI
from tests.conftest import Company


def test_the_pause_doubles_from_half_a_minute_to_half_an_hour() -> None:
    waits = [(retry.again_at(NOW, failures=n) - NOW).total_seconds() for n in range(1, 10)]

    assert waits == [30, 60, 120, 240, 480, 960, 1800, 1800, 1800]


@given(st.integers(min_value=1, max_value=10**9))
def test_no_count_of_failures_waits_longer_than_the_ceiling(failures: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)

    assert retry.FIRST <= retry.again_at(at, failures=failures) - at <= retry.CEILING


@pytest.fixture
def queued(house: Company) -> CaseId:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.decide(case_id)
    acts.approve(case_id)
    return case_id


@pytest.mark.promise("P3.26")
def test_a_job_that_breaks_waits_longer_each_time_and_starts_afresh_once_it_goes(
    queued: CaseId, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Work:
        raise OSError("the disk is full")

    waits = []
    with monkeypatch.context() as patched:
        patched.setattr(actions, "carry_out", broken)
        for _ in range(3):
            store.claim_work(queued)
            before = clock.now()
            assert work._carry_out(queued) == "failed"
            after = store.next_try(queued)
            assert after is not None
            waits.append(round((after - before).total_seconds(), -1))

    case = store.case(queued)
    assert waits == [30, 60, 120]
    assert (case.work_note, case.tries, case.failures) == ("failed:OSError", 3, 3)
    assert acts.carry_out(queued) is Work.READY
    assert store.case(queued).failures == 0


@pytest.mark.promise("P3.26")
def test_a_store_that_is_away_is_tried_every_half_minute_however_often(
    queued: CaseId, house: Company
) -> None:
    actions.note_failure(queued, "broken", now=clock.now())
    hidden = (house.home / "mailing.csv").rename(house.home / "away")

    for _ in range(8):
        assert acts.carry_out(queued) is Work.WAITING

    assert store.due_work(now=clock.now() + timedelta(seconds=35)) == (queued,)
    assert store.case(queued).failures == 0
    hidden.rename(house.home / "mailing.csv")
    assert acts.carry_out(queued) is Work.READY


@pytest.mark.promise("P3.26")
def test_whoever_asks_for_a_try_at_once_stands_in_the_ledger(queued: CaseId) -> None:
    with pytest.raises(StageForbidden):
        actions.try_now(queued, by=SUZUKI, now=NOW)
    store.claim_work(queued)
    actions.note_failure(queued, "OSError", now=clock.now())
    assert store.due_work(now=clock.now()) == ()

    actions.try_now(queued, by=SUZUKI, now=NOW)

    assert store.due_work(now=clock.now()) == (queued,)
    told = append.entries(queued)[-1]
    assert (told.kind, told.by) == ("case.work.hastened", SUZUKI)
    assert told.body == {"reason": "failed", "tries": 1}
    assert store.case(queued).failures == 1
