"""Of several changes of a contact the first one counts, and the last one says until when (A2)."""

from datetime import date, timedelta

import pytest

from mamoru.identity import recent
from mamoru.identity.recent import Contact, ContactChange

TODAY, DAY, DAYS = date(2026, 11, 20), timedelta(days=1), 30
OWN, TAKEN, NOW = "hanako@mail.example", "taken.over@mail.example", "again@mail.example"


def changed(ago: int, before: str = "", contact: Contact = Contact.EMAIL) -> ContactChange:
    return ContactChange(contact=contact, changed_on=TODAY - ago * DAY, email=before)


def counts(*changes: ContactChange, registered: str = NOW) -> ContactChange | None:
    return recent.cooling(changes, Contact.EMAIL, registered, today=TODAY, days=DAYS)


@pytest.mark.promise("P3.10")
def test_the_first_change_of_the_period_counts_in_whatever_order_they_come() -> None:
    first, last = changed(5, OWN), changed(1, TAKEN)

    assert counts(first, last) == counts(last, first) == first


@pytest.mark.promise("P3.10")
def test_a_change_counts_to_its_last_day_and_no_longer() -> None:
    first, last = changed(DAYS, OWN), changed(1, TAKEN)

    assert counts(first, last) == first
    assert counts(changed(DAYS + 1, OWN), last) == last
    assert counts(changed(DAYS + 1, OWN)) is None


@pytest.mark.promise("P3.10")
def test_a_change_of_which_the_earlier_contact_is_known_counts_before_one_of_which_it_is_not() -> (
    None
):
    unknown, known = changed(5), changed(1, OWN)

    assert counts(unknown, known) == known
    assert counts(unknown) == unknown


@pytest.mark.promise("P3.10")
def test_what_was_changed_back_and_what_changed_elsewhere_does_not_count() -> None:
    assert counts(changed(5, OWN), changed(1, TAKEN), registered=OWN.upper()) is None
    assert counts(changed(1, OWN, Contact.ADDRESS)) is None


@pytest.mark.promise("P3.10")
def test_nothing_is_recent_only_after_the_last_change_is_over() -> None:
    changes = (changed(9, OWN), changed(1, TAKEN), changed(0, contact=Contact.ADDRESS))

    last = recent.until(changes, Contact.EMAIL, today=TODAY, days=DAYS)

    assert last == TODAY + 29 * DAY
    assert recent.until(changes, Contact.EMAIL, today=last + DAY, days=DAYS) is None


@pytest.mark.promise("P3.10")
def test_what_was_written_after_a_contact_was_erased_is_never_what_was_before() -> None:
    erased = ContactChange(contact=Contact.EMAIL, changed_on=TODAY - 5 * DAY, erased=True)
    written = changed(1, TAKEN)

    assert counts(erased, written) == counts(written, erased) == erased
    assert counts(changed(9, OWN), erased, written) == changed(9, OWN)
    assert counts(erased, registered=TAKEN) == erased
