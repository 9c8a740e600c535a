"""Killed or refused at any system call, a case converges and nothing is done twice (P3.26, F1, F15).

The default run takes a sample of the points, `make sweep` more than three hundred, and
`MAMORU_SWEEP=every` each one. How many ran of how many there are is said either way.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mamoru.site import wiring
from tests import needs, sweeps
from tests.conftest import Company, committing
from tests.faults import company, tracing
from tests.faults.company import Lab
from tests.faults.evidence import MEMBER, NEW_EMAIL, OLD_EMAIL, Evidence

pytestmark = [pytest.mark.slow, pytest.mark.sweep]

Point = tuple[str, int]
Undisturbed = tuple[list[Point], Evidence]
SHARDS = sweeps.shards(8)


@pytest.fixture(scope="module")
def lab(sample_company: Company, filled_database: Path, django_db_blocker: Any) -> Iterator[Lab]:
    """One loaded product for all sweeps of a process: each begins with its folder put back."""
    needs.require("strace")
    place = Path(tempfile.mkdtemp(prefix="mamoru-lab-", dir=tracing.shared_memory()))
    with ExitStack() as after:
        after.callback(shutil.rmtree, place)
        with django_db_blocker.unblock(), committing(sample_company, filled_database):
            wiring.wire()
            loading = company.lab(sample_company.home, place, company.approved())
            made = after.enter_context(loading)
        yield made


@pytest.fixture(scope="module")
def undisturbed(lab: Lab) -> Undisturbed:
    """Every point, counted in an undisturbed run, and what is true after it."""
    lab.put_back()
    code, written = lab.run("-e", f"trace={','.join(tracing.WRITING)}")
    assert code == 0
    counted = tracing.counts(written)
    return [(call, at) for call, n in counted.items() for at in range(1, n + 1)], lab.look()


def chosen(every: list[Point], *, sample: int, whole: int) -> list[Point]:
    """Spread: something of each call, most of what there is most of."""
    count = sweeps.points(sample=sample, whole=whole, every=len(every))
    if len(every) <= count:
        return every
    rare = [each for each in every if each[0] not in {"pwrite64", "fdatasync"}]
    often = [each for each in every if each not in rare]
    rare = rare[:: max(1, 3 * len(rare) // count)][: count // 3]
    step = len(often) / (count - len(rare))
    return rare + [often[int(at * step)] for at in range(count - len(rare))]


def wrong_now(seen: Evidence, first: Evidence, done: Evidence) -> list[str]:
    """Return what must never be so, whatever the moment."""
    of_others = [
        f"{name}: {row}"
        for name, rows in first.stores.items()
        for row in ((rows - seen.stores[name]) + (seen.stores[name] - rows))
        if not any(mine in row for mine in (MEMBER, OLD_EMAIL, NEW_EMAIL))
    ]
    read = Counter({key: n for key, n in done.receipts.items() if key.startswith("disclosure")})
    claims = {
        "another's row changed": bool(of_others),
        "own database unsound": not seen.sound,
        "disclosure said to be done": seen.executed["disclosure"] and bool(read - seen.receipts),
        "correction said to be done": seen.executed["correction"] and not seen.corrected,
        "erasure said to be done": seen.executed["erasure"] and not seen.erased,
        "touched with the gate open": seen.touched and not seen.standings["tombstone"],
        "answered too early": bool(seen.answers) and not all(seen.executed.values()),
        "ready without an answer": seen.work == "ready" and seen.answers != 1,
    }
    return [claim for claim, holds in claims.items() if holds]


def wrong_at_last(seen: Evidence, done: Evidence) -> list[str]:
    """Return what differs from a run that nothing disturbed."""
    claims = {
        "rows": seen.stores != done.stores,
        f"entries {_apart(seen.entries, done.entries)}": seen.entries != done.entries,
        "receipts": seen.receipts != done.receipts,
        "effects": _places(seen) != _places(done) or not _counts(seen) <= _counts(done),
        "standings": seen.standings != done.standings,
        "answers": seen.answers != 1,
        "not executed": not all(seen.executed.values()),
    }
    return [claim for claim, holds in claims.items() if holds]


def _apart(seen: Counter[tuple[str, str, str]], done: Counter[tuple[str, str, str]]) -> str:
    return f"too many {list(seen - done)}, missing {list(done - seen)}"


def _places(seen: Evidence) -> Counter[tuple[object, ...]]:
    return Counter({each[:4]: count for each, count in seen.effects.items()})


def _counts(seen: Evidence) -> Counter[tuple[object, ...]]:
    """What was done in databases. A file has no fence: what was done before a kill counts nothing."""
    return Counter({each: n for each, n in seen.effects.items() if each[1] != "mailing"})


def swept(
    lab: Lab, chosen: list[Point], fault: str, done: Evidence
) -> tuple[dict[Point, list[str]], int]:
    """Set the fault off at each point; return what was wrong where, and how many faults struck."""
    lab.put_back()
    first = lab.look()
    wrong: dict[Point, list[str]] = {}
    struck = 0
    for call, at in chosen:
        lab.put_back()
        code, _ = lab.run(*tracing.injection(call, fault, str(at)))
        struck += code != 0
        found = [f"at once: {each}" for each in wrong_now(lab.look(), first, done)]
        rounds = lab.until_done()
        after = lab.look()
        if not rounds:
            found.append(f"does not converge: {after.work} {after.note}")
        found += [f"later: {each}" for each in wrong_now(after, first, done)]
        found += [f"at last: {each}" for each in wrong_at_last(after, done)]
        if found:
            wrong[call, at] = found
    return wrong, struck


@pytest.mark.promise("P3.6", "P3.26")
@pytest.mark.parametrize("shard", SHARDS)
def test_a_process_killed_at_any_write_converges_and_does_nothing_twice(
    lab: Lab, undisturbed: Undisturbed, shard: int, record_property: sweeps.Record
) -> None:
    every, done = undisturbed
    all_chosen = chosen(every, sample=8, whole=320)
    mine = all_chosen[shard :: len(SHARDS)]

    wrong, struck = swept(lab, mine, "signal=KILL", done)

    of = len(every[shard :: len(SHARDS)])
    sweeps.record(record_property, "killed at a system call", ran=struck, of=of)
    assert wrong == {}
    assert struck == len(mine)
    assert len(every) >= 300
    assert len(all_chosen) >= sweeps.points(sample=8, whole=300)


@pytest.mark.promise("P3.26")
@pytest.mark.parametrize("fault", ["error=ENOSPC", "error=EIO"])
def test_a_disk_that_refuses_a_write_loses_nothing_and_claims_nothing(
    lab: Lab, undisturbed: Undisturbed, fault: str, record_property: sweeps.Record
) -> None:
    every, done = undisturbed
    lasting = [each for each in every if each[0] in {"pwrite64", "fdatasync", "fsync", "write"}]
    mine = chosen(lasting, sample=3, whole=30)

    wrong, struck = swept(lab, mine, fault, done)

    sweeps.record(record_property, f"a write refused, {fault}", ran=len(mine), of=len(lasting))
    assert wrong == {}
    assert struck
