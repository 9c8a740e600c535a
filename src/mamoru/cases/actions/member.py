"""A signed-in member reads and corrects what is registered (P3.18, P3.19)."""

from collections.abc import Mapping
from datetime import datetime

from mamoru.cases import answer, execute, store
from mamoru.cases.actions import choosing
from mamoru.cases.actions.choosing import OwnChoice
from mamoru.cases.actions.deciding import places
from mamoru.cases.actions.filing import FormDefective, Receipt, code_of, known_receipt, receipt_of
from mamoru.cases.actions.installed import practice
from mamoru.cases.actions.proving import NotConfirmed
from mamoru.cases.rules import deadline
from mamoru.cases.terms import (
    AnswerMethod,
    Case,
    Channel,
    Decision,
    Demand,
    DemandKind,
    DemandState,
    Filing,
    Outcome,
    PersonalDetails,
    Role,
    Stage,
    Subject,
    Work,
)
from mamoru.consents.actions import ChoiceUnknown
from mamoru.consents.terms import Person, Said, Way
from mamoru.kit import clock, ids
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import MEMBER, SYSTEM, CaseId
from mamoru.ledger import append

_BEFORE_ANSWER = frozenset({Stage.RECEIVED, Stage.VERIFIED, Stage.DECIDED})


class ValueUnfit(MamoruError):
    """A corrected value is not of the form that its column holds. Correct it and send again."""

    code, exit_code = "value-unfit", 3


def registered_of(user_id: int, *, now: datetime) -> tuple[execute.MemberTable, ...]:
    """Return everything registered about a signed-in member, table by table (P3.18)."""
    subject = _member(user_id)
    with store.atomic():  # no entry, no look
        append.entry(
            "member.page.read",
            subject="member-page",
            by=MEMBER,
            at=now,
            body={"person": store.commitment(CaseId("member-page"), "person", _ref(subject))},
        )
    return execute.read_own(subject, now=now)


def own_cases(user_id: int) -> tuple[store.CaseLine, ...]:
    """Return the lines of the cases that a signed-in member filed on the member page."""
    return store.cases_of_member(_ref(_member(user_id)))


def correct_own(
    user_id: int,
    changes: Mapping[str, tuple[str, str]],
    *,
    policy_version: str,
    one_time_key: str,
    now: datetime,
) -> Receipt:
    """Take a member's own correction (P3.19): the login is the proof, the worker writes it back.

    `changes` maps a column reference (`shop/members/phone`) to (before, after).
    Only columns that the data map opens to their person are taken.
    """
    subject = _member(user_id)
    execute.expect_correctable(subject, tuple(changes), now=now)
    _expect_fitting(changes)
    demands = tuple(
        Demand(kind=DemandKind.CORRECTION, items=(column,), before=before, after=after)
        for column, (before, after) in changes.items()
    )
    if not demands or any(demand.before == demand.after for demand in demands):
        raise FormDefective("nothing differs from what is registered")
    filing = Filing(
        role=Role.PERSON,
        channel=Channel.MEMBER_PAGE,
        person=PersonalDetails(),
        demands=demands,
        answer_method=AnswerMethod.ELECTRONIC,
        policy_version=policy_version,
        member_ref=_ref(subject),
        one_time_key=one_time_key,
    )
    received_on = clock.date_in_japan(now)
    due = deadline.due_on(received_on, days=practice().decide_days)
    with store.atomic():
        known = store.case_of_key(one_time_key)
        if known is not None:
            return known_receipt(known, filing, code_of(one_time_key))
        case_id = store.next_case_id(received_on.year)
        case = store.add_case(
            case_id, filing, received_at=now, due_on=due, code=code_of(one_time_key)
        )
        append.entry(
            "case.filed",
            subject=case_id,
            by=MEMBER,
            at=now,
            body={
                "role": filing.role,
                "channel": filing.channel,
                "demands": len(demands),
                "kinds": DemandKind.CORRECTION,
                "policy": f"v{policy_version}",
                "filing": store.commitment(case_id, "filing", repr(filing)),
                "due": due.isoformat(),
            },
        )
        identity = execute.identify(case_id, (subject,), by=MEMBER, now=now)
        store.save_identity(case_id, identity, version=0)
        store.change(case_id, version=1, stage=Stage.VERIFIED, verified_by=MEMBER, complete_at=now)
        append.entry(
            "case.verified", subject=case_id, by=MEMBER, at=now, body={"identity": "login"}
        )
        choosing.follow_flags(
            choosing.person_of(identity),
            {ref: after for ref, (_, after) in changes.items()},
            evidence=str(case_id),
            now=now,
        )
        case = store.case(case_id)
        if execute.shield(case) is not None and any(map(execute.tells_place, changes)):
            # Who opened the account may live with its owner: two persons look at it first.
            return receipt_of(case, code_of(one_time_key))
        for demand in case.demands:
            _grant_own(case, demand, now=now)
        store.change(case_id, version=2, stage=Stage.DECIDED, work=Work.QUEUED)
        append.entry("case.decided", subject=case_id, by=SYSTEM, at=now, body={})
    return receipt_of(case, code_of(one_time_key))


