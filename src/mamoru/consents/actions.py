"""What can happen to how a person stands: it holds from the transaction that writes it (P3.6, P3.7)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from django.db import transaction

from mamoru.consents import rules, store
from mamoru.consents.terms import Person, Protection, Said, StandingKind, StandingRecord
from mamoru.gate.terms import EVERYBODY, Compiled, Standing
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import PersonRef, StaffId
from mamoru.kit.seal import MasterKey
from mamoru.ledger import append
from mamoru.ledger.entry import Given


class PersonErased(MamoruError):
    """The person was erased: nothing may be written back. Take a new registration instead."""

    code, exit_code = "person-erased", 3


class PersonUnknown(MamoruError):
    """A standing needs a key of the person. Identify the person first."""

    code, exit_code = "person-without-key", 3


class ChoiceUnknown(MamoruError):
    """The policy knows no such choice. The message says which there are."""

    code, exit_code = "choice-unknown", 2


def consent(
    who: Person,
    compiled: Compiled,
    *,
    purpose: str,
    recipient: str,
    said: Said,
    reference: str,
    by: StaffId,
    now: datetime,
    master: MasterKey,
) -> bool:
    """Record a yes for a purpose, to a recipient by name (Act 18(1), 27(1); P2.13).

    Takes back an earlier no of the same person to that purpose. Returns False if it stood there
    already under this reference. ChoiceUnknown where the policy grants that purpose nothing for
    that recipient, PersonErased for somebody with a tombstone.
    """
    _expect_grant(compiled, purpose, recipient)
    expect_not_erased(who, now=now)
    with transaction.atomic():
        # INVARIANT: told twice, it takes back nothing that was said in between.
        if store.recorded(reference):
            return False
        for ended in store.end_said(
            who, StandingKind.REFUSAL, purpose=purpose, recipient=None, at=now
        ):
            _note_end(ended, StandingKind.REFUSAL, purpose, by=by, now=now)
        return _say(
            who,
            StandingKind.CONSENT,
            purpose=purpose,
            recipient=recipient,
            said=said,
            reference=reference,
            by=by,
            now=now,
            master=master,
        )


def refuse(
    who: Person,
    compiled: Compiled,
    *,
    purpose: str,
    said: Said,
    reference: str,
    by: StaffId,
    now: datetime,
    master: MasterKey,
) -> bool:
    """Record a no to a purpose that may be refused: no more news mail (P2.1, P3.6).

    Ends the person's consents to it. Returns False if it stood there already under this
    reference. ChoiceUnknown where the purpose cannot be refused: then 利用停止 is the way.
    """
    terms = compiled.purposes.get(purpose)
    if terms is None or not {terms.needs, terms.basis} & {"not-refused", "consent"}:
        open_to = sorted(
            code
            for code, each in compiled.purposes.items()
            if {each.needs, each.basis} & {"not-refused", "consent"}
        )
        raise ChoiceUnknown(
            f"`{purpose}` is no purpose that can be refused; these can: {', '.join(open_to)}"
        )
    with transaction.atomic():
        if store.recorded(reference):
            return False
        _end_consents(who, purpose, None, by=by, now=now)
        return _say(
            who,
            StandingKind.REFUSAL,
            purpose=purpose,
            recipient="",
            said=said,
            reference=reference,
            by=by,
            now=now,
            master=master,
        )


def withdraw(
    who: Person, *, purpose: str, recipient: str | None, by: StaffId, now: datetime
) -> int:
    """End a person's consents to a purpose, for one recipient or for all; return how many."""
    with transaction.atomic():
        return _end_consents(who, purpose, recipient, by=by, now=now)


def suspend(who: Person, *, reference: str, by: StaffId, now: datetime) -> None:
    """Put 利用停止 in force (Act 35(1)): whoever asks the gate with this standing is refused."""
    _record(who, StandingKind.SUSPENSION, reference=reference, by=by, now=now)


def stop(
    who: Person,
    *,
    reference: str,
    by: StaffId,
    now: datetime,
    recipients: Iterable[str] = (EVERYBODY,),
) -> None:
    """Put 第三者提供の停止 in force (Act 35(3)), for the recipients named, or for all."""
    for recipient in recipients:
        _record(who, StandingKind.STOP, reference=reference, recipient=recipient, by=by, now=now)


def bury(who: Person, *, reference: str, by: StaffId, now: datetime) -> None:
    """Set the tombstone, before anything is erased: from now on nothing brings the person back."""
    _record(who, StandingKind.TOMBSTONE, reference=reference, by=by, now=now)


