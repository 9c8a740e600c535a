"""A person as keyed digests: never by name or number."""

from collections.abc import Collection, Iterable

from mamoru.consents.terms import Person
from mamoru.datamap.terms import KeyRing
from mamoru.kit.ids import PersonRef
from mamoru.kit.seal import MasterKey


def person(
    master: MasterKey, keys: KeyRing, *, shareable: Collection[str], names: Collection[str] = ()
) -> Person:
    """Return a person's digests; keys in their normal form, `shareable` the kinds of shared keys.

    With `names`, a shared key gives one more digest a name: a row under the family's
    mail address that carries a name is told by both.
    """

    def digests(kinds: Iterable[str], also: Collection[str]) -> tuple[PersonRef, ...]:
        return tuple(
            key_ref(master, kind, key, name=name)
            for kind in kinds
            for key in keys[kind]
            for name in ("", *also)
        )

    household = tuple(kind for kind in keys if kind in shareable)
    plain = digests(household, ())
    shared = digests(household, names)
    return Person(
        own=digests((kind for kind in keys if kind not in shareable), ()),
        shared=shared,
        named=tuple(each for each in shared if each not in plain),
    )


def key_ref(master: MasterKey, kind: str, key: str, *, name: str = "") -> PersonRef:
    """Return the digest of one key, or of a key together with a name (its plain form)."""
    named = f"{kind}:{key}|{name}" if name else f"{kind}:{key}"
    return PersonRef(master.digest("standing", named))
