"""The privacy policy as data: `policy.yaml`, read, checked and frozen (P0.2).

The file is the authority. The published page, the gate's tables and the case rules follow from it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mamoru.kit.errors import MamoruError
from mamoru.policy import promises
from mamoru.policy.source import KeyPath, Source, entries, nearest, read, read_text, validate
from mamoru.policy.terms import (
    CategoryKind,
    Choice,
    ClosedChannel,
    Form,
    Language,
    MeasureClass,
    Method,
    Problem,
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


class PolicyInvalid(MamoruError):
    """The policy file does not hold together. Every problem is in `.problems`; nothing was read."""

    code: ClassVar[str] = "policy-invalid"
    exit_code: ClassVar[int] = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems in the order of their lines."""
        self.problems: tuple[Problem, ...] = tuple(
            sorted(problems, key=lambda problem: (problem.line, problem.key, problem.message))
        )
        file = self.problems[0].file if self.problems else "policy.yaml"
        count = len(self.problems)
        super().__init__(f"`{file}` has {count} problem{'' if count == 1 else 's'}")


class Part(BaseModel):
    """A part of the file: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Line = Annotated[str, StringConstraints(min_length=1, pattern=r"^\S(.*\S)?$")]
"""One line of text without blanks at its ends."""
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*$")]
"""An id in small letters: `freight-partner`, `safety.people`."""
PromiseId = Annotated[str, StringConstraints(pattern=r"^P[0-3]\.[1-9][0-9]?$")]
PurposeId = Annotated[str, StringConstraints(pattern=r"^PU[0-9]{2}(\.[a-z])?$")]
Version = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[1-9][0-9]?)?$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


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
        default=None, ge=2, description="for `aggregate`: the smallest group shown"
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

    yen: int = Field(ge=0, description="0 means free")
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
    form: Line = Field(description="the path or URL of the inquiry form")
    mail: Line | None = Field(default=None, description="a mail address, if one is offered")
    postal: Text | None = Field(default=None, description="the address for paper")
    clause: Name = Field(description="the sentence that names it")


class Requests(Part):
    """Part 3: what may be asked, how, and when it may be refused."""

    kinds: tuple[RequestKind, ...] = Field(min_length=1, description="what may be asked for")
    grounds: tuple[Ground, ...] = Field(description="on what grounds it may be refused")
    ways: tuple[WayIn, ...] = Field(min_length=1, description="how to ask")
    target: Name = Field(description="the sentence on naming the items (P3.8)")
    before_after: Name = Field(description="the sentence on before and after (P3.9)")
    withdrawal: Name = Field(description="the sentence on leaving at any time (P3.20)")
    documents: Name = Field(description="the sentence on papers and steps (P3.22)")
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


class Policy(Part):
    """A privacy policy: what is promised, to whom, and in which words."""

    version: Version = Field(description='the date of the version, e.g. "2026-04-01"')
    established_on: date | None = Field(default=None, description="when the first version began")
    published_on: date = Field(description="when this version is published")
    effective_from: date = Field(description="when this version begins to hold")
    company: Company = Field(description="who promises")
    clauses: tuple[Clause, ...] = Field(min_length=1, description="the published sentences")
    purposes: tuple[Purpose, ...] = Field(min_length=1, description="the purposes of use")
    categories: tuple[Category, ...] = Field(min_length=1, description="the kinds of data")
    recipients: tuple[Recipient, ...] = Field(min_length=1, description="who may see data")
    grants: tuple[Grant, ...] = Field(description="what is allowed; nothing else is")
    services: tuple[Service, ...] = Field(default=(), description="services with own terms")
    measures: tuple[Measure, ...] = Field(default=(), description="security measures")
    measures_on_request: Name | None = Field(
        default=None, description="the sentence offering details of measures on request"
    )
    countries: tuple[ForeignCountry, ...] | None = Field(
        default=None, description="foreign countries where data is handled; [] says there are none"
    )
    joint_use: JointUse | None = Field(
        default=None, description="joint use; null says there is none"
    )
    opt_out: OptOut | None = Field(default=None, description="opt-out; null says there is none")
    requests: Requests = Field(description="part 3, demands")
    page: tuple[PageSection, ...] = Field(min_length=1, description="the published page")

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form: the same for every layout of the same content."""
        return hashlib.sha256(canonical(self)).hexdigest()

    @property
    def codes(self) -> tuple[frozenset[str], frozenset[str]]:
        """The ids of the categories and of the purposes, which a data map may name."""
        return (
            frozenset(each.id for each in self.categories),
            frozenset(each.id for each in self.purposes),
        )

    def clause(self, id: str) -> Clause:  # noqa: A002
        """Return a clause by its id; KeyError if there is none."""
        return _by_id(self.clauses, id)

    def purpose(self, id: str) -> Purpose:  # noqa: A002
        """Return a purpose by its id; KeyError if there is none."""
        return _by_id(self.purposes, id)

    def category(self, id: str) -> Category:  # noqa: A002
        """Return a category by its id; KeyError if there is none."""
        return _by_id(self.categories, id)

    def recipient(self, id: str) -> Recipient:  # noqa: A002
        """Return a recipient by its id; KeyError if there is none."""
        return _by_id(self.recipients, id)


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