def protect(who: Person, protection: Protection, *, master: MasterKey) -> None:
    """Put a protective flag (支援措置) in force at once, by one person (P3.11).

    PersonUnknown without a key to hold it by. What it rests on is sealed; the ledger has neither
    ground nor contact.
    """
    with transaction.atomic():
        _record(
            who,
            StandingKind.PROTECTION,
            reference=protection.reference,
            by=protection.by,
            now=protection.at,
        )
        store.add_protection(master, protection)


def end(reference: str, kind: StandingKind, *, by: StaffId, now: datetime) -> bool:
    """End what was recorded under a reference; False if nothing of it was in force."""
    with transaction.atomic():
        if not store.end(reference, kind, at=now):
            return False
        append.entry("standing.ended", subject=reference, by=by, at=now, body={"kind": str(kind)})
    return True


def standing(who: Person, *, now: datetime) -> Standing:
    """Return how a person stands at `now`."""
    return rules.standing(store.records_of(who), now=now)


def standings(
    digests: Sequence[PersonRef], *, shared: bool, now: datetime
) -> Mapping[PersonRef, Standing]:
    """Return how the people of many keys stand, each key by itself."""
    return {
        digest: rules.standing(records, now=now)
        for digest, records in store.records_under(digests, shared=shared).items()
    }


def expect_not_erased(who: Person, *, now: datetime) -> None:
    """Raise PersonErased if the person has a tombstone: asked by every way of writing back."""
    if standing(who, now=now).tombstone:
        raise PersonErased("the person was erased: nothing may be written back")


def _record(
    who: Person,
    kind: StandingKind,
    *,
    reference: str,
    by: StaffId,
    now: datetime,
    purpose: str = "",
    recipient: str = "",
    more: Mapping[str, Given] = MappingProxyType({}),
) -> bool:
    """Write the record and its entry, or neither; a repetition changes nothing."""
    if not who.own and not who.shared:
        raise PersonUnknown(f"`{reference}` has no key of a person to stand for")
    record = StandingRecord(
        reference=reference, kind=kind, purpose=purpose, recipient=recipient, since=now, by=by
    )
    with transaction.atomic():
        if not store.add(who, record):
            return False
        append.entry(
            "standing.recorded",
            subject=reference,
            by=by,
            at=now,
            body={
                "kind": str(kind),
                "recipient": "everybody" if recipient == EVERYBODY else recipient or "none",
                "keys": len(who.own) + len(who.shared),
                **({"purpose": purpose} if purpose else {}),
                **more,
            },
        )
    return True


def _say(
    who: Person,
    kind: StandingKind,
    *,
    purpose: str,
    recipient: str,
    said: Said,
    reference: str,
    by: StaffId,
    now: datetime,
    master: MasterKey,
) -> bool:
    """Write what somebody said, and how."""
    store.add_said(master, reference, said)
    return _record(
        who,
        kind,
        reference=reference,
        by=by,
        now=now,
        purpose=purpose,
        recipient=recipient,
        more={
            "way": str(said.way),
            "wording": "none" if said.wording is None else said.wording.digest,
        },
    )


def _end_consents(
    who: Person, purpose: str, recipient: str | None, *, by: StaffId, now: datetime
) -> int:
    ended = store.end_said(who, StandingKind.CONSENT, purpose=purpose, recipient=recipient, at=now)
    for reference in ended:
        _note_end(reference, StandingKind.CONSENT, purpose, by=by, now=now)
    return len(ended)


def _note_end(
    reference: str, kind: StandingKind, purpose: str, *, by: StaffId, now: datetime
) -> None:
    append.entry(
        "standing.ended",
        subject=reference,
        by=by,
        at=now,
        body={"kind": str(kind), "purpose": purpose},
    )


def _expect_grant(compiled: Compiled, purpose: str, recipient: str) -> None:
    """Raise ChoiceUnknown where the policy grants a purpose nothing for a recipient."""
    open_to = sorted({to for code, _, to in compiled.grants if code == purpose})
    if purpose not in compiled.purposes or not open_to:
        raise ChoiceUnknown(f"`{purpose}` is no purpose of the policy with anything granted to it")
    if recipient not in {*open_to, EVERYBODY}:
        raise ChoiceUnknown(
            f"`{purpose}` has no recipient `{recipient}`; it has: {', '.join(open_to)}"
        )
