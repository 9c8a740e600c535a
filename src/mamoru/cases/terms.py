"""The words of part 3 of the policy (開示等の請求)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from mamoru.identity.recent import ContactChange
from mamoru.kit.ids import CaseId, DemandId, StaffId


class DemandKind(StrEnum):
    """What may be asked for (P3.2 to P3.7). One form may hold several."""

    NOTICE_OF_PURPOSE = "notice-of-purpose"
    DISCLOSURE = "disclosure"
    DISCLOSURE_OF_PROVISION_RECORDS = "disclosure-of-provision-records"
    CORRECTION = "correction"
    ADDITION = "addition"
    DELETION = "deletion"  # 削除, of content that is not true
    CEASE_USE = "cease-use"
    ERASURE = "erasure"  # 消去, of data that must no longer be held
    CEASE_PROVISION = "cease-provision"


class RefusalGround(StrEnum):
    """The seven grounds, in the policy's order. There is no eighth."""

    IDENTITY_UNCONFIRMED = "identity-unconfirmed"
    AGENCY_UNCONFIRMED = "agency-unconfirmed"
    APPLICATION_DEFECTIVE = "application-defective"
    NOT_RETAINED_PERSONAL_DATA = "not-retained-personal-data"
    HARM_TO_RIGHTS = "harm-to-rights"
    HINDRANCE_TO_BUSINESS = "hindrance-to-business"
    OTHER_LAW = "other-law"


class Stage(StrEnum):
    """Where a case is, in law. Overdue is computed from `due_on`, never stored."""

    RECEIVED = "received"
    SUPPLEMENT_ASKED = "supplement-asked"
    VERIFIED = "verified"
    DECIDED = "decided"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """How a demand ended."""

    FULFILLED = "fulfilled"
    REFUSED = "refused"
    NOTHING_HELD = "nothing-held"
    SUBSTITUTED = "substituted"


class Role(StrEnum):
    """Who files the case."""

    PERSON = "person"
    PARENT = "parent"  # 親権者, the statutory agent of a minor
    GUARDIAN = "guardian"  # 成年後見人
    ENTRUSTED_AGENT = "entrusted-agent"  # 任意代理人
    LAWYER = "lawyer"  # 弁護士, an entrusted agent with a professional's papers


class Channel(StrEnum):
    """How a case may arrive. There is none for telephone or visits (P3.23)."""

    WEB_FORM = "web-form"
    MEMBER_PAGE = "member-page"
    API = "api"
    POST = "post"  # keyed in by staff from paper


class AnswerMethod(StrEnum):
    """The person chooses (Act 33(2), Rule 30; P3.24)."""

    PAPER = "paper"
    ELECTRONIC = "electronic"


class ProofKind(StrEnum):
    """The papers that can be handed in (appi-reference 6.4)."""

    DRIVING_LICENCE = "driving-licence"
    MY_NUMBER_CARD_FRONT = "my-number-card-front"
    PASSPORT = "passport"
    RESIDENCE_CARD = "residence-card"
    ELIGIBILITY_CERTIFICATE = "eligibility-certificate"  # 資格確認書
    PENSION_DOCUMENT = "pension-document"
    RESIDENT_RECORD = "resident-record"  # 住民票
    ADDRESS_HISTORY = "address-history"  # 戸籍の附票
    SEAL_CERTIFICATE = "seal-certificate"  # 印鑑登録証明書
    FAMILY_REGISTER = "family-register"  # 戸籍謄抄本
    GUARDIANSHIP_CERTIFICATE = "guardianship-certificate"  # 登記事項証明書
    POWER_OF_ATTORNEY = "power-of-attorney"  # 委任状
    LAWYER_IDENTIFICATION = "lawyer-identification"  # 弁護士の身分証明書

    @property
    def shows_address(self) -> bool:
        """Whether the paper shows where its holder lives; passports since 2020 do not."""
        return self not in _WITHOUT_ADDRESS


_WITHOUT_ADDRESS = frozenset(
    {ProofKind.PASSPORT, ProofKind.PENSION_DOCUMENT, ProofKind.LAWYER_IDENTIFICATION}
)


class ProofOf(StrEnum):
    """Whom or what a paper proves."""

    PERSON = "person"
    AGENT = "agent"
    AUTHORITY = "authority"


