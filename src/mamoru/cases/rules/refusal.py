"""Policy 3, 請求の制限 (P3.10 to P3.17): may this demand be refused, and on which grounds?"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from mamoru.cases.terms import (
    Defect,
    Demand,
    DemandKind,
    Filing,
    Judgement,
    PersonalDetails,
    RefusalGround,
    Role,
)
from mamoru.kit.errors import MamoruError

_G = RefusalGround
_K = DemandKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about a demand once staff have looked at the papers."""

    identity_confirmed: bool
    by_agent: bool
    authority_proven: bool
    open_defects: tuple[str, ...] = ()
    is_retained: bool  # something of this person is held with authority, outside Order 5


_Test = Callable[[Demand, Facts], bool]

# One line a ground, in the policy's order. The grounds that need a human judgement (5, 6 and 7)
# are not here: see all_grounds().
_TABLE: tuple[tuple[RefusalGround, _Test], ...] = (
    (_G.IDENTITY_UNCONFIRMED, lambda _, f: not f.identity_confirmed),
    (_G.AGENCY_UNCONFIRMED, lambda _, f: f.by_agent and not f.authority_proven),
    (_G.APPLICATION_DEFECTIVE, lambda d, f: bool(f.open_defects) or _is_defective(d)),
    (_G.NOT_RETAINED_PERSONAL_DATA, lambda _, f: not f.is_retained),
)

_PROCEDURAL = frozenset({_G.IDENTITY_UNCONFIRMED, _G.AGENCY_UNCONFIRMED, _G.APPLICATION_DEFECTIVE})
_ALWAYS = _PROCEDURAL | {_G.NOT_RETAINED_PERSONAL_DATA}

# Kind x ground of the reference, 6.2. A pair that is not here cannot be chosen, saved or sent.
# Grounds 5 to 7 are written in the policy for all kinds; the Act allows them for disclosure
# (33(2)), and harm to rights for the notice of purpose (21(4)(i) through 32(2)(ii)).
VALID: dict[DemandKind, frozenset[RefusalGround]] = {
    _K.NOTICE_OF_PURPOSE: _ALWAYS | {_G.HARM_TO_RIGHTS},
    _K.DISCLOSURE: frozenset(RefusalGround),
    _K.DISCLOSURE_OF_PROVISION_RECORDS: frozenset(RefusalGround),
    _K.CORRECTION: _ALWAYS,
    _K.ADDITION: _ALWAYS,
    _K.DELETION: _ALWAYS,
    _K.CEASE_USE: _ALWAYS,
    _K.ERASURE: _ALWAYS,
    _K.CEASE_PROVISION: _ALWAYS,
}

_CORRECTING = frozenset({_K.CORRECTION, _K.ADDITION, _K.DELETION})


class GroundForbidden(MamoruError):
    """The law does not allow this ground for this kind of demand. Choose one that it allows."""

    code, exit_code = "ground-forbidden", 3


class ReasonMissing(MamoruError):
    """A judged ground needs its reason, and another law its name and article (Act 36)."""

    code, exit_code = "reason-missing", 3


def allowed_grounds(
    kind: DemandKind, promised: Collection[RefusalGround] = tuple(RefusalGround)
) -> tuple[RefusalGround, ...]:
    """Return the grounds that may be chosen for a kind, in the policy's order.

    Of those that the law allows and that a person weighs, the ones that the company's own policy
    names (`promised`): who published fewer refuses on no others.
    """
    named = _ALWAYS | frozenset(promised)
    return tuple(ground for ground in RefusalGround if ground in VALID[kind] and ground in named)


def mechanical_grounds(demand: Demand, facts: Facts) -> tuple[RefusalGround, ...]:
    """Return every ground that stands, not only the first: the letter names them all."""
    return tuple(ground for ground, stands in _TABLE if stands(demand, facts))


def all_grounds(
    demand: Demand,
    facts: Facts,
    judged: Judgement,
    promised: Collection[RefusalGround] = tuple(RefusalGround),
) -> tuple[RefusalGround, ...]:
    """Return the grounds that stand and the one that a person judged, in the policy's order.

    Raises GroundForbidden for a judged ground outside the matrix or the policy, or a mechanical
    one that does not stand, ReasonMissing for a judgement without its reason.
    """
    standing = set(mechanical_grounds(demand, facts))
    if judged.ground is not None and judged.ground not in standing:
        if judged.ground not in allowed_grounds(demand.kind, promised):
            raise GroundForbidden(f"`{judged.ground}` is no ground against `{demand.kind}`")
        if judged.ground in _ALWAYS:
            raise GroundForbidden(f"`{judged.ground}` does not stand on the recorded facts")
        if not judged.reason.strip():
            raise ReasonMissing(f"`{judged.ground}` needs the reason in words")
        if judged.ground is _G.OTHER_LAW and not judged.law.strip():
            raise ReasonMissing("`other-law` needs the law and its article")
        standing.add(judged.ground)
    return tuple(ground for ground in RefusalGround if ground in standing)


def curable(grounds: tuple[RefusalGround, ...]) -> bool:
    """Return whether a supplement could remove every ground: then ask before refusing."""
    return bool(grounds) and set(grounds) <= _PROCEDURAL


def form_defects(filing: Filing) -> tuple[Defect, ...]:
    """Return every gap of a form, all at once, as curable defects (P3.8, P3.9, P3.12)."""
    gaps: list[Defect] = []
    if not filing.demands:
        gaps.append(Defect(code="demand-missing", ground=_G.APPLICATION_DEFECTIVE))
    for position, demand in enumerate(filing.demands, start=1):
        if not demand.items:
            gaps.append(Defect(code=f"items-missing/{position}", ground=_G.APPLICATION_DEFECTIVE))
        if _is_defective(demand) and demand.items:
            gaps.append(
                Defect(code=f"before-after-missing/{position}", ground=_G.APPLICATION_DEFECTIVE)
            )
    gaps += _gaps_of("person", filing.person, _G.IDENTITY_UNCONFIRMED)
    if filing.role is not Role.PERSON:
        gaps += _gaps_of("agent", filing.agent or PersonalDetails(), _G.AGENCY_UNCONFIRMED)
    return tuple(gaps)


def _gaps_of(whose: str, details: PersonalDetails, ground: RefusalGround) -> list[Defect]:
    needed = ["family_name", "given_name", "address"]
    needed += ["birth_date"] if whose == "person" else []
    return [
        Defect(code=f"{whose}-{part.replace('_', '-')}-missing", ground=ground)
        for part in needed
        if not getattr(details, part).strip()
    ]


def _is_defective(demand: Demand) -> bool:
    """A demand names its items, and a correction both contents (P3.8, P3.9)."""
    if not demand.items:
        return True
    if demand.kind not in _CORRECTING:
        return False
    before, after = (demand.before or "").strip(), (demand.after or "").strip()
    return {
        _K.CORRECTION: not (before and after) or before == after,
        _K.ADDITION: not after,
        _K.DELETION: not before,
    }[demand.kind]
