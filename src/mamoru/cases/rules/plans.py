"""What differs between the plan that was decided on and the plan as it is now (P3.17)."""

from collections.abc import Iterable

from mamoru.cases.terms import PlanChange, PlannedPlace


def compare(decided: Iterable[PlannedPlace], now: Iterable[PlannedPlace]) -> PlanChange:
    """Return the difference place by place; nothing in it where the places cannot tell.

    Places are `store/table`, columns `store/table/column`. A decision of a time when places
    were not kept yet compares as unknown.
    """
    before, after = {each.ref: each for each in decided}, {each.ref: each for each in now}
    if not before:
        return PlanChange(known=False)
    both = [(before[ref], after[ref]) for ref in before if ref in after]
    return PlanChange(
        added=tuple(ref for ref in after if ref not in before),
        removed=tuple(ref for ref in before if ref not in after),
        wider=tuple(ref for old, new in both for ref in _beyond(new, old)),
        narrower=tuple(ref for old, new in both for ref in _beyond(old, new)),
        other_records=tuple(
            new.ref for old, new in both if old.columns == new.columns and old.digest != new.digest
        ),
    )


def _beyond(one: PlannedPlace, other: PlannedPlace) -> tuple[str, ...]:
    """Return the columns that the one has and the other has not."""
    return tuple(f"{one.ref}/{name}" for name in one.columns if name not in other.columns)
