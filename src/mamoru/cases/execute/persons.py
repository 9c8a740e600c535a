"""A person as the keyed digests under which standings are kept (P3.6, P3.7, P3.11)."""

from collections.abc import Iterable

from mamoru.cases import store
from mamoru.cases.execute.installed import hands
from mamoru.cases.terms import Case, Subject
from mamoru.consents import store as standings
from mamoru.consents.terms import Person
from mamoru.datamap import locate
from mamoru.datamap.terms import KeyRing, Match


def person_of(case: Case) -> Person:
    """Return the person's digests, by every key that the case knows."""
    known = {case.filing.person.name, case.identity.registered.name if case.identity else ""}
    return digests(case.identity.ring if case.identity else {}, known)


def whom(subject: Subject, keys: KeyRing) -> tuple[str, ...]:
    """Return by what is found again what is kept of a person: the record, and keys theirs alone."""
    datamap = hands().datamap
    own = (
        f"{kind}={key}"
        for kind, values in sorted(keys.items())
        if datamap.match_of(kind) is Match.EXACT
        for key in values
    )
    return (f"{subject.store}/{subject.table}/{subject.key}", *own)


def digests(keys: KeyRing, known: Iterable[str]) -> Person:
    """Return the digests of a person's keys, shared ones also together with each known name."""
    datamap = hands().datamap
    shareable = [key.kind for key in datamap.keys if key.match is not Match.EXACT]
    names = sorted({locate.plain(name) for name in known if name})
    return standings.person(store.master(), keys, shareable=shareable, names=names)
