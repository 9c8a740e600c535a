"""成年 (P3.11; Civil Code 4, 818): a parent acts for a child, and no longer once it is grown up."""

from datetime import date

from mamoru.cases.terms import Case, Role
from mamoru.identity import agent
from mamoru.kit.errors import MamoruError


class AuthorityEnded(MamoruError):
    """The person has come of age since the parent asked: nothing is done or released for the parent.

    The parent withdraws the case, and the person asks anew, or entrusts the parent.
    """

    code, exit_code = "authority-ended", 3


def authority_ended(case: Case, *, on: date) -> bool:
    """Return whether a parent asked for somebody who is of age on a day.

    The form's birth date and the registered ones are asked: one that says so is enough.
    """
    if case.filing.role is not Role.PARENT:
        return False
    identity = case.identity
    registered = [identity.registered] if identity is not None else []
    said = {case.filing.person.birth_date, *(each.birth_date for each in registered)}
    return any(agent.of_age(each, on) for each in said)


def expect_minor(case: Case, *, on: date) -> None:
    """Raise AuthorityEnded where a parent's authority is over on a day."""
    if authority_ended(case, on=on):
        raise AuthorityEnded(f"the person of case `{case.id}` has come of age")
