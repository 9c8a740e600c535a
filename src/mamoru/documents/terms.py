"""The words of letters: what an answer says, as values, before any wording or layout."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The company as a letter shows it."""

    name: str
    representative: str
    postal_code: str
    address: str
    desk: str  # the responsible desk
    contact: str  # where to ask or complain: an address of the web form


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Whom the letter goes to: the verified address only (P3.24)."""

    postal_code: str
    address_lines: tuple[str, ...]
    name: str
    on_behalf_of: str = ""  # an agent's letter names the person too


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """A purpose of use as the policy words it."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A content that was corrected, added or deleted: from what to what (Act 34(3))."""

    item: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexTable:
    """What is held in one table, rebuilt from allowed values only.

    `columns` are titles, `rows` cells of text in the same order; `source` says
    in plain words where it lies, `purposes` for what it is used.
    """

    title: str
    source: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    purposes: tuple[Purpose, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What an erasure did in one place, in counts of rows."""

    title: str
    source: str
    erased: int
    emptied: int
    held: int
    laws: tuple[str, ...] = ()  # that keep the held rows
    until: date | None = None  # the day on which the held rows go
    level: str = ""  # E1, E2
    backups_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandAnswer:
    """What became of one demand. Codes are the stable words of `cases.terms`."""

    kind: str
    items: tuple[str, ...]  # titles of what was asked for; empty means everything
    outcome: str  # fulfilled, refused, nothing-held, substituted
    grounds: tuple[str, ...] = ()
    reason: str = ""
    law: str = ""
    purposes: tuple[Purpose, ...] = ()
    changes: tuple[Change, ...] = ()
    tables: tuple[AnnexTable, ...] = ()
    changed: tuple[Changed, ...] = ()
    suit_from: date | None = None
    not_covered: bool = False  # by the power of attorney


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer to a case, complete (appi-reference 6.6)."""

    reference: str
    received_on: date
    dated_on: date
    language: str  # ja, en
    sender: Sender
    addressee: Addressee
    person_name: str
    agent_name: str = ""
    free: bool = True  # whether the company asks no fee (Act 38)
    may_withhold: bool = False  # to an agent, or from a page: it does not claim to be everything
    demands: tuple[DemandAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementRequest:
    """A request for what is missing. It never shows what is registered."""

    reference: str
    received_on: date
    dated_on: date
    language: str
    sender: Sender
    addressee: Addressee
    person_name: str
    defects: tuple[str, ...]  # stable codes; the wording is the letter's
    issued_within: Mapping[str, int]  # kind of paper that ages -> months
    message: str
    due_on: date
    not_covered: tuple[str, ...] = ()  # kinds of demand that the power of attorney leaves out


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLetter:
    """A one-time code for the registered address. It names no demand and no requester."""

    reference: str
    dated_on: date
    language: str
    sender: Sender
    addressee: Addressee
    code: str
    page: str  # where it is typed in
    days: int  # from its dispatch
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentNotice:
    """That somebody asks as the person's agent. It names neither the agent nor the demands."""

    reference: str
    received_on: date
    dated_on: date
    language: str
    sender: Sender
    addressee: Addressee


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactNotice:
    """That a registered contact was changed. It names neither the new one nor what is asked for."""

    reference: str
    contacts: tuple[str, ...]  # `address`, `email`
    changed_on: date
    dated_on: date
    language: str
    sender: Sender
    addressee: Addressee


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with paragraphs, bullets and tables under it."""

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()
    indented: tuple[int, ...] = ()  # places of the bullets that belong to one before them
    tables: tuple[AnnexTable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter ready for layout: all wording is here, none in the template."""

    language: str
    reference: str
    dated_on: date
    date_line: str
    title: str
    sender: Sender
    addressee: Addressee
    honorific: str
    labels: dict[str, str]  # words that the layout needs: page, reference, enclosure …
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
    ending: str = ""  # 敬具, at the right
    code: str = ""  # shown large under the opening, to be typed elsewhere
    annexes: tuple[Section, ...] = ()

    def text(self) -> str:
        """Return every character that the letter shows, to look for missing glyphs."""
        parts: list[str] = [self.title, self.date_line, self.honorific, *self.labels.values()]
        parts += [self.sender.name, self.sender.representative, self.sender.address]
        parts += [self.sender.desk, self.sender.contact, self.sender.postal_code]
        parts += [self.addressee.name, self.addressee.on_behalf_of, *self.addressee.address_lines]
        parts += [
            self.addressee.postal_code,
            self.reference,
            *self.opening,
            *self.closing,
            self.ending,
            self.code,
        ]
        for section in (*self.sections, *self.annexes):
            parts += [section.heading, *section.paragraphs, *section.bullets]
            for table in section.tables:
                parts += [table.title, table.source, *table.columns]
                parts += [cell for row in table.rows for cell in row]
                parts += [
                    text for purpose in table.purposes for text in (purpose.code, purpose.text)
                ]
        return "".join(parts)