P = TypeVar("P", bound=_Identified)


def _by_id(parts: Iterable[P], wanted: str) -> P:
    for part in parts:
        if part.id == wanted:
            return part
    raise KeyError(wanted)


def canonical(policy: Policy) -> bytes:
    """Return the policy as canonical JSON: sorted keys, no blanks, UTF-8, nothing left out."""
    return json.dumps(
        policy.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def load(path: Path) -> Policy:
    """Read `policy.yaml`; PolicyInvalid, with every problem, if it does not hold together."""
    return _finish(read(path))


def parse(text: str, *, file: str = "policy.yaml") -> Policy:
    """Read the text of a `policy.yaml`; PolicyInvalid as `load`."""
    return _finish(read_text(text, file=file))


def build(values: Any, *, file: str = "policy.yaml") -> Policy:
    """Make a policy of plain values, as a program holds them; PolicyInvalid as `load`."""
    return _finish(Source(file=file, values=values))


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `policy.yaml`, for editors."""
    described = Policy.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mamoru policy.yaml",
        **{key: value for key, value in described.items() if key != "title"},
    }


def _finish(source: Source) -> Policy:
    if not isinstance(source.values, Mapping):
        if not source.problems:
            source.report((), "the file holds no keys", "start with `version:` at the left margin")
        raise PolicyInvalid(source.problems)
    policy = validate(source, Policy)
    _check_references(source)
    if source.problems or policy is None:
        raise PolicyInvalid(source.problems)
    return policy


# References are checked on the plain values, not on the model, so that a wrong
# type in one place does not hide a dangling name in another.

_CLAUSE_KEYS = frozenset(
    {
        "clause", "target", "before_after", "withdrawal", "documents", "foreign_information",
        "purposes_clause", "assisted", "system", "items", "users", "responsible", "matters",
        "measures_on_request",
    }
)  # fmt: skip


def _check_references(source: Source) -> None:
    known = {
        name: _ids(source, name)
        for name in ("clauses", "purposes", "categories", "recipients", "services", "page")
    }
    _ids(source, "countries", key="code")
    _check_clause_names(source, known["clauses"])
    _check_promises(source)
    _check_purposes(source, known["purposes"])
    _check_recipients(source)
    _check_grants(source, known)
    _check_closed_lists(source)
    _check_page(source, known["clauses"])
    _check_dates(source)


def _ids(source: Source, name: str, key: str = "id") -> set[str]:
    seen: set[str] = set()
    for path, item in entries(source.values, name):
        label = item.get(key)
        if not isinstance(label, str):
            continue
        if label in seen:
            source.report((*path, key), f"`{label}` stands twice", "give each its own id")
        seen.add(label)
    return seen


def _walk(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    yield path, value
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from _walk(child, (*path, key))
    elif isinstance(value, list):
        for at, child in enumerate(value):
            yield from _walk(child, (*path, at))


def _expect(source: Source, path: KeyPath, word: Any, known: set[str], what: str) -> None:
    if isinstance(word, str) and word not in known:
        hint = nearest(word, known) or f"add it under `{what}` or name another"
        source.report(path, f"`{word}` is not among the {what}", hint)


def _names_a_clause(path: KeyPath) -> bool:
    if path[0] == "page":
        return "paragraphs" in path or "bullets" in path or "notes" in path or "closing" in path
    if path[0] in {"clauses", "company"}:
        return False
    joint = path[0] == "joint_use" and path[-1] == "purpose"
    country = path[0] == "countries" and path[-1] == "measures"
    return joint or country or path[-1] in _CLAUSE_KEYS


def _check_clause_names(source: Source, clauses: set[str]) -> None:
    for path, word in _walk(source.values):
        if path and _names_a_clause(path):
            _expect(source, path, word, clauses, "clauses")


def _check_promises(source: Source) -> None:
    known = set(promises.PROMISES)
    for path, word in _walk(source.values):
        if len(path) > 1 and path[-2] == "promises":
            _expect(source, path, word, known, "promises")


def _check_purposes(source: Source, purposes: set[str]) -> None:
    for path, item in entries(source.values, "purposes"):
        head, dot, _ = str(item.get("id")).partition(".")
        if dot:
            _expect(source, (*path, "id"), head, purposes, "purposes")


def _check_recipients(source: Source) -> None:
    kinds = [item.get("kind") for _, item in entries(source.values, "recipients")]
    if kinds and kinds.count("internal") != 1:
        source.report(
            ("recipients",), "exactly one recipient is internal", "keep one with `kind: internal`"
        )
    for path, item in entries(source.values, "recipients"):
        kind = item.get("kind")
        outside = [known.value for known in RecipientKind if known is not RecipientKind.INTERNAL]
        if kind in outside and not item.get("basis"):
            source.report(
                path, "a recipient outside the company needs a basis", "add `basis: consent`, …"
            )
        if kind == RecipientKind.ENTRUSTEE and not item.get("contract"):
            source.report(path, "an entrustee needs its contract", "add `contract: number`")


def _check_grants(source: Source, known: Mapping[str, set[str]]) -> None:
    seen: dict[tuple[str, str, str], int] = {}
    for path, item in entries(source.values, "grants"):
        purpose = item.get("purpose")
        _expect(source, (*path, "purpose"), purpose, known["purposes"], "purposes")
        categories = _words(item.get("categories"))
        recipients = _words(item.get("recipients", ["internal"]))
        for at, word in categories:
            _expect(source, (*path, "categories", at), word, known["categories"], "categories")
        for at, word in recipients:
            _expect(source, (*path, "recipients", at), word, known["recipients"], "recipients")
        form, minimum = item.get("form"), item.get("minimum")
        if (form == Form.AGGREGATE) != (minimum is not None):
            source.report(
                (*path, "form"),
                "`aggregate` and `minimum` go together",
                "write both `form: aggregate` and `minimum: 10`, or neither",
            )
        for at, category in categories:
            if category == REQUEST_PAPER:
                source.report(
                    (*path, "categories", at),
                    f"`{REQUEST_PAPER}` cannot be granted: it is opened for {ANSWERING} only (P3.25)",
                    "remove it; the compiler adds that one grant",
                )
            for _, recipient in recipients:
                triple = (str(purpose), category, recipient)
                line = source.line((*path, "categories", at))
                if triple in seen:
                    source.report(
                        (*path, "categories", at),
                        f"`{category}` to `{recipient}` for {purpose} is granted twice "
                        f"(first on line {seen[triple]})",
                        "keep one of the two",
                    )
                seen.setdefault(triple, line)


def _words(value: Any) -> list[tuple[int, str]]:
    if not isinstance(value, list):
        return []
    return [(at, word) for at, word in enumerate(value) if isinstance(word, str)]


def _check_closed_lists(source: Source) -> None:
    requests = source.values.get("requests")
    if not isinstance(requests, Mapping):
        return
    for name, key, closed in (("kinds", "kind", DEMAND_KINDS), ("grounds", "ground", GROUNDS)):
        seen: set[str] = set()
        for (_, at), item in entries(requests, name):
            path: KeyPath = ("requests", name, at, key)
            word = item.get(key)
            _expect(source, path, word, set(closed), f"{len(closed)} {name}")
            if isinstance(word, str) and word in seen:
                source.report(path, f"`{word}` stands twice", "keep one of the two")
            seen.add(str(word))
            for position, kind in _words(item.get("kinds")):
                where: KeyPath = ("requests", name, at, "kinds", position)
                _expect(source, where, kind, set(DEMAND_KINDS), "9 kinds")
    _check_purpose_lists(source, requests)
    fee = requests.get("fee")
    if isinstance(fee, Mapping):
        for position, kind in _words(fee.get("kinds")):
            where = ("requests", "fee", "kinds", position)
            _expect(source, where, kind, set(DEMAND_KINDS), "9 kinds")


def _check_purpose_lists(source: Source, requests: Mapping[str, Any]) -> None:
    purposes = {str(item.get("id")) for _, item in entries(source.values, "purposes")}
    for position, purpose in _words(requests.get("purposes")):
        _expect(source, ("requests", "purposes", position), purpose, purposes, "purposes")
    for path, service in entries(source.values, "services"):
        for position, purpose in _words(service.get("purposes")):
            _expect(source, (*path, "purposes", position), purpose, purposes, "purposes")


def _check_page(source: Source, clauses: set[str]) -> None:
    """INVARIANT: every clause is shown exactly once; a sentence nobody reads promises nothing."""
    shown: dict[str, int] = {}
    for path, word in _walk(source.values.get("page"), ("page",)):
        if isinstance(word, str) and _names_a_clause(path):
            if word in shown:
                source.report(
                    path, f"`{word}` is shown twice (first on line {shown[word]})", "show it once"
                )
            shown.setdefault(word, source.line(path))
    for path, item in entries(source.values, "clauses"):
        label = item.get("id")
        if isinstance(label, str) and label in clauses and label not in shown and shown:
            source.report(
                path, f"`{label}` is not shown on the page", "name it under `page` or remove it"
            )


def _check_dates(source: Source) -> None:
    published = _date(source.values.get("published_on"))
    effective = _date(source.values.get("effective_from"))
    if published and effective and effective < published:
        source.report(
            ("effective_from",),
            "a version cannot hold before it is published",
            "move `effective_from` to `published_on` or later",
        )


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
