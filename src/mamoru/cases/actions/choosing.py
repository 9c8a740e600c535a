"""A member's own yes and no: what may be refused, and what needs a yes (P2.1, P2.13, P3.6).

INVARIANT: how the person stands and the flag in the company's own store are written in one
transaction of ours; the store follows by the worker, and until it does the gate refuses already.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from mamoru.cases import execute, store
from mamoru.cases.terms import Identity
from mamoru.consents import actions as consents
from mamoru.consents.terms import Person, Said, Way, Wording
from mamoru.gate.terms import EVERYBODY, Standing
from mamoru.kit.ids import MEMBER

_ASKED = "consent"
_FREE = "not-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChoice:
    """Something that a person decides: a purpose, or one recipient for one purpose."""

    purpose: str
    recipient: str = ""  # who receives only by a consent that names them; else nobody in particular
    open: bool  # whether it is done today
    suspended: bool = False  # 利用停止 in force: nothing is done, whatever was chosen

    @property
    def id(self) -> str:
        """What a form sends back."""
        return f"{self.purpose}:{self.recipient}"


def person_of(identity: Identity) -> Person:
    """Return the digests of an identified person, as the gate asks by them."""
    return execute.digests(identity.ring, [identity.registered.name])


def choices(who: Person, *, now: datetime) -> tuple[OwnChoice, ...]:
    """Return everything that is this person's to decide; nothing of somebody erased."""
    stands = consents.standing(who, now=now)
    return () if stands.tombstone else tuple(_choices(stands))


def _choices(stands: Standing) -> Iterator[OwnChoice]:
    grants = execute.hands().grants
    used = {(purpose, recipient) for purpose, _, recipient in grants.grants}
    for purpose, terms in grants.purposes.items():
        needs = {terms.needs, terms.basis}
        if _ASKED in needs:
            agreed = any(each == purpose for each, _ in stands.consents)
            yield _choice(stands, purpose, "", chosen=agreed)
        elif _FREE in needs:
            yield _choice(stands, purpose, "", chosen=purpose not in stands.refusals)
    for purpose, recipient in sorted(used):
        if recipient in grants.by_name:
            agreed = (purpose, recipient) in stands.consents
            yield _choice(stands, purpose, recipient, chosen=agreed)


def _choice(stands: Standing, purpose: str, recipient: str, *, chosen: bool) -> OwnChoice:
    return OwnChoice(
        purpose=purpose,
        recipient=recipient,
        open=chosen and not stands.suspended,
        suspended=stands.suspended,
    )


def record(
    who: Person, choice: OwnChoice, *, wanted: bool, said: Said, reference: str, now: datetime
) -> None:
    """Record a yes or a no, once for each reference. The errors of `consents.actions`."""
    if choice.recipient and not wanted:
        consents.withdraw(
            who, purpose=choice.purpose, recipient=choice.recipient, by=MEMBER, now=now
        )
    elif wanted:
        consents.consent(
            who,
            execute.hands().grants,
            purpose=choice.purpose,
            recipient=choice.recipient or EVERYBODY,
            said=said,
            reference=reference,
            by=MEMBER,
            now=now,
            master=store.master(),
        )
    else:
        consents.refuse(
            who,
            execute.hands().grants,
            purpose=choice.purpose,
            said=said,
            reference=reference,
            by=MEMBER,
            now=now,
            master=store.master(),
        )


def follow_flags(who: Person, changes: Mapping[str, str], *, evidence: str, now: datetime) -> None:
    """Record what a member's own correction of the company's flag says, where it is news.

    `changes` maps references to the values after.
    """
    for number, (ref, after) in enumerate(changes.items(), 1):
        flag = execute.opt_out_of(ref)
        if flag is None or after not in {flag.refused, flag.wanted}:
            continue
        for choice in choices(who, now=now):
            news = choice.suspended or choice.open != (after == flag.wanted)
            if choice.purpose == flag.purpose and not choice.recipient and news:
                record(
                    who,
                    choice,
                    wanted=after == flag.wanted,
                    said=Said(
                        way=Way.MEMBER_PAGE, at=now, wording=wording(choice), evidence=evidence
                    ),
                    reference=f"{evidence}.{number}",
                    now=now,
                )


def refused_by_flag(values: Mapping[str, str], choice: OwnChoice) -> bool:
    """Return whether a flag of the company says no to a choice; `values` are by reference."""
    flags = ((execute.opt_out_of(ref), value) for ref, value in values.items())
    return not choice.recipient and any(
        flag is not None and flag.purpose == choice.purpose and value == flag.refused
        for flag, value in flags
    )


def flags_of(
    values: Mapping[str, str], choice: OwnChoice, *, wanted: bool
) -> dict[str, tuple[str, str]]:
    """Return which stored values (before, after) must follow a choice."""
    found = {}
    for ref, before in values.items():
        flag = execute.opt_out_of(ref)
        if flag is None or flag.purpose != choice.purpose or choice.recipient:
            continue
        after = flag.wanted if wanted else flag.refused
        if before != after:
            found[ref] = (before, after)
    return found


def items_of(choice: OwnChoice) -> tuple[str, ...]:
    """Return the categories that a named recipient would receive for the purpose."""
    grants = execute.hands().grants.grants
    asked = (choice.purpose, choice.recipient)
    return tuple(category for purpose, category, to in grants if (purpose, to) == asked)


def wording(choice: OwnChoice) -> Wording:
    """Return the published words of a choice, as they are shown."""
    policy = execute.hands().policy
    purpose = policy.purpose(choice.purpose)
    parts = [purpose.title.ja, policy.clause(purpose.clause).ja]
    if choice.recipient:
        recipient = policy.recipient(choice.recipient)
        items = "、".join(policy.category(each).title.ja for each in items_of(choice))
        parts += [recipient.title.ja, policy.clause(recipient.clause).ja, items]
    return Wording(version=policy.version, text="\n".join(parts))
