"""What goes in and out of the API. Field names equal those of the forms."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import field_validator
from pydantic_core import PydanticCustomError

from mamoru.cases.terms import (
    AnswerMethod,
    Case,
    Channel,
    Demand,
    DemandKind,
    DispatchKind,
    Filing,
    MailedState,
    NeedState,
    Outcome,
    PersonalDetails,
    ProofKind,
    ProofOf,
    RefusalGround,
    Role,
    Stage,
    TellingWay,
    Work,
)
from mamoru.consents.terms import ProtectionGround, SafeContact
from mamoru.documents.blanks import LetterPart
from mamoru.identity.recent import Contact
from mamoru.kit import text

SHORT = 200
LONG = 2000


class In(Schema):
    """What a caller says: text that can be written down, whatever JSON allows besides."""

    @field_validator("*", mode="after")
    @classmethod
    def _storable(cls, value: object) -> object:
        each: list[object] = list(value) if isinstance(value, list) else [value]
        if any(isinstance(one, str) and not text.storable(one) for one in each):
            raise PydanticCustomError("string_unicode", "holds half a character, or a NUL")
        return value


class FilingIn(In):
    """A form, in the fields of the page."""

    role: Role
    family_name: str = Field(min_length=1, max_length=SHORT)
    given_name: str = Field(min_length=1, max_length=SHORT)
    family_name_kana: str = Field("", max_length=SHORT)
    given_name_kana: str = Field("", max_length=SHORT)
    birth_date: str = Field(min_length=1, max_length=SHORT)
    postal_code: str = Field("", max_length=SHORT)
    address: str = Field(min_length=1, max_length=SHORT)
    building: str = Field("", max_length=SHORT)
    email: str = Field("", max_length=SHORT)
    phone: str = Field("", max_length=SHORT)
    agent_family_name: str = Field("", max_length=SHORT)
    agent_given_name: str = Field("", max_length=SHORT)
    agent_family_name_kana: str = Field("", max_length=SHORT)
    agent_given_name_kana: str = Field("", max_length=SHORT)
    agent_postal_code: str = Field("", max_length=SHORT)
    agent_address: str = Field("", max_length=SHORT)
    agent_building: str = Field("", max_length=SHORT)
    agent_email: str = Field("", max_length=SHORT)
    agent_phone: str = Field("", max_length=SHORT)
    kinds: list[DemandKind] = Field(min_length=1, max_length=9)
    items: list[str] = Field(min_length=1, max_length=50, description="`all` or category ids")
    before: str = Field("", max_length=LONG)
    after: str = Field("", max_length=LONG)
    reason: str = Field("", max_length=LONG)
    answer_method: AnswerMethod = AnswerMethod.PAPER
    language: str = Field("ja", pattern="^(ja|en)$")

    def to_filing(self, *, policy_version: str, one_time_key: str) -> Filing:
        """Return the value that the action takes: one demand for each kind."""
        correcting = {DemandKind.CORRECTION, DemandKind.ADDITION, DemandKind.DELETION}
        return Filing(
            role=self.role,
            channel=Channel.API,
            person=self._details(""),
            agent=None if self.role is Role.PERSON else self._details("agent_"),
            demands=tuple(
                Demand(
                    kind=kind,
                    items=tuple(self.items),
                    before=self.before or None if kind in correcting else None,
                    after=self.after or None if kind in correcting else None,
                    reason=self.reason,
                )
                for kind in dict.fromkeys(self.kinds)
            ),
            answer_method=self.answer_method,
            policy_version=policy_version,
            language=self.language,
            one_time_key=one_time_key,
        )

    def _details(self, prefix: str) -> PersonalDetails:
        names = PersonalDetails.__dataclass_fields__
        return PersonalDetails(**{name: getattr(self, f"{prefix}{name}", "") for name in names})


class ReceiptOut(Schema):
    """What a requester keeps."""

    reference: str
    code: str
    acknowledge_on: date
    due_on: date


class KeyIn(In):
    """Number and code: in the body, never in an address."""

    reference: str = Field(max_length=40)
    code: str = Field(max_length=40)


class PostedCodeIn(KeyIn):
    """The code that a registered letter carried."""

    posted_code: str = Field(max_length=40)


class MailedCodeIn(KeyIn):
    """The code that a mail to the registered address carried."""

    mailed_code: str = Field(max_length=40)


class DataIn(KeyIn):
    """In which form the disclosed data is wanted."""

    form: Literal["json", "csv"]


class PaperIn(KeyIn):
    """What a paper is, and of whom it proves something; the file stands beside it."""

    kind: ProofKind
    of: ProofOf
    my_number: Literal["masked", "visible"] | None = Field(
        None, description="whether 個人番号 can be seen on it; what shows one is refused"
    )


class SupplementOut(Schema):
    """What was asked for."""

    defects: list[str]
    message: str
    due_on: date


class StatusOut(Schema):
    """Where a case is, for its requester."""

    reference: str
    stage: Stage
    due_on: date
    papers: int
    supplements: list[SupplementOut]


class PaperOut(Schema):
    """A paper that was taken."""

    kind: ProofKind
    of: ProofOf
    media_type: str
    size: int


class LineOut(Schema):
    """A line of the queue, without personal data."""

    reference: str
    stage: Stage
    role: Role
    kinds: list[DemandKind]
    received_at: datetime
    due_on: date
    work: Work
    work_note: str


class ExpectedOut(Schema):
    """What a plan would do in one table, counted before anything is touched."""

    store: str
    table: str
    rows: int
    held: int = Field(description="rows that a law keeps for now")
    referred: int = Field(description="rows that stay without their data")
    release_on: date | None


class EffectOut(Schema):
    """What was done in one table, as an independent look found it."""

    store: str
    table: str
    wave: int = Field(description="0; 1 and more after a hold has ended")
    erased: int
    written: int
    held: int
    referred: int
    withheld: int = Field(description="rows of others under a shared key: not touched")
    holds: list[str] = Field(description="codes of the laws that keep the held rows")
    release_on: date | None
    level: str
    backups_until: date | None
    at: datetime


class DemandOut(Schema):
    """A demand with what has become of it."""

    position: int
    kind: DemandKind
    outcome: Outcome | None
    grounds: list[RefusalGround]
    approved: bool
    plan_changed: bool = Field(description="what was approved can no longer be done as it was")
    withheld: int = Field(
        description="columns that the plan leaves out for a protected person; 0 for who may not read"
    )
    expected: list[ExpectedOut]
    effects: list[EffectOut]


class PaperLineOut(Schema):
    """A paper of a case, for staff."""

    id: str
    kind: ProofKind
    of: ProofOf
    read: bool


class NeedOut(Schema):
    """One thing to be proved: which papers would do, and how far it has come."""

    of: ProofOf
    one_of: list[ProofKind]
    two_of: list[ProofKind]
    state: NeedState


class RecentOut(Schema):
    """A registered contact that changed a short time ago: until when the earlier one counts."""

    contact: Contact
    changed_on: date
    until: date
    known: bool = Field(description="whether anybody knows what it was before")


class BlankOut(Schema):
    """A character that no font has: its code point, and where the letter needs it."""

    code: str
    part: LetterPart
    count: int
    nth: int


class ProtectionOut(Schema):
    """A protective flag in force; its contact stands on the page only."""

    protection: str
    ground: ProtectionGround
    renew_by: date
    contact: bool = Field(description="whether a safe contact is recorded")
    contact_confirmed: bool = Field(description="whether a second person has confirmed it")
    lifting_asked: bool


class CaseOut(Schema):
    """A case for staff: what is done and open; names and addresses are on the page only."""

    reference: str
    version: int
    stage: Stage
    due_on: date
    work: Work
    work_note: str
    tries: int
    failures: int = Field(description="in a row; the pause before the next try grows with them")
    next_try_at: datetime | None
    by_hand: list[BlankOut] = Field(description="characters without a glyph, for `write_by_hand`")
    demands: list[DemandOut]
    papers: list[PaperLineOut]
    needs: list[NeedOut]
    open_points: list[str]
    unread_points: list[str] = Field(
        description="what papers that arrived and are unread may settle; not asked for again"
    )
    mailed_code: MailedState | None = Field(description="a finding beside the papers, no proof")
    recent_changes: list[RecentOut]
    answer_waits_until: date | None = Field(
        description="the last day on which the answer may not go where it is addressed"
    )
    identity: str
    authority: str
    protected: bool = Field(description="支援措置; false for who may not read persons")
    protections: list[ProtectionOut]


class FindingIn(In):
    """What was read on a paper."""

    family_name: str = Field("", max_length=SHORT)
    given_name: str = Field("", max_length=SHORT)
    birth_date: str = Field("", max_length=SHORT)
    postal_code: str = Field("", max_length=SHORT)
    address: str = Field("", max_length=SHORT)
    building: str = Field("", max_length=SHORT)
    former_address: str = Field("", max_length=SHORT)
    principal_name: str = Field("", max_length=SHORT)
    agent_name: str = Field("", max_length=SHORT)
    issued_on: date | None = None
    expires_on: date | None = None
    scope: list[DemandKind] = Field(default_factory=list)
    genuine: bool


class CandidateOut(Schema):
    """A record that may be the person: where it is and how it was found, not what it says."""

    subject: str  # store/table/key
    found_by: list[str]


class IdentifyIn(In):
    """Which records the person is: `store/table/key` each; none is an answer too."""

    subjects: list[str] = Field(max_length=50)


class VerifyIn(In):
    """Why a partial agreement suffices, where it is partial."""

    note: str = Field("", max_length=LONG)


class SupplementIn(In):
    """What to ask for."""

    defects: list[str] = Field(min_length=1, max_length=30)
    message: str = Field("", max_length=LONG)


class DecisionIn(In):
    """No ground: granted. A ground outside the law's matrix is refused."""

    version: int = Field(description="of the case as it was seen (`show_case`)")
    ground: RefusalGround | None = None
    reason: str = Field("", max_length=LONG)
    law: str = Field("", max_length=SHORT)


