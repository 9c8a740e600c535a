"""支援措置 (P3.11; Act 33(2)(i), Order 5(i)): who hears where a protected person is, and who is written to.

People died because an office told an abuser's agent an address. An abuser may be the parent, may
have a lawyer, and may hold the person's own papers.
"""

from dataclasses import dataclass
from datetime import date

from mamoru.cases.rules.states import AGENT_ROLES
from mamoru.cases.terms import AnswerMethod, Case, PersonalDetails
from mamoru.consents.terms import Protection, SafeContact
from mamoru.datamap import whereabouts
from mamoru.datamap.inventory import DataMap
from mamoru.kit.errors import MamoruError
from mamoru.policy.document import Policy


class SafeContactMissing(MamoruError):
    """The person is protected and no one safe contact is recorded and confirmed by a second person."""

    code, exit_code = "safe-contact-missing", 3


class AnswerHeldBack(MamoruError):
    """The answer was composed before the person's protection was as it is now. It is made anew."""

    code, exit_code, retry = "answer-held-back", 4, True


_TWO = 2  # persons


@dataclass(frozen=True, slots=True, kw_only=True)
class Shield:
    """The protection of a case's person: flags of the desk, marks of the company's register."""

    flags: tuple[Protection, ...] = ()
    marked: tuple[str, ...] = ()

    @property
    def contact(self) -> SafeContact | None:
        """Where the person is written to; None while none, or more than one, is recorded.

        INVARIANT: one person alone redirects nothing. A contact counts once a second person has
        confirmed it, or recorded the same; and of two contacts neither counts until two persons
        have lifted one of the flags.
        """
        known = {each.contact for each in self.flags if each.contact is not None}
        return known.pop() if len(known) == 1 and not self.unconfirmed else None

    @property
    def unconfirmed(self) -> bool:
        """Whether the contacts recorded are the word of one person alone."""
        told = [each for each in self.flags if each.contact is not None]
        persons = {each.by for each in told} | {each.confirmed_by for each in told} - {None}
        return bool(told) and len(persons) < _TWO

    @property
    def details(self) -> PersonalDetails | None:
        """The safe contact as letters are addressed; None where there is none."""
        to = self.contact
        if to is None:
            return None
        return PersonalDetails(
            family_name=to.name,
            postal_code=to.postal_code,
            address=to.address,
            building=to.building,
            email=to.email,
        )

    def overdue(self, on: date) -> bool:
        """Return whether a flag should have been renewed by now; it is in force all the same."""
        return any(each.renew_by < on for each in self.flags)


def hides(case: Case, shield: Shield | None) -> bool:
    """Return whether the answer to a case must not tell where its person is.

    It tells only the person, and only on paper that goes to the safe contact: who signs a form
    with the person's papers may live in the same house.
    """
    if shield is None:
        return False
    on_paper = case.filing.answer_method is AnswerMethod.PAPER
    to = shield.details
    return case.filing.role in AGENT_ROLES or not on_paper or to is None or not to.address


def may_withhold(case: Case) -> bool:
    """Return whether an answer of this kind may leave something out, whoever its person is.

    INVARIANT: it does not depend on a shield, and whatever `hides` is among it: the sentence in
    the letter is the same for a person who is protected and for one who is not.
    """
    return case.filing.role in AGENT_ROLES or case.filing.answer_method is AnswerMethod.ELECTRONIC


def destination(case: Case, shield: Shield) -> PersonalDetails:
    """Return to whom a letter for the person goes; SafeContactMissing where nobody can be written to."""
    to = shield.details
    if to is None or not to.address:
        raise SafeContactMissing(f"case `{case.id}` has no one safe contact to write to")
    return to


def contactable(policy: Policy, datamap: DataMap) -> frozenset[str]:
    """Return the categories by which a person is reached; one that the policy lacks is one."""
    known = {each.id for each in policy.categories}
    used = {
        column.category
        for place in datamap.stores
        for table in place.tables
        for column in table.columns
        if column.personal
    }
    return frozenset({each.id for each in policy.categories if each.contactable} | used - known)


def hidden_columns(policy: Policy, datamap: DataMap) -> frozenset[str]:
    """Return every column, as `store/table/column`, that may tell where its person is."""
    reached = contactable(policy, datamap)
    return frozenset(
        f"{place.name}/{table.name}/{column.name}"
        for place in datamap.stores
        for table in place.tables
        for column in table.columns
        if whereabouts.tells(table, column, reached)
    )
