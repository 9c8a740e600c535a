"""A second gate, slow and plain, written from the sentences of the policy and not from the code."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mamoru.gate.terms import Standing


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose of a small policy."""

    basis: str = "stated"
    needs: str = "none"
    clause: str = "c-purpose"


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant of a small policy."""

    form: str = "clear"
    clause: str = "c-grant"


@dataclass(frozen=True, slots=True)
class Small:
    """A small policy, made by hand."""

    purposes: Mapping[str, Purpose] = field(default_factory=dict)
    grants: Mapping[tuple[str, str, str], Grant] = field(default_factory=dict)
    by_name: frozenset[str] = frozenset()  # who receives only by a consent that names them
    digest: str = "0" * 64


def may(
    policy: Small, purpose: str, category: str, recipient: str, standing: Standing | None
) -> bool:
    """Say yes only if every sentence says yes; each is asked, none ends the asking."""
    sentences = [
        purpose in policy.purposes,  # a purpose that is published
        any(
            key == (purpose, category, recipient) and grant.form != "suppressed"
            for key, grant in policy.grants.items()
        ),
        standing is not None,
    ]
    if purpose in policy.purposes and standing is not None:
        stated = policy.purposes[purpose]
        if stated.basis != "law":
            sentences += [
                not standing.tombstone,
                not standing.suspended,
                not any(
                    stopped == recipient or (stopped == "*" and recipient != "internal")
                    for stopped in standing.stopped
                ),
                not any(
                    refused in (purpose, purpose.split(".", maxsplit=1)[0])
                    for refused in standing.refusals
                ),
            ]
        if stated.needs == "consent" or stated.basis == "consent":
            sentences.append(
                any(to == purpose and by in (recipient, "*") for to, by in standing.consents)
            )
        if recipient in policy.by_name:
            sentences.append((purpose, recipient) in standing.consents)
    return all(sentences)
