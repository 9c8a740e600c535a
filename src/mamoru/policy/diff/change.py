"""One change between two versions of a policy, and the shapes that several rules share."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from mamoru.policy import labels
from mamoru.policy.document import Policy
from mamoru.policy.terms import Language, Need

LAW_PURPOSE = "Act 17(2), 18(1), 21(3)"
LAW_KNOWN = "Act 32(1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is different for people."""

    code: str
    subject: str
    need: Need
    article: str
    ja: str
    en: str

    def words(self, language: Language | str) -> str:
        """Return the change in words, in `language`."""
        return self.en if language == Language.EN else self.ja

    def asks(self, language: Language | str) -> str:
        """Return what it asks of the company and by which article, in `language`."""
        cited = labels.citation(self.article, language)
        comma = "、" if language == Language.JA else ", "
        return comma.join(part for part in (labels.word(self.need, language), cited) if part)


Rule = Callable[[Policy, Policy], Iterator[Change]]


def pairs(
    before: Iterable[Any], after: Iterable[Any], key: str = "id"
) -> Iterator[tuple[Any, Any]]:
    """Yield what both versions have under the same key, and None where only one has it."""
    old = {getattr(part, key): part for part in before}
    new = {getattr(part, key): part for part in after}
    for name in dict.fromkeys((*new, *old)):
        yield old.get(name), new.get(name)


Weigh = Callable[[str, Any, Any], tuple[Need, str]]
"""What the change of a field asks for, and the article: name, value before, value after."""


def details(
    old: BaseModel,
    new: BaseModel,
    subject: str,
    *,
    but: Iterable[str] = (),
    need: Need = Need.PUBLICATION,
    weigh: Weigh | None = None,
) -> Iterator[Change]:
    """Yield a change for each field that differs and has no words of its own, with both values."""
    for name in type(new).model_fields:
        was, now = getattr(old, name), getattr(new, name)
        if name in set(but) or was == now:
            continue
        inner = isinstance(was, BaseModel) and isinstance(now, BaseModel)
        if inner and "ja" not in type(now).model_fields:
            yield from details(was, now, f"{subject}.{name}", need=need, weigh=weigh)
            continue
        asked, article = weigh(name, was, now) if weigh is not None else (need, LAW_KNOWN)
        yield Change(
            code="detail-changed", subject=f"{subject}.{name}", need=asked, article=article,
            ja=f"{subject} の「{labels.field(name, Language.JA)}」が変わります{_from_to(was, now, Language.JA)}。",
            en=f"{labels.field(name, Language.EN)} of {subject} changes{_from_to(was, now, Language.EN)}",
        )  # fmt: skip


def _from_to(was: object, now: object, language: Language) -> str:
    """Both values in brackets; nothing for a table, which is no sentence."""
    if isinstance(was, dict) or isinstance(now, dict):
        return ""
    values = labels.value(was, language), labels.value(now, language)
    return f"({values[0]} → {values[1]})" if language is Language.JA else f" ({values[0]} to {values[1]})"  # fmt: skip


def sentence(code: str, subject: str, ja: str, en: str) -> Change:
    """Make the change of a published sentence."""
    return Change(
        code=code, subject=subject, need=Need.PUBLICATION, article=LAW_KNOWN, ja=ja, en=en
    )


def renamed(subject: str, was: str, now: str, was_en: str, now_en: str) -> Change:
    """Make the change of a title."""
    return Change(
        code="renamed", subject=subject, need=Need.NONE, article="-",
        ja=f"{subject} の名称が「{was}」から「{now}」に変わります。",
        en=f"{subject} is renamed from \"{was_en}\" to \"{now_en}\"",
    )  # fmt: skip


Changed = Callable[[Policy, Any, Any, str], Iterator[Change]]
"""What differs in one part of a list: the new policy, the part before, after, and what it is called."""


def _plainly(_after: Policy, old: Any, new: Any, subject: str) -> Iterator[Change]:
    yield from details(old, new, subject)


def listed(
    *,
    field: str,
    key: str,
    ja: str,
    en: str,
    article: str,
    need: Need,
    going: Need = Need.PUBLICATION,
    changed: Changed = _plainly,
) -> Rule:
    """Make the rule of a list whose coming is `need` and whose going is `going`."""

    def rule(before: Policy, after: Policy) -> Iterator[Change]:
        for old, new in pairs(getattr(before, field) or (), getattr(after, field) or (), key):
            part = new if new is not None else old
            name = str(getattr(part, key))
            subject = f"{field}[{name}]"
            titles = labels.titles(part, name)
            if old is None:
                yield Change(
                    code=f"{en}-added", subject=subject, need=need, article=article,
                    ja=f"{ja}「{titles[0]}」が加わります。", en=f"the {en} \"{titles[1]}\" is added",
                )  # fmt: skip
            elif new is None:
                yield Change(
                    code=f"{en}-removed", subject=subject, need=going, article=article,
                    ja=f"{ja}「{titles[0]}」がなくなります。", en=f"the {en} \"{titles[1]}\" is removed",
                )  # fmt: skip
            else:
                yield from changed(after, old, new, subject)
        if (getattr(before, field) is None) != (getattr(after, field) is None):
            yield sentence(
                "detail-changed", field, f"{ja}について述べるかどうかが変わります。",
                f"whether anything is said of the {en} changes",
            )  # fmt: skip

    return rule


def once(field: str, ja: str, en: str, article: str, need: Need) -> Rule:
    """Make the rule of a single part: `need` when it comes, publication when it goes or changes."""

    def rule(before: Policy, after: Policy) -> Iterator[Change]:
        was, now = getattr(before, field), getattr(after, field)
        if was != now:
            came = was is None
            word, verb = ("加わります", "is added") if came else ("変わります", "changes")
            if now is None:
                word, verb = "なくなります", "is removed"
            yield Change(
                code=f"{field.replace('_', '-')}-changed", subject=field,
                need=need if now is not None else Need.PUBLICATION, article=article,
                ja=f"{ja}が{word}。", en=f"{en} {verb}",
            )  # fmt: skip

    return rule


def kept(
    code: str, ja: str, was: Any, now: Any, key: str, *, but: Iterable[str] = (), right: str = ""
) -> Iterator[Change]:
    """Yield the coming, going or changing of one part of the requests.

    `right`: the article that gives people this part whether or not a policy names it.
    """
    part = now if now is not None else was
    name = getattr(part, key)
    said_ja, said_en = labels.titles(part, name)
    if was is None:
        yield sentence(
            f"{code}-added",
            str(name),
            f"{ja}「{said_ja}」が加わります。",
            f"{code} added: {said_en}",
        )
    elif now is None:
        law_ja = "法律が認める請求なので、引き続き受けなければなりません。" if right else ""
        law_en = "; the law gives it all the same" if right else ""
        yield Change(
            code=f"{code}-removed", subject=str(name),
            need=Need.FORBIDDEN if right else Need.PUBLICATION, article=right or LAW_KNOWN,
            ja=f"{ja}「{said_ja}」がなくなります。{law_ja}", en=f"{code} removed: {said_en}{law_en}",
        )  # fmt: skip
    else:
        yield from details(was, now, f"requests[{name}]", but=but)
