"""What people do with a case, in the words of tests: file, hand in, read, decide, carry out."""

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from django.conf import settings

from mamoru.cases import actions, execute, store
from mamoru.cases.terms import (
    Case,
    Channel,
    Decision,
    Demand,
    DemandKind,
    Filing,
    Finding,
    Judgement,
    PersonalDetails,
    Proof,
    ProofKind,
    ProofOf,
    Role,
    Work,
)
from mamoru.kit import clock
from mamoru.kit.ids import REQUESTER, CaseId, StaffId
from mamoru.site.sample import cast
from mamoru.site.sample.cast import Someone
from tests.conftest import TODAY

T = TypeVar("T")

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
"""Noon in Japan on the day on which the sample company was made."""
SUZUKI, KONDO = StaffId("staff:1"), StaffId("staff:2")


def picture(mark: bytes = b"") -> bytes:
    """Return a small picture that looks different for each mark."""
    shades = hashlib.sha256(mark).digest()[:16]
    rows = b"".join(
        b"\0" + b"".join(bytes([shade]) * 8 for shade in shades[at : at + 4])
        for at in (0, 4, 8, 12)
        for _ in range(8)
    )
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


PNG = picture()
EVERYTHING = (
    DemandKind.NOTICE_OF_PURPOSE,
    DemandKind.DISCLOSURE,
    DemandKind.DISCLOSURE_OF_PROVISION_RECORDS,
)


def user_of(someone: Someone) -> int:
    """Return the account of a member of the cast."""
    return cast.MEMBERS.index(someone) + 1


def details(someone: Someone, **changed: str) -> PersonalDetails:
    """Return a person as they truly write themselves today."""
    given = PersonalDetails(
        family_name=someone.family_name,
        given_name=someone.given_name,
        family_name_kana=someone.family_name_kana,
        given_name_kana=someone.given_name_kana,
        birth_date=someone.birth.isoformat(),
        postal_code=someone.home.postal_code,
        address=someone.home.address,
        building=someone.home.building,
        email=someone.email,
        phone=someone.phone,
    )
    return replace(given, **changed)


def demands(*kinds: DemandKind) -> tuple[Demand, ...]:
    """Return demands for everything."""
    return tuple(Demand(kind=kind, items=("all",)) for kind in kinds)


def filing(
    someone: Someone,
    *kinds: DemandKind,
    role: Role = Role.PERSON,
    agent: Someone | None = None,
    key: str = "",
) -> Filing:
    """Return a complete form of the web, as a careful person fills it in."""
    return Filing(
        role=role,
        channel=Channel.WEB_FORM,
        person=details(someone),
        agent=None if agent is None else details(agent),
        demands=demands(*kinds),
        policy_version="2026-04-01",
        one_time_key=key,
    )


def file(form: Filing, *, now: datetime = NOW) -> CaseId:
    """File a form and return the case's number."""
    return actions.file_case(form, by=REQUESTER, now=now).case_id


def hand_in(
    case_id: CaseId, kind: ProofKind, of: ProofOf, read: Finding | None = None, *, mark: bytes = b""
) -> Proof:
    """Hand a paper in, and let 鈴木 read it; `mark` makes equal papers differ."""
    content = picture((kind + of).encode() + mark)
    proof = actions.receive_proof(case_id, content, kind=kind, of=of, by=REQUESTER, now=NOW)
    if read is not None:
        actions.open_paper(case_id, proof.id, by=read.by, now=NOW)
        actions.record_finding(case_id, proof.id, read, now=NOW)
    return proof


def finding(someone: Someone, *, issued_on: date | None = None, former: str = "") -> Finding:
    """Return what 鈴木 reads on a paper that shows the truth."""
    return Finding(
        by=SUZUKI, at=NOW, details=details(someone), issued_on=issued_on, former_address=former
    )


def licence(case_id: CaseId, someone: Someone) -> Proof:
    """Hand in the person's driving licence and read it."""
    return hand_in(case_id, ProofKind.DRIVING_LICENCE, ProofOf.PERSON, finding(someone))


def papers_of_a_lawyer(
    case_id: CaseId, person: Someone, lawyer: Someone, kinds: Sequence[DemandKind]
) -> None:
    """Hand in what a lawyer needs to: licence, lawyer's identification, power of attorney."""
    licence(case_id, person)
    hand_in(case_id, ProofKind.LAWYER_IDENTIFICATION, ProofOf.AGENT, finding(lawyer))
    power = Finding(
        by=SUZUKI,
        at=NOW,
        details=PersonalDetails(),
        principal_name=person.name,
        agent_name=lawyer.name,
        issued_on=TODAY - timedelta(days=7),
        scope=tuple(kinds),
    )
    hand_in(case_id, ProofKind.POWER_OF_ATTORNEY, ProofOf.AUTHORITY, power)


