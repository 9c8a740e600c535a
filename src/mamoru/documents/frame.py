"""The house's form, which every letter wears: labels, honorific, closing word, dates (P3.24)."""

from datetime import date
from typing import Protocol

from mamoru.documents.terms import Addressee, Letter, Section, Sender
from mamoru.kit import calendar

_LABELS = {
    "ja": {
        "reference": "受付番号",
        "source": "保管場所：",
        "rows": "件数：",
        "record": "記録",
        "purposes": "利用目的：",
        "separator": "／",
        "desk": "担当：",
        "contact": "窓口：",
        "on_behalf": "ご本人：",
        "unbroken": "お問い合わせ窓口",
    },
    "en": {
        "reference": "Reference",
        "source": "Kept in: ",
        "rows": "Records: ",
        "record": "Record",
        "purposes": "Purposes of use: ",
        "separator": "; ",
        "desk": "Desk: ",
        "contact": "Contact: ",
        "on_behalf": "On behalf of ",
        "unbroken": "Personal Information Desk",
    },
}
_HONORIFIC = {"ja": "様", "en": ""}
_ENDING = {"ja": "敬具", "en": ""}


class Told(Protocol):
    """What is told to somebody: every value from which a letter is made has these."""

    @property
    def reference(self) -> str: ...
    @property
    def dated_on(self) -> date: ...
    @property
    def language(self) -> str: ...
    @property
    def sender(self) -> Sender: ...
    @property
    def addressee(self) -> Addressee: ...


def framed(
    told: Told,
    *,
    title: str,
    opening: tuple[str, ...],
    sections: tuple[Section, ...],
    closing: tuple[str, ...] = (),
    annexes: tuple[Section, ...] = (),
    code: str = "",
) -> Letter:
    """Return a letter of these words in the house's form, in the language of what is told."""
    tongue = tongue_of(told.language)
    return Letter(
        language=tongue,
        reference=told.reference,
        dated_on=told.dated_on,
        date_line=date_in(told.dated_on, tongue),
        title=title,
        sender=told.sender,
        addressee=told.addressee,
        honorific=_HONORIFIC[tongue],
        labels=_LABELS[tongue],
        opening=opening,
        sections=sections,
        closing=closing,
        ending=_ENDING[tongue],
        annexes=annexes,
        code=code,
    )


def tongue_of(language: str) -> str:
    """Return the language in which a letter is written: Japanese where nothing else is known."""
    return "en" if language == "en" else "ja"


def date_in(day: date, tongue: str) -> str:
    """Return a day as a letter writes it."""
    return calendar.letter_date(day) if tongue == "ja" else f"{day.day} {day:%B %Y}"
