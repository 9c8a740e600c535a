"""The published policy as values, for the public page and for tracing: no HTML here (P0.2).

Every line shown carries the promises it makes, so that nothing stands on the page unbound.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from mamoru.policy.document import Policy
from mamoru.policy.parts import PageSection, Representative, Retention
from mamoru.policy.terms import Language, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One piece of text with the promises it makes; `clause` is empty for headings and facts."""

    text: str
    promises: tuple[str, ...]
    clause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A labelled value, such as the company's address."""

    label: str
    value: str
    promises: tuple[str, ...]
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands under it, in reading order: paragraphs, bullets, notes, closing, facts."""

    id: str
    level: int
    heading: str
    promises: tuple[str, ...]
    paragraphs: tuple[tuple[Line, ...], ...]
    bullets: tuple[Line, ...]
    notes: tuple[Line, ...]
    closing: tuple[tuple[Line, ...], ...]
    signature: tuple[str, ...]
    facts: tuple[Fact, ...]


def sections(policy: Policy, language: Language | str = Language.JA) -> tuple[Section, ...]:
    """Return the published policy in `language` (ja or en; ValueError for another)."""
    chosen = Language(language)
    return tuple(_section(policy, part, chosen) for part in policy.page)


def text(policy: Policy, language: Language | str = Language.JA) -> str:
    """Return the whole policy as plain text, as a person would copy it from the page."""
    return "\n\n".join("\n".join(_plain(part)) for part in sections(policy, language)) + "\n"


def long_day(day: date, language: Language) -> str:
    """Return 2026年4月1日, or 1 April 2026."""
    if language is Language.JA:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def _section(policy: Policy, part: PageSection, language: Language) -> Section:
    def line(id: str) -> Line:  # noqa: A002 - the key in the file
        clause = policy.clause(id)
        return Line(text=clause.in_(language), promises=clause.promises, clause=id)

    return Section(
        id=part.id,
        level=part.level,
        heading=part.heading.in_(language),
        promises=part.promises,
        paragraphs=tuple(tuple(map(line, ids)) for ids in part.paragraphs),
        bullets=tuple(map(line, part.bullets)),
        notes=tuple(map(line, part.notes)),
        closing=tuple(tuple(map(line, ids)) for ids in part.closing),
        signature=signature(policy, language) if part.shows is Shown.SIGNATURE else (),
        facts=tuple(_facts(policy, part.shows, language)),
    )


def signature(policy: Policy, language: Language) -> tuple[str, ...]:
    """Return the dates, the company and its representative, one a line."""
    japanese = language is Language.JA
    lines = []
    if policy.established_on is not None and policy.established_on != policy.effective_from:
        day = long_day(policy.established_on, language)
        lines.append(f"{day} 制定" if japanese else f"Established {day}")
        day = long_day(policy.effective_from, language)
        lines.append(f"{day} 改定" if japanese else f"Revised {day}")
    else:
        day = long_day(policy.effective_from, language)
        lines.append(f"{day} 制定" if japanese else f"Established {day}")
    lines.append(policy.company.name.in_(language))
    if policy.company.representative is not None:
        lines.append(_person(policy.company.representative, language))
    return tuple(lines)


def _person(who: Representative, language: Language) -> str:
    name, title = who.name.in_(language), who.title.in_(language)
    return f"{title} {name}" if language is Language.JA else f"{name}, {title}"


def _facts(policy: Policy, shows: Shown | None, language: Language) -> Iterator[Fact]:
    if shows is Shown.COMPANY:
        yield from _company_facts(policy, language)
    elif shows is Shown.DESK:
        yield from _desk_facts(policy, language)
    elif shows is Shown.RETENTION:
        for purpose in policy.purposes:
            if purpose.retention is not None:
                label = purpose.title.in_(language)
                period = retention_words(purpose.retention, language)
                yield Fact(label=label, value=period, promises=("P1.7",))


def _company_facts(policy: Policy, language: Language) -> Iterator[Fact]:
    company, japanese = policy.company, language is Language.JA

    def fact(ja: str, en: str, value: str, promise: str = "P0.2") -> Fact:
        return Fact(label=ja if japanese else en, value=value, promises=(promise,))

    yield fact("名称", "Name", company.name.in_(language))
    if company.address is not None:
        mark = "〒" if japanese else ""
        code = f"{mark}{company.postal_code} " if company.postal_code else ""
        yield fact("住所", "Address", code + company.address.in_(language))
    if company.representative is not None:
        who = company.representative
        yield fact("代表者", "Representative", _person(who, language))
    if company.accredited_body is not None:
        body = company.accredited_body
        name = f"{body.name.in_(language)} ({body.contact.in_(language)})"
        yield fact("認定個人情報保護団体", "Accredited body", name, "P1.13")


def _desk_facts(policy: Policy, language: Language) -> Iterator[Fact]:
    desk, japanese = policy.requests.desk, language is Language.JA
    if desk is None:
        return

    def fact(ja: str, en: str, value: str, *more: str) -> Fact:
        return Fact(label=ja if japanese else en, value=value, promises=("P1.13", *more))

    yield fact("窓口", "Desk", desk.title.in_(language))
    form = fact("お問い合わせフォーム", "Inquiry form", desk.form, "P3.21")
    yield replace(form, link=desk.form)
    if desk.mail is not None:
        yield fact("電子メール", "Mail", desk.mail)
    if desk.postal is not None:
        yield fact("郵送先", "Post", desk.postal.in_(language), "P3.23")


def retention_words(retention: Retention, language: Language | str) -> str:
    """Return 退会から12か月, or 12 months after leaving the service."""
    after, months = retention.after.in_(language), retention.months
    if Language(language) is Language.JA:
        law = f"（{retention.law.ja}による）" if retention.law is not None else ""
        return (f"{after}から{months}か月" if months else f"{after}まで") + law
    law = f" ({retention.law.en})" if retention.law is not None else ""
    plural = "" if months == 1 else "s"
    return (f"{months} month{plural} after {after}" if months else f"until {after}") + law


def _plain(part: Section) -> Iterator[str]:
    yield part.heading
    for paragraph in part.paragraphs:
        yield from ("", _joined(paragraph))
    if part.bullets:
        yield ""
        yield from (f"・{line.text}" for line in part.bullets)
    for note in part.notes:
        yield from ("", f"※{note.text}")
    for paragraph in part.closing:
        yield from ("", _joined(paragraph))
    if part.signature:
        yield ""
        yield from part.signature
    if part.facts:
        yield ""
        yield from (f"・{fact.label}: {fact.value}" for fact in part.facts)


def _joined(lines: tuple[Line, ...]) -> str:
    ascii_end = all(line.text.isascii() for line in lines)
    return (" " if ascii_end else "").join(line.text for line in lines)


def bound_lines(policy: Policy, language: Language | str = Language.JA) -> Iterator[Line]:
    """Yield every line of the page with its promises: headings, sentences, signature and facts."""
    for part in sections(policy, language):
        yield Line(text=part.heading, promises=part.promises)
        for group in (*part.paragraphs, part.bullets, part.notes, *part.closing):
            yield from group
        yield from (Line(text=line, promises=("P0.2",)) for line in part.signature)
        for fact in part.facts:
            yield Line(text=f"{fact.label}: {fact.value}", promises=fact.promises)
