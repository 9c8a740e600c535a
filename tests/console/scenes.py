"""Cases of the cast at every stage, made through the actions as staff would (no worker needed)."""

import contextlib
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.contrib.auth.models import User

from mamoru.cases import actions, answer, store
from mamoru.cases.terms import (
    AnswerMethod,
    Channel,
    Demand,
    DemandKind,
    DispatchKind,
    Filing,
    Finding,
    Judgement,
    PersonalDetails,
    Proof,
    ProofKind,
    ProofOf,
    Role,
    Subject,
    TellingWay,
    Work,
)
from mamoru.consents.terms import ProtectionGround, SafeContact
from mamoru.kit import clock, ids
from mamoru.kit.ids import REQUESTER, CaseId, StaffId
from mamoru.site.sample import cast, papers
from tests.cases import acts

T = TypeVar("T")
RARE = "\U0002b820"
"""A character of a name that none of the bundled fonts draws."""
EVERYTHING = (
    DemandKind.NOTICE_OF_PURPOSE,
    DemandKind.DISCLOSURE,
    DemandKind.DISCLOSURE_OF_PROVISION_RECORDS,
)
CORRECTING = (DemandKind.CORRECTION, DemandKind.ADDITION, DemandKind.DELETION)


class AtOnce:
    """Steps that run at once, in this process."""

    def step(self, name: str, act: Callable[[], T]) -> T:
        return act()


def now() -> datetime:
    return clock.now()


def today() -> date:
    return clock.date_in_japan(now())


def staff(username: str) -> StaffId:
    return StaffId(f"staff:{User.objects.get(username=username).pk}")


def details(someone: cast.Someone, home: cast.Home | None = None) -> PersonalDetails:
    lives = home or someone.home
    return PersonalDetails(
        family_name=someone.family_name,
        given_name=someone.given_name,
        family_name_kana=someone.family_name_kana,
        given_name_kana=someone.given_name_kana,
        birth_date=f"{someone.birth.year}年{someone.birth.month}月{someone.birth.day}日",
        postal_code=lives.postal_code,
        address=lives.address,
        building=lives.building,
        email=someone.email,
        phone=someone.phone,
    )


def filed(
    person: cast.Someone = cast.HANAKO,
    *,
    agent: cast.Someone | None = None,
    kinds: tuple[DemandKind, ...] = (DemandKind.DISCLOSURE,),
    home: cast.Home | None = None,
    method: AnswerMethod = AnswerMethod.PAPER,
    at: datetime | None = None,
) -> CaseId:
    filing = Filing(
        role=Role.LAWYER if agent else Role.PERSON,
        channel=Channel.WEB_FORM,
        person=details(person, home),
        agent=details(agent) if agent else None,
        demands=tuple(
            Demand(kind=kind, items=("contact",), before="090-0000-0000", after="090-1111-1111")
            if kind in CORRECTING
            else Demand(kind=kind, items=("all",))
            for kind in kinds
        ),
        answer_method=method,
        policy_version="2026-04-01",
        one_time_key=ids.token(),
    )
    return actions.file_case(filing, by=REQUESTER, now=at or now()).case_id


def send(case: CaseId, paper: papers.Paper, of: ProofOf) -> Proof:
    return actions.receive_proof(
        case,
        papers.render(paper),
        kind=ProofKind(str(paper.kind)),
        of=of,
        by=REQUESTER,
        now=now(),
    )


def with_licence(case: CaseId, person: cast.Someone, home: cast.Home | None = None) -> Proof:
    lives = home or person.home
    address = f"{lives.address} {lives.building}".strip()
    paper = papers.driving_licence(person, today=today(), address=address)
    return send(case, paper, ProofOf.PERSON)


def read(case: CaseId, proof: Proof, person: cast.Someone, **also: object) -> None:
    made = Finding(
        by=staff("desk"),
        at=now(),
        details=replace(details(person), birth_date=person.birth.isoformat(), email="", phone=""),
    )
    actions.open_paper(case, proof.id, by=staff("desk"), now=now())
    actions.record_finding(case, proof.id, replace(made, **also), now=now())  # type: ignore[arg-type]


def identified(case: CaseId, person: cast.Someone | None) -> None:
    subjects = (
        () if person is None else (Subject(store="shop", table="members", key=person.member_id),)
    )
    actions.identify(case, subjects, by=staff("desk"), now=now())


def received() -> CaseId:
    """花子's request with her licence, of which nobody has read anything yet."""
    case = filed()
    with_licence(case, cast.HANAKO)
    return case


def ready_to_verify() -> CaseId:
    """花子's papers agree in everything."""
    case = filed()
    read(case, with_licence(case, cast.HANAKO), cast.HANAKO)
    identified(case, cast.HANAKO)
    return case


def with_code_letter() -> CaseId:
    """The letter with a code for 花子's registered address lies here, and has not left."""
    case = ready_to_verify()
    actions.make_posted_code(case, by=staff("desk"), now=now())
    return case


