"""The parts of `policy.yaml`: what each may hold, in words that the schema shows to editors."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from mamoru.policy.terms import (
    CategoryKind,
    Choice,
    ClosedChannel,
    Form,
    Language,
    MeasureClass,
    Method,
    ProvisionBasis,
    PurposeBasis,
    RecipientKind,
    Shown,
    Way,
)

REQUEST_PAPER = "request-paper"
"""The category of papers handed in with a request; only PU08 may ever touch it (P3.25)."""
ANSWERING = "PU08"
"""The purpose of answering opinions, inquiries and requests."""

DEMAND_KINDS = (
    "notice-of-purpose",
    "disclosure",
    "disclosure-of-provision-records",
    "correction",
    "addition",
    "deletion",
    "cease-use",
    "erasure",
    "cease-provision",
)
GROUNDS = (
    "identity-unconfirmed",
    "agency-unconfirmed",
    "application-defective",
    "not-retained-personal-data",
    "harm-to-rights",
    "hindrance-to-business",
    "other-law",
)


def _begins_with_a_day(version: str) -> str:
    """Return a version whose first ten characters are a day of the calendar; ValueError else."""
    try:
        date.fromisoformat(version[:10])
    except ValueError:
        raise ValueError(f"`{version}` begins with no day; write it as 2026-04-01") from None
    return version


class Part(BaseModel):
    """A part of the file: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_LINE = r"^\S(.*\S)?$"
_NAME = r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*$"
_PROMISE = r"^P[0-3]\.[1-9][0-9]?$"
_PURPOSE = r"^PU[0-9]{2}(\.[a-z])?$"
_VERSION = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[1-9][0-9]?)?$"
_ADDRESS = r"^(/|https?://[^\s/]+)[^\s]*$"
_MAILBOX = r"^[^\s@<>]+@[^\s@<>]+$"
_COUNTRY = r"^[A-Z]{2}$"

FORMS: Mapping[str, str] = {
    _LINE: "write one line of text, with no blank before or after it",
    _NAME: "write it in small letters and digits, as `freight-partner` or `safety.people`",
    _PROMISE: "write the id of a promise, P0.1 to P3.26",
    _PURPOSE: "write it as PU01, or PU01.a for a part of it",
    _VERSION: "write a day as 2026-04-01; a second text of that day is 2026-04-01.1",
    _ADDRESS: "write a path that begins with /, or an address that begins with https://",
    _MAILBOX: "write a mail address, as privacy@example.jp",
    _COUNTRY: "write the two capital letters of ISO 3166, as JP",
}
"""What to write where a text does not have the form that its pattern asks for."""

Line = Annotated[str, StringConstraints(min_length=1, pattern=_LINE)]
"""One line of text without blanks at its ends."""
Name = Annotated[str, StringConstraints(pattern=_NAME)]
"""An id in small letters: `freight-partner`, `safety.people`."""
PromiseId = Annotated[str, StringConstraints(pattern=_PROMISE)]
PurposeId = Annotated[str, StringConstraints(pattern=_PURPOSE)]
Version = Annotated[str, StringConstraints(pattern=_VERSION), AfterValidator(_begins_with_a_day)]
Address = Annotated[str, StringConstraints(pattern=_ADDRESS)]
"""A path of this site, or a URL that a browser opens as a page."""
Mailbox = Annotated[str, StringConstraints(pattern=_MAILBOX)]
Country = Annotated[str, StringConstraints(pattern=_COUNTRY)]


PaperKind = Literal[
    "driving-licence",
    "my-number-card-front",
    "passport",
    "residence-card",
    "eligibility-certificate",
    "pension-document",
    "resident-record",
    "address-history",
    "seal-certificate",
    "family-register",
    "guardianship-certificate",
    "power-of-attorney",
    "lawyer-identification",
]
FilingRole = Literal["person", "parent", "guardian", "entrusted-agent", "lawyer"]


class Text(Part):
    """Words in Japanese, which bind, and in English, which help."""

    ja: Line = Field(description="日本語")
    en: Line = Field(description="English")

    def in_(self, language: Language | str) -> str:
        """Return the words in `language`."""
        return self.en if language == Language.EN else self.ja


class Clause(Text):
    """A published sentence and the promises that it makes."""

    id: Name = Field(description="what other parts call this sentence")
    promises: tuple[PromiseId, ...] = Field(
        min_length=1, description="ids P0.1 to P3.26 of the promises that the sentence makes"
    )


class Representative(Part):
    """Who stands for the company (Act 32(1)(i))."""

    title: Text = Field(description="役職")
    name: Text = Field(description="氏名")
    confirmed_on: date | None = Field(
        default=None, description="the day on which someone last checked that this is current"
    )


class AccreditedBody(Part):
    """The accredited personal information protection body (Act 32(1)(iv), Order 10(iii))."""

    name: Text = Field(description="認定個人情報保護団体の名称")
    contact: Text = Field(description="苦情の解決の申出先")


