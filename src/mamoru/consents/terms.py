"""同意・拒否・利用停止・消去済み (P2.13, P3.6, P3.7): the words in which it is said how a person stands."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mamoru.kit.ids import PersonRef, StaffId


class StandingKind(StrEnum):
    """What was recorded of a person's will, or of what became of the data. The strictest wins."""

    CONSENT = "consent"  # yes, beforehand: for a purpose, to a recipient
    REFUSAL = "refusal"  # no more of a purpose (news mail)
    SUSPENSION = "suspension"  # 利用停止 in force
    STOP = "stop"  # 第三者提供の停止, for a recipient or for all
    TOMBSTONE = "tombstone"  # erased: nothing may bring the person back
    PROTECTION = "protection"  # 支援措置: nobody but the person hears where the person is


class Way(StrEnum):
    """By which way somebody said what they want."""

    MEMBER_PAGE = "member-page"  # the member's own page
    FORM = "form"  # a web form of the company
    APPLICATION = "application"  # the company's own system, by the API
    MAIL = "mail"  # an electronic mail
    PAPER = "paper"  # a signed paper
    DESK = "desk"  # said to staff, who wrote it down
    IMPORT = "import"  # taken over from the company's own records


class ProtectionGround(StrEnum):
    """What a protective flag rests on."""

    SUPPORT_MEASURE = "support-measure"  # 住民基本台帳事務における支援措置の決定通知
    PROTECTION_ORDER = "protection-order"  # 保護命令 (DV Act 10), 禁止命令 (Stalking Act 5)
    CONSULTATION = "consultation"  # 警察・支援センター・児童相談所への相談の証明
    STATEMENT = "statement"  # 本人の申出: before any paper has come


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as keyed digests, one for each key.

    `own` come from keys that are one person's alone (a member number), `shared` from
    keys that a household may share (a mail address). INVARIANT: as with rows of a
    store, a shared key speaks only where no own key is known; else one of a family
    could close the account of another.
    """

    own: tuple[PersonRef, ...] = ()
    shared: tuple[PersonRef, ...] = ()
    named: tuple[PersonRef, ...] = ()  # those of `shared` that a name was joined to

    @property
    def asked(self) -> tuple[bool, tuple[PersonRef, ...]]:
        """Return whether shared keys are asked by, and the digests to ask by."""
        return (False, self.own) if self.own else (True, self.shared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The text that was shown when somebody said yes or no, as it stood then."""

    version: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of version and text: the same wording is kept once."""
        return hashlib.sha256(f"{self.version}\n{self.text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How somebody said what they want, so that it can be shown later (P2.13).

    `evidence` says where the proof lies (the number of a paper, the id of a request); it may name
    people and is kept sealed.
    """

    way: Way
    at: datetime  # when they said it
    wording: Wording | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRecord:
    """One thing recorded, in force from `since` until it ends or is lifted (half-open)."""

    reference: str  # what it rests on: a demand's id, an import's; recording it twice is one record
    kind: StandingKind
    purpose: str = ""  # of a consent or refusal
    recipient: str = ""  # of a consent or stop; `*` for all
    since: datetime
    until: datetime | None = None
    by: StaffId

    def in_force(self, now: datetime) -> bool:
        """Return whether it holds at `now`."""
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Change:
    """How the people of a key stand may have changed: a wall of the gate must be told."""

    number: int
    wall: str
    person: PersonRef
    shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeContact:
    """Where a protected person can be written to without danger; kept sealed."""

    name: str
    postal_code: str = ""
    address: str = ""
    building: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """A protective flag (支援措置): in force until two persons lift it, whatever day it is.

    `renew_by` reminds the desk to ask for the renewal; nothing ends on that day. INVARIANT: nobody
    is written to at a contact that one person alone has recorded.
    """

    reference: str
    ground: ProtectionGround
    paper: str = ""  # number and office of the notice, as staff wrote it
    renew_by: date
    contact: SafeContact | None = None
    confirmed_by: StaffId | None = None  # who else asked the person whether the contact is theirs
    by: StaffId
    at: datetime