class ApprovalIn(In):
    """Which version of the case the approver saw (`show_case`); another one is not approved."""

    version: int


class HandWrittenIn(In):
    """Which characters are written into the letter by hand: `U+2B820` each."""

    codes: list[Annotated[str, Field(pattern="^U\\+[0-9A-F]{4,6}$")]] = Field(
        min_length=1, max_length=50
    )


class ReturnIn(In):
    """Why a decision goes back, and which version of the case was seen (`show_case`)."""

    version: int
    reason: str = Field(min_length=1, max_length=LONG)


class LiftingIn(In):
    """Why a suspension or stop is to be lifted: its person's word, or the cause that is gone."""

    reason: str = Field(min_length=1, max_length=LONG)


class ProtectionIn(In):
    """What a protective flag rests on, and where its person can be written to without danger."""

    ground: ProtectionGround
    paper: str = Field("", max_length=SHORT)
    renew_by: date = Field(description="within a year; a reminder, the flag holds beyond it")
    contact_name: str = Field("", max_length=SHORT)
    contact_postal_code: str = Field("", max_length=20)
    contact_address: str = Field("", max_length=SHORT)
    contact_building: str = Field("", max_length=SHORT)
    contact_email: str = Field("", max_length=SHORT)

    def contact(self) -> SafeContact | None:
        """Return the safe contact; None where nothing of one is given."""
        given = {name: str(getattr(self, f"contact_{name}")) for name in SafeContact.__slots__}
        return SafeContact(**given) if any(given.values()) else None