class Company(Part):
    """Who promises (Act 32(1)(i))."""

    name: Text = Field(description="商号")
    postal_code: Line | None = Field(default=None, description="郵便番号")
    address: Text | None = Field(default=None, description="住所 (Act 32(1)(i))")
    representative: Representative | None = Field(default=None, description="代表者")
    accredited_body: AccreditedBody | None = Field(
        default=None, description="the accredited body, or null when there is none"
    )


class Retention(Part):
    """How long data kept for a purpose lives on after the purpose is served (Act 22)."""

    months: int = Field(ge=0, le=1200, description="months after the event")
    after: Text = Field(description="the event from which the months are counted")
    law: Text | None = Field(default=None, description="the law that asks for it, if one does")


class Purpose(Part):
    """A purpose of use (Act 17). `PU01.a` is a part of `PU01` and is granted by itself."""

    id: PurposeId = Field(description="PU01 to PU10, parts as PU01.a")
    title: Text = Field(description="a short name for screens")
    clause: Name = Field(description="the sentence that states it")
    basis: PurposeBasis = Field(default=PurposeBasis.STATED, description="what it rests on")
    law: Text | None = Field(
        default=None, description="the law and article that demand it, where it rests on a law"
    )
    needs: Choice = Field(
        default=Choice.NONE, description="what the person's own word must say beforehand"
    )
    retention: Retention | None = Field(default=None, description="how long after its end")
    analysis: Line | None = Field(
        default=None, description="the project register that states each analysis (P2.6)"
    )

    @property
    def parent(self) -> str | None:
        """The purpose of which this is a part, if any."""
        head, dot, _ = self.id.partition(".")
        return head if dot else None


class Category(Part):
    """A kind of data; the data map says which columns carry it."""

    id: Name = Field(description="what datamap.yaml calls it")
    title: Text = Field(description="a short name for screens and letters")
    kind: CategoryKind = Field(default=CategoryKind.PERSONAL, description="Act 2")
    special: bool = Field(default=False, description="要配慮個人情報 (Act 2(3))")
    id_code: bool = Field(default=False, description="個人識別符号 (Act 2(2))")
    contactable: bool = Field(default=False, description="whether a person is reached by it")


class Recipient(Part):
    """Who may see data; outside the company each is named (P2.13, P2.16)."""

    id: Name = Field(description="what grants call it")
    kind: RecipientKind = Field(description="Act 27, 28")
    title: Text = Field(description="its name")
    clause: Name = Field(description="the sentence that rests on")
    basis: ProvisionBasis | None = Field(default=None, description="the ground of Act 27 or 28")
    country: Country = Field(default="JP", description="ISO 3166 code of where it handles the data")
    contract: Line | None = Field(default=None, description="the number of its contract")


class Grant(Part):
    """Purpose × categories × recipients × form. What is not granted is refused."""

    purpose: PurposeId = Field(description="for what")
    categories: tuple[Name, ...] = Field(min_length=1, description="which data")
    recipients: tuple[Name, ...] = Field(default=("internal",), min_length=1, description="to whom")
    form: Form = Field(default=Form.CLEAR, description="how it is seen")
    minimum: int | None = Field(
        default=None, ge=2, le=1_000_000, description="for `aggregate`: the smallest group shown"
    )
    clause: Name | None = Field(
        default=None, description="the sentence it rests on; by default the purpose's"
    )


class Service(Part):
    """A service whose own terms bind its data (P2.11)."""

    id: Name = Field(description="what the data map calls it")
    title: Text = Field(description="its name")
    terms_version: Line = Field(description="the version of its terms of use")
    purposes: tuple[PurposeId, ...] = Field(min_length=1, description="the purposes its terms name")


class Measure(Part):
    """A security control measure that people can read about (Act 32(1)(iv), Order 10(i))."""

    kind: MeasureClass = Field(description="its class in the guideline")
    clause: Name = Field(description="the sentence that describes it")


class ForeignCountry(Part):
    """A country where data is handled (guideline 10-7; Act 28)."""

    code: Country = Field(description="ISO 3166 code")
    name: Text = Field(description="its name")
    system: Name = Field(description="the sentence on that country's system")
    measures: Name = Field(description="the sentence on the measures taken")
    reviewed_on: date = Field(description="when its system was last looked at")


class JointUse(Part):
    """The matters of joint use (Act 27(5)(iii))."""

    items: Name = Field(description="the sentence naming the fact and the items")
    users: Name = Field(description="the sentence naming the range of joint users")
    purpose: Name = Field(description="the sentence naming their purposes")
    responsible: Name = Field(description="the sentence naming who is responsible, with address")


class OptOut(Part):
    """Provision by opt-out (Act 27(2)); it counts only when filed with the PPC."""

    matters: Name = Field(description="the sentence with the nine matters")
    filed_on: date | None = Field(default=None, description="when it was filed with the PPC")


class RequestKind(Part):
    """A kind of demand that is taken (P3.2 to P3.7)."""

    kind: Line = Field(
        description="one of the nine kinds", json_schema_extra={"enum": [*DEMAND_KINDS]}
    )
    title: Text = Field(description="its name on forms and letters")
    clause: Name = Field(description="the sentence that offers it")