def mismatch() -> CaseId:
    """太郎's lawyer: the licence shows the new address, the register the old one."""
    case = filed(cast.TARO, agent=cast.SATO, kinds=EVERYTHING)
    read(case, with_licence(case, cast.TARO), cast.TARO)
    lawyer = send(case, papers.lawyer_identification(cast.SATO, today=today()), ProofOf.AGENT)
    read(case, lawyer, cast.SATO)
    power = send(
        case, papers.power_of_attorney(cast.TARO, cast.SATO, today=today()), ProofOf.AUTHORITY
    )
    read(
        case,
        power,
        cast.TARO,
        details=PersonalDetails(),
        principal_name=cast.TARO.name,
        agent_name=cast.SATO.name,
        issued_on=today() - timedelta(days=10),
        scope=EVERYTHING,
    )
    identified(case, cast.TARO)
    return case


def asked() -> CaseId:
    """The same, and the lawyer was asked for a paper that shows the move."""
    case = mismatch()
    actions.ask_supplement(
        case, ("address-differs",), "ご確認をお願いします。", by=staff("desk"), now=now()
    )
    return case


def moved() -> CaseId:
    """The resident record came: it shows both addresses, which links the three."""
    case = asked()
    record = send(case, papers.resident_record(cast.TARO, today=today()), ProofOf.PERSON)
    actions.submit_supplement(case, by=REQUESTER, now=now())
    old = cast.TARO.registered_home
    read(
        case,
        record,
        cast.TARO,
        former_address=f"{old.address} {old.building}".strip(),
        issued_on=today() - timedelta(days=5),
    )
    return case


def verified(case: CaseId | None = None) -> CaseId:
    found = case or ready_to_verify()
    actions.verify_case(found, by=staff("desk"), now=now())
    return found


def decided(case: CaseId | None = None, *, judged: Judgement | None = None) -> CaseId:
    """Everything is decided by the privacy officer; the second person has not looked yet."""
    found = case or verified()
    for demand in store.case(found).demands:
        actions.decide_demand(
            demand.id,
            judged=judged or Judgement(),
            by=staff("privacy-officer"),
            now=now(),
            version=store.case(found).version,
        )
    return found


def approved(case: CaseId | None = None) -> CaseId:
    found = case or decided()
    for demand in store.case(found).demands:
        actions.approve_demand(
            demand.id, by=staff("approver"), now=now(), version=store.case(found).version
        )
    return found


def waiting() -> CaseId:
    """The mailing list cannot be reached."""
    found = approved()
    after = now() + timedelta(seconds=30)
    store.set_work(found, Work.WAITING, note="store-unreachable:mailing", after=after)
    return found


def outgrown() -> CaseId:
    """The mailing list was registered after everything had been approved."""
    found = verified()
    with acts.without("mailing"):
        approved(decided(found))
    assert actions.carry_out(found, AtOnce()) is Work.WAITING
    return found


def stopped() -> CaseId:
    """花子's use was stopped, and the case is ready to be answered."""
    case = filed(kinds=(DemandKind.CEASE_USE,))
    read(case, with_licence(case, cast.HANAKO), cast.HANAKO)
    identified(case, cast.HANAKO)
    approved(decided(verified(case)))
    assert actions.carry_out(case, AtOnce()) is Work.READY
    return case


def lifting() -> CaseId:
    """The privacy officer has asked to lift it."""
    case = stopped()
    (demand,) = store.case(case).demands
    actions.ask_lifting(demand.id, reason="ご本人の申し出", by=staff("privacy-officer"), now=now())
    return case


def protected(case: CaseId | None = None) -> CaseId:
    """花子 is under protection: the desk has recorded it, and where she can be written to."""
    found = protected_by_one(case, by="desk")
    actions.confirm_safe_contact(found, flag_of(found), by=staff("privacy-officer"), now=now())
    return found


def protected_by_one(case: CaseId | None = None, *, by: str = "approver") -> CaseId:
    """花子 is under protection; where she can be written to is the word of one person."""
    found = case or ready_to_verify()
    actions.set_protection(
        found,
        ground=ProtectionGround.SUPPORT_MEASURE,
        paper="横浜市中区 支援措置決定通知 令和8年11月18日",
        renew_by=today() + timedelta(days=360),
        contact=SafeContact(
            name="みなと女性支援センター 気付",
            postal_code="231-0023",
            address="神奈川県横浜市中区山下町1番地",
        ),
        by=staff(by),
        now=now(),
    )
    return found


def flag_of(case: CaseId) -> str:
    """The reference of the flag that the person of a case is under."""
    shield = actions.shield_of(store.case(case))
    assert shield is not None
    return shield.flags[-1].reference


