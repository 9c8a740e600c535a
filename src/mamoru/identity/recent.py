"""A contact that was changed a short time ago proves nothing yet (identity, section 5.6; attack A2).

Whoever takes an account over changes the address first and asks afterwards. For a while the
contact that stood before is the one that counts. Days are compared, nothing is ever timed.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mamoru.identity import address
from mamoru.identity.terms import Verdict


class Contact(StrEnum):
    """By what a person is reached: the two that can be taken over from afar."""

    ADDRESS = "address"
    EMAIL = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChange:
    """That a registered contact was changed, when, and what it was before where that is known."""

    contact: Contact
    changed_on: date  # in Japan
    postal_code: str = ""
    address: str = ""  # as it was before; empty where nobody knows
    building: str = ""
    email: str = ""
    erased: bool = False  # it was emptied because the person asked for it: nothing of it is kept

    @property
    def before(self) -> str:
        """The contact as it was, in one line; empty where nobody knows."""
        if self.contact is Contact.EMAIL:
            return self.email
        return f"{self.address} {self.building}".strip()

    def until(self, days: int) -> date:
        """Return the last day on which the earlier contact counts."""
        return self.changed_on + timedelta(days=days)


def cooling(
    changes: Iterable[ContactChange],
    contact: Contact,
    registered: str,
    *,
    today: date,
    days: int,
) -> ContactChange | None:
    """Return the change that counts now, None if there is none: the first of the last `days`.

    The first, for whoever changes twice would else be proved by what they wrote themselves; of
    those where somebody knows what was before, if there are any. A contact that is today what it
    was before the first one has not changed. Where the first one emptied the contact, what was
    written into it afterwards is never what was before.
    """
    within = [each for each in changes if each.contact is contact and today <= each.until(days)]
    known = [each for each in within if each.before or each.erased]
    first = min(known or within, key=lambda each: each.changed_on, default=None)
    if first is None or (first.before and same(contact, first.before, registered)):
        return None
    return first


def until(
    changes: Iterable[ContactChange], contact: Contact, *, today: date, days: int
) -> date | None:
    """Return the last day of the last change of a contact: only after it is nothing recent."""
    last = (each.until(days) for each in changes if each.contact is contact)
    return max((day for day in last if today <= day), default=None)


def same(contact: Contact, one: str, other: str) -> bool:
    """Return whether two contacts are one: addresses as they are compared, mail without case."""
    if contact is Contact.EMAIL:
        return _mailbox(one) == _mailbox(other)
    if not one or not other:
        return one == other
    return address.compare(one, other).verdict is Verdict.MATCH


def _mailbox(written: str) -> str:
    """Return a mail address without case; further letters are not folded, ß and ss are two."""
    return unicodedata.normalize("NFC", written.strip()).lower()
