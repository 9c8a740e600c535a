"""What must hold before an act: the stage, and the version that was seen."""

from mamoru.cases import store
from mamoru.cases.rules import states
from mamoru.cases.rules.dispatch import tracked
from mamoru.cases.terms import (
    Case,
    DemandState,
    DispatchKind,
    Stage,
    TellingWay,
)
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import CaseId, DemandId


class TrackingUnfit(MamoruError):
    """The number is none of a carrier's. Copy it from the receipt of the letter."""

    code, exit_code = "tracking-unfit", 3


def expect_stage(case: Case, *stages: Stage) -> None:
    """Raise StageForbidden unless the case is at one of the stages."""
    if case.stage not in stages:
        raise states.StageForbidden(f"not possible for a case that is `{case.stage}`")


def expect_unchanged(case: Case, version: int) -> None:
    """Raise CaseChangedMeanwhile unless the case is as the page that was acted on showed it."""
    if case.version != version:
        raise store.CaseChangedMeanwhile(f"case `{case.id}` was changed by somebody else")


def case_of(demand_id: DemandId) -> CaseId:
    """Return the case that a demand is of."""
    return CaseId(demand_id.rpartition("/")[0])


def demand_of(case: Case, demand_id: DemandId) -> DemandState:
    """Return a demand of a case; CaseUnknown if it has none of that number."""
    found = next((each for each in case.demands if each.id == demand_id), None)
    if found is None:
        raise store.CaseUnknown(f"there is no demand `{demand_id}`")
    return found


def number_of(way: TellingWay, written: str) -> str:
    """Return the tracking number of a notice; TrackingUnfit where it does not go with the way."""
    registered = way is TellingWay.REGISTERED_MAIL
    kind = DispatchKind.SIMPLIFIED_REGISTERED_MAIL if registered else DispatchKind.DOWNLOAD
    number = tracked(kind, written)
    if number is None:
        raise TrackingUnfit("registered mail has a number of its carrier, other mail has none")
    return number