class NeedState(StrEnum):
    """How far a thing that has to be proved has come: one state for lists, forms and letters."""

    LACKING = "lacking"  # 不足: nothing came that would do, or what came does not hold
    UNREAD = "unread"  # 届いている・未確認: it came, and nobody has read it yet
    READ = "read"  # 確認済み


class DispatchKind(StrEnum):
    """How an answer leaves. Its destination is the verified address; there is no free field."""

    SIMPLIFIED_REGISTERED_MAIL = "simplified-registered-mail"  # 簡易書留
    ADDRESSEE_ONLY_MAIL = "addressee-only-mail"  # 本人限定受取郵便
    DOWNLOAD = "download"


class PostedState(StrEnum):
    """How far a code has come that went by registered post to the address on file."""

    MADE = "made"  # 作成済み: the letter lies here
    SENT = "sent"  # 発送済み
    ENTERED = "entered"  # 入力済み: whoever asks receives post at the registered address
    EXPIRED = "expired"  # 期限切れ
    SPENT = "spent"  # 回数超過: as many wrong codes came as are allowed


class MailResult(StrEnum):
    """How the handing over of a mail ended; none where nobody knows."""

    SENT = "sent"  # 受付済み, by the company's mail server
    FAILED = "failed"  # 送信できず


class MailedState(StrEnum):
    """How far a code has come that went to the registered mail address."""

    SENT = "sent"  # 送信済み
    UNCERTAIN = "uncertain"  # 結果不明: it may have come, and is not sent again by itself
    FAILED = "failed"  # 送信できず
    ENTERED = "entered"  # 入力済み: whoever asks reads the registered mail
    EXPIRED = "expired"  # 期限切れ
    SPENT = "spent"  # 回数超過


class TellingWay(StrEnum):
    """How a person is told at the registered contact that an agent asks (P3.11)."""

    REGISTERED_MAIL = "registered-mail"  # 書留郵便
    ORDINARY_MAIL = "ordinary-mail"  # 普通郵便
    ELECTRONIC_MAIL = "electronic-mail"  # 電子メール, to the registered address of it


class Work(StrEnum):
    """What the machine is doing with a decided case; shown beside the stage, never in it."""

    NOT_STARTED = "not-started"
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"  # a store cannot be reached: nothing is answered
    READY = "ready"  # the answer is composed and rendered