class Ground(Part):
    """A ground on which a demand may be refused, and for which kinds (P3.10 to P3.16)."""

    ground: Line = Field(
        description="one of the seven grounds", json_schema_extra={"enum": [*GROUNDS]}
    )
    title: Text = Field(description="its name on screens and letters")
    clause: Name = Field(description="the sentence that reserves it")
    kinds: tuple[Line, ...] | None = Field(
        default=None, description="the kinds it is limited to; without the key, every kind"
    )


class WayIn(Part):
    """One way of asking (P3.18, P3.21)."""

    id: Way = Field(description="which way")
    clause: Name = Field(description="the sentence that offers it")


class Fee(Part):
    """What a request costs (Act 38): only for notice of purposes and disclosure."""

    yen: int = Field(ge=0, le=100_000, description="0 means free")
    kinds: tuple[Line, ...] = Field(default=(), description="the kinds that cost it")
    clause: Name = Field(description="the sentence that says so")


class ClosedChannels(Part):
    """The channels not offered, and the help for whom that shuts out (P3.23)."""

    channels: tuple[ClosedChannel, ...] = Field(min_length=1, description="what is not offered")
    clause: Name = Field(description="the sentence that says so")
    assisted: Name = Field(description="the sentence on help for people who cannot use the form")


class Desk(Part):
    """Where complaints, consultations and requests arrive (Order 10(ii); P1.13)."""

    title: Text = Field(description="its name")
    form: Address = Field(description="the path or URL of the inquiry form")
    mail: Mailbox | None = Field(default=None, description="a mail address, if one is offered")
    postal: Text | None = Field(default=None, description="the address for paper")
    clause: Name = Field(description="the sentence that names it")


class Papers(Part):
    """Which papers are taken as proof, within what the law lets us ask (Act 37(4); P3.22)."""

    issued_within_months: int = Field(
        default=3, ge=1, le=12, description="how old an issued paper may be"
    )
    issued_within: dict[PaperKind, Annotated[int, Field(ge=1, le=12)]] = Field(
        default_factory=dict, description="another age for a kind of paper, in months"
    )
    not_accepted: dict[FilingRole, tuple[PaperKind, ...]] = Field(
        default_factory=dict, description="by who asks: the kinds of paper that are not taken"
    )
    erased_within_days: int | None = Field(
        default=None,
        ge=0,
        le=365,
        description="days after the matter is closed within which copies are erased (P3.25)",
    )
    expiry_stated: bool = Field(
        default=False, description="a licence, passport or residence card needs its day of expiry"
    )


class Requests(Part):
    """Part 3: what may be asked, how, and when it may be refused."""

    kinds: tuple[RequestKind, ...] = Field(min_length=1, description="what may be asked for")
    grounds: tuple[Ground, ...] = Field(description="on what grounds it may be refused")
    ways: tuple[WayIn, ...] = Field(min_length=1, description="how to ask")
    target: Name = Field(description="the sentence on naming the items (P3.8)")
    before_after: Name = Field(description="the sentence on before and after (P3.9)")
    withdrawal: Name = Field(description="the sentence on leaving at any time (P3.20)")
    documents: Name = Field(description="the sentence on papers and steps (P3.22)")
    papers: Papers = Field(default=Papers(), description="which papers are taken, and how new")
    methods: tuple[Method, ...] = Field(min_length=1, description="how answers are given")
    answer_within_days: int | None = Field(
        default=None, ge=1, le=60, description="the days after which we call ourselves late"
    )
    fee: Fee | None = Field(default=None, description="what it costs")
    not_offered: ClosedChannels | None = Field(default=None, description="closed channels")
    desk: Desk | None = Field(default=None, description="the contact desk")
    foreign_information: Name | None = Field(
        default=None, description="the sentence on information under Act 28(3)"
    )
    purposes: tuple[PurposeId, ...] = Field(
        min_length=1, description="what data obtained through requests is used for (P3.25)"
    )
    purposes_clause: Name = Field(description="the sentence that says so")


class PageSection(Part):
    """A part of the published page: sentences by their ids, in reading order."""

    id: Name = Field(description="its anchor on the page")
    level: int = Field(ge=1, le=4, description="1 for the title, 2 for parts, 3 for chapters")
    heading: Text = Field(description="its heading")
    promises: tuple[PromiseId, ...] = Field(
        min_length=1, description="the promises that stand under the heading"
    )
    paragraphs: tuple[tuple[Name, ...], ...] = Field(
        default=(), description="sentences a paragraph"
    )
    bullets: tuple[Name, ...] = Field(default=(), description="a list after the paragraphs")
    notes: tuple[Name, ...] = Field(default=(), description="notes (※) after the list")
    closing: tuple[tuple[Name, ...], ...] = Field(default=(), description="paragraphs at the end")
    shows: Shown | None = Field(default=None, description="facts of this file shown at the end")