def unprotecting() -> CaseId:
    """The privacy officer has asked to lift the protection."""
    case = protected()
    officer = staff("privacy-officer")
    actions.ask_lifting_protection(
        case, flag_of(case), reason="本人から終了の申し出", by=officer, now=now()
    )
    return case


def rare() -> cast.Someone:
    """悪田, if the name were written with a character that few have; nothing is held of them."""
    return replace(cast.AKUDA, given_name=f"花{RARE}子")


def unprintable() -> CaseId:
    """The person's name holds a character that no font of ours has; the letter could not be made."""
    case = filed(rare())
    read(case, with_licence(case, cast.HANAKO), rare())
    identified(case, None)
    verified(case)
    approved(decided(case))
    store.claim_work(case)
    with contextlib.suppress(answer.GlyphMissing):
        actions.carry_out(case, AtOnce())
    actions.note_failure(case, answer.GlyphMissing.code, now=now())
    return case


def by_hand() -> CaseId:
    """A granted correction of no single value waits for hands."""
    found = approved(decided(verified(of_kind(DemandKind.CORRECTION))))
    actions.carry_out(found, AtOnce())
    return found


def of_kind(kind: DemandKind) -> CaseId:
    """花子 demands one thing; her papers agree."""
    case = filed(kinds=(kind,))
    read(case, with_licence(case, cast.HANAKO), cast.HANAKO)
    identified(case, cast.HANAKO)
    return case


def ready(case: CaseId | None = None) -> CaseId:
    found = approved(case)
    assert actions.carry_out(found, AtOnce()) is Work.READY
    return found


def ready_of_nothing() -> CaseId:
    """The letter of a person of whom nothing is held: made soonest."""
    case = filed()
    read(case, with_licence(case, cast.HANAKO), cast.HANAKO)
    identified(case, None)
    return ready(decided(verified(case)))


def ready_for_agent() -> CaseId:
    """太郎's lawyer waits for the answer, and 太郎 was not told yet."""
    return ready(decided(verified(moved())))


def notice_printed(case: CaseId | None = None) -> CaseId:
    """The same, and the letter to 太郎 is printed."""
    found = case or ready_for_agent()
    actions.telling_letter(found, by=staff("desk"), now=now())
    return found


def told(case: CaseId | None = None) -> CaseId:
    """The same once 太郎 was told at the registered contact."""
    found = notice_printed(case)
    actions.record_told(found, way=TellingWay.ORDINARY_MAIL, by=staff("desk"), now=now())
    return found


def answered() -> CaseId:
    found = told()
    actions.open_letter(found, by=staff("desk"), now=now())
    actions.send_answer(
        found,
        dispatch=DispatchKind.SIMPLIFIED_REGISTERED_MAIL,
        tracking_number="123-45-67890-1",
        by=staff("desk"),
        now=now(),
    )
    return found


def untold() -> CaseId:
    """太郎's lawyer asks and is granted it; 太郎 is protected and has to be told first."""
    found = protected(approved(decided(verified(moved()))))
    assert actions.carry_out(found, AtOnce()) is Work.WAITING
    return found


def contact_changed() -> CaseId:
    """﨑子's address was changed in the shop after her records were chosen; nobody was told yet.

    Hers alone: other scenes of one test find their people as they were.
    """
    case = filed(cast.SAKIKO)
    read(case, with_licence(case, cast.SAKIKO), cast.SAKIKO)
    identified(case, cast.SAKIKO)
    shop = sqlite3.connect(acts.home() / "shop.sqlite3")
    with shop:
        shop.execute(
            "UPDATE addresses SET postal_code = ?, address = ?, building = NULL"
            " WHERE member_id = ? AND valid_to IS NULL",
            ["060-0001", "北海道札幌市中央区北一条西2丁目1番1号", cast.SAKIKO.member_id],
        )
    shop.close()
    return verified(case)


def change_printed() -> CaseId:
    """The same, and the letter to the earlier address is printed."""
    found = contact_changed()
    actions.change_letter(found, by=staff("desk"), now=now())
    return found


def ready_though_changed() -> CaseId:
    return ready(decided(contact_changed()))


def overdue() -> CaseId:
    """A request of forty days ago that nobody has touched."""
    return filed(cast.SAKIKO, at=now() - timedelta(days=40))


STATES: Mapping[str, Callable[[], CaseId]] = {
    "with-code-letter": with_code_letter,
    "ready-for-agent": ready_for_agent,
    "contact-changed": contact_changed,
    "overdue": overdue,
    "received": received,
    "ready-to-verify": ready_to_verify,
    "mismatch": mismatch,
    "asked": asked,
    "moved": moved,
    "verified": verified,
    "decided": decided,
    "waiting": waiting,
    "outgrown": outgrown,
    "unprintable": unprintable,
    "by-hand": by_hand,
    "ready": ready,
    "answered": answered,
    "untold": untold,
    "protected": lambda: protected(verified()),
    "unprotecting": unprotecting,
}
"""Every state in which staff can meet a case."""