class Target(StrEnum):
    """What a demand may name instead of items. Everything is a valid target: nobody may be made to narrow it (appi-reference 6.3)."""

    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDetails:
    """A person as given on a form or transcribed from a paper; empty where not given."""

    family_name: str = ""
    given_name: str = ""
    family_name_kana: str = ""
    given_name_kana: str = ""
    birth_date: str = ""  # as written; `identity.birth` reads it
    postal_code: str = ""
    address: str = ""
    building: str = ""
    email: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        """Family and given name with one space, in the Japanese order."""
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def full_address(self) -> str:
        """Address and building in one line."""
        return f"{self.address} {self.building}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One thing asked for. `items` are categories of the data map, or `("all",)`."""

    kind: DemandKind
    items: tuple[str, ...]
    before: str | None = None  # P3.9: a correction states before and after
    after: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A form as it came in, in the values that an action takes."""

    role: Role
    channel: Channel
    person: PersonalDetails
    agent: PersonalDetails | None = None
    demands: tuple[Demand, ...]
    answer_method: AnswerMethod = AnswerMethod.PAPER
    policy_version: str  # which published policy was shown beside the form (P3.25)
    purpose_codes: tuple[str, ...] = ("PU08",)
    language: str = "ja"
    member_ref: str | None = None  # the member's key where the login is the proof
    one_time_key: str = ""  # makes a double click one case


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofGroup:
    """One thing to be proved: any of `one_of`, or two different ones of `two_of`."""

    of: ProofOf
    one_of: tuple[ProofKind, ...]
    two_of: tuple[ProofKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing to be proved in a case, and how far it has come."""

    group: ProofGroup
    state: NeedState
    missing: str  # the code of the open point while it is lacking


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """An uploaded paper: what it is and where its sealed bytes lie. Never the bytes."""

    id: str
    kind: ProofKind
    of: ProofOf
    media_type: str
    size: int  # bytes
    digest: str  # keyed
    received_at: datetime
    finding: "Finding | None" = None
    kept: bool = True  # False once its bytes were erased by schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a named member of staff read on a paper."""

    by: StaffId
    at: datetime
    details: PersonalDetails  # of the person or agent, as printed
    former_address: str = ""  # for movers: an earlier address on the same paper
    principal_name: str = ""  # on a power of attorney: who entrusts
    agent_name: str = ""  # on a power of attorney: who is entrusted
    issued_on: date | None = None
    expires_on: date | None = None
    scope: tuple[DemandKind, ...] = ()  # on a power of attorney
    genuine: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One record that is this person: which table holds it and its key there."""

    store: str
    table: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one chosen record says of the person, and nothing of any other record."""

    subject: Subject
    registered: PersonalDetails
    former_addresses: tuple[str, ...] = ()  # newest first
    changes: tuple[ContactChange, ...] = ()  # of its contacts, as far as anybody knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the person is in the company's stores: kept sealed with the case, erased last.

    INVARIANT: records are never folded into one person before they are compared; two of a
    household would pass for one.
    """

    subjects: tuple[Subject, ...]
    keys: tuple[tuple[str, tuple[str, ...]], ...]  # kind of key, the person's keys
    records: tuple[Record, ...] = ()
    later: tuple[tuple[str, tuple[str, ...]], ...] = ()  # keys that the same records took on since
    marked: tuple[str, ...] = ()  # tables (`store/table`) in which the company marks protection

    @property
    def ring(self) -> dict[str, tuple[str, ...]]:
        """Return every key of the person: those that were approved, and what they became since."""
        kinds = dict.fromkeys(kind for kind, _ in (*self.keys, *self.later))
        known, later = dict(self.keys), dict(self.later)
        return {
            kind: tuple(dict.fromkeys((*known.get(kind, ()), *later.get(kind, ()))))
            for kind in kinds
        }

    @property
    def registered(self) -> PersonalDetails:
        """Return the details of the record that says most, for screens and letters."""
        details = [each.registered for each in self.records]
        full = [each for each in details if each.address and each.birth_date]
        return next(iter((*full, *details)), PersonalDetails())

    @property
    def former_addresses(self) -> tuple[str, ...]:
        """Return every former address that a record knows, for screens."""
        found = (old for record in self.records for old in record.former_addresses)
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedCode:
    """A one-time code that went to the registered address; never the code itself.

    Only the newest of a case counts. Its address and records are kept with it: what it proves,
    it proves of them and of no others.
    """

    number: int  # 1 for a case's first
    made_at: datetime
    by: StaffId
    subjects: tuple[Subject, ...]
    address: str  # as registered then
    sent_at: datetime | None = None
    sent_by: StaffId | None = None
    dispatch: "DispatchKind | None" = None
    tracking_number: str = ""
    entered_at: datetime | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MailedCode:
    """A one-time code that went to the registered mail address; never the code itself."""

    number: int
    made_at: datetime
    subjects: tuple[Subject, ...]
    email: str  # as registered then
    result: MailResult | None = None  # None: the process ended before it was known
    entered_at: datetime | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """That the person was told at a registered contact, how, and who says so."""

    way: TellingWay
    tracking_number: str = ""
    at: datetime
    by: StaffId
    safely: bool = False  # at the safe contact of a protected person, and nowhere else
    of: tuple[ContactChange, ...] = ()  # where it is changes that were told


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A gap that the requester can repair; it leads to a request for supplement, not to refusal."""

    code: str  # stable: `power-of-attorney-missing`
    ground: RefusalGround


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """A cure request: what is missing, asked when and by whom, until when."""

    defects: tuple[str, ...]
    message: str
    asked_at: datetime
    by: StaffId
    due_on: date
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a human weighed: grounds 5 to 7, or a ground that could not be cured."""

    ground: RefusalGround | None = None
    reason: str = ""
    law: str = ""  # for OTHER_LAW: which law and article


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPlace:
    """A table of a plan as it was decided on: what would be touched, never of whom."""

    store: str
    table: str
    columns: tuple[str, ...]
    digest: str  # keyed, over the place with the person's keys

    @property
    def ref(self) -> str:
        """The place as the data map names it: `shop/members`."""
        return f"{self.store}/{self.table}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """What is different from the plan that was decided on, by references of the data map."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    wider: tuple[str, ...] = ()  # columns that came
    narrower: tuple[str, ...] = ()  # columns that went
    other_records: tuple[str, ...] = ()  # the same columns of other records
    known: bool = True  # False where the old places were not kept
    hindered: str = ""  # the code of what keeps it from being carried out as it was decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a plan would do in one table, counted before anything is touched."""

    store: str
    table: str
    rows: int  # rows that would go, or be written
    held: int = 0  # rows that a law keeps for now
    referred: int = 0  # rows that stay without their data, since another row refers to them
    release_on: date | None = None  # the first day on which the last held row may go

    @property
    def ref(self) -> str:
        """The place as the data map names it: `shop/members`."""
        return f"{self.store}/{self.table}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The decision on one demand: a value, whether granted or refused."""

    outcome: Outcome
    grounds: tuple[RefusalGround, ...] = ()
    reason: str = ""
    law: str = ""
    by: StaffId
    at: datetime
    approved_by: StaffId | None = None
    approved_at: datetime | None = None
    plan_digest: str = ""  # what the approver saw; another plan needs another approval
    places: tuple[PlannedPlace, ...] = ()  # the plan's, so that a change can be told in words
    expected: tuple[Expected, ...] = ()  # what the plan would do, counted when it was decided on


