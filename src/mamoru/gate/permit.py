"""目的外利用の禁止 (P1.5, P3.25): a permit names the case, the purpose, the columns and the end."""

from collections.abc import Iterable
from datetime import datetime

from mamoru.datamap.acts import Frozen, Share, key_shares, shares
from mamoru.datamap.terms import NO_PERSONAL_DATA, Location
from mamoru.gate.decide import decide
from mamoru.gate.terms import (
    INTERNAL,
    Compiled,
    Form,
    GateError,
    Operation,
    Permit,
    Place,
    Standing,
    Verdict,
)


class PermitRefused(GateError):
    """The policy does not grant what was asked. The verdict names purpose, clause and remedy."""

    code = "permit-refused"

    def __init__(self, message: str, verdict: Verdict | None = None) -> None:
        """Keep the verdict for screens; None where the permit itself does not reach so far."""
        super().__init__(message)
        self.verdict = verdict


def issue(
    compiled: Compiled,
    *,
    case: str,
    purpose: str,
    operation: Operation | str,
    locations: Iterable[Place],
    standing: Standing | None,
    by: str,
    now: datetime,
    until: datetime,
    recipient: str = INTERNAL,
    frozen: Iterable[Frozen] = (),
) -> Permit:
    """Return a permit for all columns of all locations, or raise PermitRefused for the first refusal.

    `frozen` names whose rows may be changed, by keys that were resolved from these very
    locations; without them the permit lets keys be resolved and changes nothing.

    Nothing is granted in part: a plan that may not be carried out whole is not begun.
    A permit holds values in clear, so a category granted only masked or in
    aggregates is refused here. Columns without personal data need no grant of
    their own, but they never open a place alone.
    """
    act = Operation(operation)
    if until <= now:
        raise PermitRefused(f"a permit for `{case}` must end after it begins")
    columns: set[tuple[str, str, str]] = set()
    reach: set[str] = set()
    for place in locations:
        _check(compiled, place=place, purpose=purpose, recipient=recipient, standing=standing)
        columns |= {(place.store, place.table, column) for column in place.columns}
        if isinstance(place, Location):
            reach.add(place.digest)
        elif act is not Operation.FIND:
            raise PermitRefused(f"only a person's own rows can be given to `{act}`")
    if not columns:
        raise PermitRefused(f"a permit for `{case}` needs a place to touch")
    keys: set[Share] = set()
    for each in frozen:
        if each.place not in reach:
            where = f"{each.store}.{each.table}"
            raise PermitRefused(f"the rows of `{where}` were not resolved from a permitted place")
        keys |= shares(each)
        if act is Operation.CORRECT:
            keys |= key_shares(each)
    return Permit(
        case=case,
        purpose=purpose,
        recipient=recipient,
        operation=act,
        columns=frozenset(columns),
        reach=frozenset(reach),
        frozen=frozenset(keys),
        by=by,
        issued_at=now,
        until=until,
        policy=compiled.digest,
    )


def _check(
    compiled: Compiled, *, place: Place, purpose: str, recipient: str, standing: Standing | None
) -> None:
    personal = dict.fromkeys(
        category for category in place.categories if category != NO_PERSONAL_DATA
    )
    if not personal:
        where = f"{place.store}.{place.table}"
        raise PermitRefused(
            f"no column of `{where}` holds personal data: there is nothing to permit"
        )
    for category in personal:
        verdict = decide(
            compiled, purpose=purpose, category=category, recipient=recipient, standing=standing
        )
        column = place.columns[place.categories.index(category)]
        where = f"{place.store}.{place.table}.{column}"
        if not verdict.allowed:
            clause = f" (clause `{verdict.clause}`)" if verdict.clause else ""
            message = f"`{where}`: {verdict.reason}{clause}; {verdict.remedy}"
            raise PermitRefused(message, verdict)
        if verdict.form is not Form.CLEAR:
            message = f"`{where}`: category `{category}` is granted as `{verdict.form}` only"
            raise PermitRefused(f"{message} (clause `{verdict.clause}`)", verdict)
