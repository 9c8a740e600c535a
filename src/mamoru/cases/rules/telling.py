"""The person hears of an agent's request before anything is released (P3.11; attack A4).

A power of attorney may be forged; whoever is registered can say so while there is still time.
"""

from mamoru.cases.rules.shielding import Shield
from mamoru.cases.rules.states import AGENT_ROLES
from mamoru.cases.terms import Case, Outcome, PersonalDetails, TellingWay
from mamoru.kit.errors import MamoruError


class PersonUntold(MamoruError):
    """An agent gets nothing before the person was told at the registered contact."""

    code, exit_code = "person-untold", 3


def contacts(case: Case, shield: Shield | None) -> dict[TellingWay, PersonalDetails]:
    """Return each way in which the person can be told, with the details it goes to.

    INVARIANT: never what the form says; an agent who writes the form would be told, not the
    person. A protected person is told at the safe contact and nowhere else: the registered
    address may be the abuser's too.
    """
    if shield is not None:
        known = [shield.details] if shield.details is not None else []
    else:
        known = [each.registered for each in (case.identity.records if case.identity else ())]
    found = {}
    at_home = next((each for each in known if each.full_address), None)
    if at_home is not None:
        found = dict.fromkeys((TellingWay.REGISTERED_MAIL, TellingWay.ORDINARY_MAIL), at_home)
    by_mail = next((each for each in known if each.email), None)
    if by_mail is not None:
        found[TellingWay.ELECTRONIC_MAIL] = by_mail
    return found


def concerns(case: Case, shield: Shield | None) -> bool:
    """Return whether an agent asks, is confirmed, and there is a registered contact to tell.

    Of whom nothing is registered, nothing can be released, and nobody can be written to. A
    protected person without a safe contact is told nothing, and nothing is released.
    """
    confirmed = case.verified_by is not None
    reached = shield is not None or bool(contacts(case, None))
    return case.filing.role in AGENT_ROLES and confirmed and reached


def told(case: Case, shield: Shield | None) -> bool:
    """Return whether the person was told, and if protected, at the safe contact."""
    return case.told is not None and (shield is None or case.told.safely)


def outstanding(case: Case, shield: Shield | None) -> bool:
    """Return whether the answer has to wait for the person to be told.

    A refusal of everything releases nothing and does not wait.
    """
    decided = [each.decision.outcome for each in case.demands if each.decision]
    releases = any(outcome is not Outcome.REFUSED for outcome in decided)
    return concerns(case, shield) and not told(case, shield) and releases