PROVISION_RECORDS = "provision-records"
"""The place in which receipts note what was read of the product's own provision records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationReceipt:
    """What was done in one table: counts and a digest, never values."""

    store: str
    table: str
    rows: int
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a demand did in one table, proven by an independent look. Counts, never values."""

    store: str
    table: str
    wave: int  # 0; 1 and more after a hold has ended
    erased: int = 0  # rows that went
    written: int = 0  # rows in which columns were written or emptied
    held: int = 0
    referred: int = 0
    withheld: int = 0  # rows under a shared key that carry another's name: not touched
    holds: tuple[str, ...] = ()  # codes of the laws that keep the held rows
    release_on: date | None = None  # None with held rows: until the hold is lifted
    level: str = ""  # E1, E2; empty where nothing was erased
    backups_until: date | None = None  # E3: when the last backup has run out
    at: datetime

    @property
    def ref(self) -> str:
        """The place as the data map names it: `shop/members`."""
        return f"{self.store}/{self.table}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandState:
    """A demand with what has become of it."""

    id: DemandId
    demand: Demand
    decision: Decision | None = None

    @property
    def decided(self) -> bool:
        """Whether the decision stands: made, and approved by a second person."""
        return self.decision is not None and self.decision.approved_by is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """A line of a case's history, for screens; the proof is the ledger's."""

    index: int
    kind: str
    by: StaffId
    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A form and all that became of it; a value read from rows."""

    id: CaseId
    stage: Stage
    filing: Filing
    received_at: datetime
    complete_at: datetime | None  # when the papers were complete
    due_on: date
    demands: tuple[DemandState, ...]
    proofs: tuple[Proof, ...] = ()
    supplements: tuple[Supplement, ...] = ()
    identity: Identity | None = None  # None until staff (or a login) have identified the person
    posted: PostedCode | None = None  # the newest code by registered post
    mailed: MailedCode | None = None  # the newest code by mail
    told: Told | None = None  # the person, of a request by an agent
    told_of_change: Told | None = None  # the earlier contact, of a change a short time ago
    work: Work = Work.NOT_STARTED
    work_note: str = ""  # a code such as `store-unreachable:mailing`
    tries: int = 0  # how often a worker took the case
    failures: int = 0  # how often in a row it failed
    hand_written: str = ""  # characters that a person writes into the letters
    verified_by: StaffId | None = None
    answered_at: datetime | None = None
    dispatch: DispatchKind | None = None
    tracking_number: str = ""
    version: int = 0  # compare-and-set


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """The company's own periods and sizes, from its settings (`mamoru.toml`, limits)."""

    acknowledge_open_days: int
    decide_days: int
    cure_days: int
    upload_bytes: int
    uploads_per_case: int
    papers_days: int  # how long papers are kept after their case closed
    cooling_days: int  # how long the earlier contact counts after a change
    code_attempts: int