class UnprotectIn(LiftingIn):
    """Why which flag is to be lifted."""

    protection: str = Field(min_length=1, max_length=80, description="as `show_case` names it")


class UnprotectedIn(In):
    """Which flag is meant."""

    protection: str = Field(min_length=1, max_length=80, description="as `show_case` names it")


class NamingIn(In):
    """Which registered value a correction is about: a `ref` of `values_to_name`."""

    version: int
    ref: str = Field(min_length=1, max_length=SHORT)


class CarriedOutIn(In):
    """What was done by hand, and where."""

    note: str = Field(min_length=1, max_length=LONG)


class ValueOut(Schema):
    """A registered value that may be named."""

    ref: str
    title: str
    value: str


class ValuesOut(Schema):
    """A table of the person's with its rows, and in each the values that may be named."""

    title: str
    rows: list[list[ValueOut]]


class AgainIn(In):
    """Nothing has to be said: the case is in the address."""


class DispatchIn(In):
    """How the answer left."""

    dispatch: DispatchKind
    tracking_number: str = Field("", max_length=40)


class ToldIn(In):
    """How the person was told; registered mail has a number."""

    way: TellingWay
    tracking_number: str = Field("", max_length=40)


class DoneOut(Schema):
    """The case after the act."""

    reference: str
    stage: Stage


def status_out(case: Case) -> StatusOut:
    """Return what a requester may see of a case."""
    return StatusOut(
        reference=case.id,
        stage=case.stage,
        due_on=case.due_on,
        papers=len(case.proofs),
        supplements=[
            SupplementOut(defects=list(each.defects), message=each.message, due_on=each.due_on)
            for each in case.supplements
            if each.received_at is None
        ],
    )