def identify(case_id: CaseId, *keep: str) -> None:
    """Let 鈴木 say which candidates are the person: all, or those of the named stores."""
    found = actions.candidates(case_id, by=SUZUKI, now=NOW)
    chosen = [each.subject for each in found if not keep or each.subject.store in keep]
    actions.identify(case_id, chosen, by=SUZUKI, now=NOW)


def verified(someone: Someone, *kinds: DemandKind) -> CaseId:
    """Return a case of a person who lives where we know, with identity confirmed."""
    return verified_of(filing(someone, *kinds), someone)


def for_hands(someone: Someone) -> CaseId:
    """Return a case of what no connector can do: use ceases for some items only."""
    demand = Demand(kind=DemandKind.CEASE_USE, items=("contact",))
    return verified_of(replace(filing(someone), demands=(demand,)), someone)


def verified_of(form: Filing, someone: Someone) -> CaseId:
    """Return the case of a form, with the identity of its person confirmed."""
    case_id = file(form)
    licence(case_id, someone)
    own = {key for kind, keys in someone.keys.items() if kind != "email" for key in keys}
    known = [
        each.subject
        for each in actions.candidates(case_id, by=SUZUKI, now=NOW)
        if each.subject.key in own
        or (each.subject.key == someone.email and someone.name in dict(each.cells).values())
    ]
    actions.identify(case_id, known, by=SUZUKI, now=NOW)
    actions.verify_case(case_id, by=SUZUKI, now=NOW, note="")
    return case_id


def version(case_id: CaseId) -> int:
    """Return the version of a case as a page would show it now."""
    return store.case(case_id).version


def decide(case_id: CaseId, judged: Judgement | None = None) -> tuple[Decision, ...]:
    """Let 鈴木 decide every demand."""
    return tuple(
        actions.decide_demand(
            each.id, judged=judged or Judgement(), by=SUZUKI, now=NOW, version=version(case_id)
        )
        for each in store.case(case_id).demands
    )


def approve(case_id: CaseId) -> None:
    """Let 近藤 approve every decision."""
    for each in store.case(case_id).demands:
        actions.approve_demand(each.id, by=KONDO, now=NOW, version=version(case_id))


class Steps:
    """Steps as a worker records them; `dies_after` plays a process that is killed there.

    A second run with the same object is the restarted process: what was recorded is returned
    without running. A step that died after its effect was not recorded, so it runs again.
    """

    def __init__(self, *, dies_after: str = "") -> None:
        self.recorded: list[tuple[str, object]] = []
        self.ran: list[str] = []
        self._dies_after = dies_after
        self._at = 0

    def step(self, name: str, act: Callable[[], T]) -> T:
        if self._at < len(self.recorded):
            known, result = self.recorded[self._at]
            assert known == name, f"the resumed run asks for {name}, the first one did {known}"
            self._at += 1
            return result  # type: ignore[return-value]
        result = act()
        self.ran.append(name)
        if self._dies_after and name.endswith(self._dies_after):
            self._dies_after = ""
            raise Killed(name)
        self.recorded.append((name, result))
        self._at += 1
        return result

    def restart(self) -> "Steps":
        """Return to the beginning, as a process that comes back does."""
        self._at = 0
        return self


class Killed(BaseException):
    """The process died. Not an Exception: nothing may catch it."""


def carry_out(case_id: CaseId, steps: Steps | None = None) -> Work:
    """Let the worker take the case and carry it out."""
    store.claim_work(case_id)
    return actions.carry_out(case_id, steps or Steps())


@contextmanager
def without(*names: str) -> Iterator[None]:
    """The company's data map without some of its stores, as it was or will be on another day."""
    before = execute.hands()
    stores = tuple(each for each in before.datamap.stores if each.name not in names)
    execute.install(replace(before, datamap=before.datamap.model_copy(update={"stores": stores})))
    try:
        yield
    finally:
        execute.install(before)


def outgrown(someone: Someone, *kinds: DemandKind) -> CaseId:
    """Return a case that was approved before the mailing list was registered: it cannot go on."""
    case_id = verified(someone, *kinds)
    with without("mailing"):
        decide(case_id)
        approve(case_id)
    assert carry_out(case_id) is Work.WAITING
    return case_id


def answered(case_id: CaseId, judged: Judgement | None = None) -> Case:
    """Decide, approve and carry out; return the case with its letter ready."""
    decide(case_id, judged)
    approve(case_id)
    assert carry_out(case_id) is Work.READY
    return store.case(case_id)


def clock_now() -> datetime:
    """Return the moment that the worker sees."""
    return clock.now()


def home() -> Path:
    """Return the folder of the sample company, where its stores lie."""
    return Path(settings.HOME)


def noon(day: date) -> datetime:
    """Return noon in Japan of a day."""
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def set_clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """Let the system's clock say another time: the worker has no other source of it."""
    monkeypatch.setattr(clock, "now", lambda: at)