def own_choices(user_id: int, *, now: datetime) -> tuple[OwnChoice, ...]:
    """Return what is a signed-in member's to decide: what may be refused, what needs a yes.

    A no that stands in the company's own flag alone is taken over first: the gate must refuse what
    the page says is not done.
    """
    subject = _member(user_id)
    who = _person(subject, now=now)
    found = choosing.choices(who, now=now)
    if not found:
        return ()
    values = execute.open_values(subject, now=now) | _on_the_way(user_id)
    said_no = tuple(each for each in found if each.open and choosing.refused_by_flag(values, each))
    for choice in said_no:
        said = Said(way=Way.IMPORT, at=now, evidence="flag")
        reference = f"flag-{ids.token()}"
        choosing.record(who, choice, wanted=False, said=said, reference=reference, now=now)
    return choosing.choices(who, now=now) if said_no else found


def choose_own(
    user_id: int,
    choice_id: str,
    *,
    wanted: bool,
    policy_version: str,
    one_time_key: str,
    now: datetime,
) -> OwnChoice:
    """Take a member's yes or no: it holds at once, and the company's own flag follows (P2.1, P3.6).

    Told twice with one key it is one choice. ChoiceUnknown for what is not this person's to
    decide, NotConfirmed for an account that is no member's.
    """
    subject = _member(user_id)
    who = _person(subject, now=now)
    choice = next((each for each in choosing.choices(who, now=now) if each.id == choice_id), None)
    if choice is None:
        raise ChoiceUnknown("this is nothing that the policy leaves to the person")
    values = execute.open_values(subject, now=now) | _on_the_way(user_id)
    changes = choosing.flags_of(values, choice, wanted=wanted)
    said = Said(way=Way.MEMBER_PAGE, at=now, wording=choosing.wording(choice), evidence="login")
    with store.atomic():
        choosing.record(
            who, choice, wanted=wanted, said=said, reference=f"choice-{one_time_key}", now=now
        )
        if changes:
            correct_own(
                user_id,
                changes,
                policy_version=policy_version,
                one_time_key=f"{one_time_key}.c",
                now=now,
            )
    return choice


def _on_the_way(user_id: int) -> dict[str, str]:
    """Return what the member's own corrections will have written, by reference.

    INVARIANT: the last word wins. A no that is not carried out yet stands in no store, and a yes
    said meanwhile would find the flag as it wants it and leave the no to come.
    """
    lines = [each for each in own_cases(user_id) if each.stage in _BEFORE_ANSWER]
    cases = [store.case(each.id) for each in sorted(lines, key=lambda each: each.received_at)]
    return {
        each.demand.items[0]: each.demand.after or ""
        for case in cases
        for each in case.demands
        if case.filing.channel is Channel.MEMBER_PAGE and each.demand.kind is DemandKind.CORRECTION
    }


def _person(subject: Subject, *, now: datetime) -> Person:
    case_id = CaseId("member-page")
    return choosing.person_of(execute.identify(case_id, (subject,), by=SYSTEM, now=now))


def _grant_own(case: Case, demand: DemandState, *, now: datetime) -> None:
    """A member's correction of an open column is the policy's promise: nobody has to judge it."""
    plan = execute.plan(case, demand)
    decision = Decision(
        outcome=Outcome.FULFILLED,
        by=MEMBER,
        at=now,
        approved_by=SYSTEM,
        approved_at=now,
        plan_digest=plan.digest,
        places=places(case, plan),
    )
    store.save_decision(demand.id, decision)
    append.entry(
        "case.demand.decided",
        subject=case.id,
        by=MEMBER,
        at=now,
        body={
            "demand": demand.id,
            "kind": demand.demand.kind,
            "outcome": decision.outcome,
            "plan": plan.digest,
            "rule": "self-service",
        },
    )


def _expect_fitting(changes: Mapping[str, tuple[str, str]]) -> None:
    """A store takes what it is given: what is no telephone number must stop here (P3.19)."""
    answer.expect_printable(*(after for _, after in changes.values()))
    for ref, (before, after) in changes.items():
        if not execute.fits(ref, after, before=before):
            raise ValueUnfit("a value is not of the form that its column holds")


def _member(user_id: int) -> Subject:
    subject = store.member(user_id)
    if subject is None:
        raise NotConfirmed("this account is not joined to a member's record")
    return subject


def _ref(subject: Subject) -> str:
    return f"{subject.store}/{subject.table}/{subject.key}"
