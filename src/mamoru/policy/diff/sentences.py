"""What changes in the published sentences, in who promises, and on the page (Act 32(1))."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from mamoru.policy import labels, promises
from mamoru.policy.diff.change import Change, pairs, sentence
from mamoru.policy.document import Policy
from mamoru.policy.terms import Need


def words_and_promises(before: Policy, after: Policy) -> Iterator[Change]:
    """Yield each sentence that comes, goes or changes, and each promise that nothing makes any more."""
    yield from _clauses(before, after)
    yield from _clause_promises(before, after)


def _used(policy: Policy) -> dict[str, set[str]]:
    """Which clauses are stated by parts that report their own coming and going."""
    parts = {
        *((f"purpose:{p.id}", p.clause) for p in policy.purposes),
        *((f"recipient:{r.id}", r.clause) for r in policy.recipients),
        *((f"kind:{k.kind}", k.clause) for k in policy.requests.kinds),
        *((f"ground:{g.ground}", g.clause) for g in policy.requests.grounds),
    }
    found: dict[str, set[str]] = defaultdict(set)
    for part, clause in parts:
        found[clause].add(part)
    return found


def _clauses(before: Policy, after: Policy) -> Iterator[Change]:
    used_before, used_after = _used(before), _used(after)
    parts_before = set().union(*used_before.values())
    parts_after = set().union(*used_after.values())
    purposes = {p.clause for p in after.purposes} & {p.clause for p in before.purposes}
    for old, new in pairs(before.clauses, after.clauses):
        if old is None:
            if not used_after[new.id] - parts_before:
                yield sentence(
                    "clause-added", new.id, f"「{new.ja}」が加わります。", f'added: "{new.en}"'
                )
        elif new is None:
            if not used_before[old.id] - parts_after:
                yield sentence(
                    "clause-removed",
                    old.id,
                    f"「{old.ja}」がなくなります。",
                    f'removed: "{old.en}"',
                )
        elif old.ja != new.ja:
            if new.id not in purposes:
                yield sentence(
                    "clause-reworded", new.id,
                    f"「{old.ja}」が「{new.ja}」に変わります。", f'"{old.en}" becomes "{new.en}"',
                )  # fmt: skip
        elif old.en != new.en:
            yield Change(
                code="translation-changed", subject=new.id, need=Need.NONE, article="-",
                ja=f"{new.id} の英訳だけが変わります。", en=f"only the translation of {new.id} changes",
            )  # fmt: skip


def _clause_promises(before: Policy, after: Policy) -> Iterator[Change]:
    for old, new in pairs(before.clauses, after.clauses):
        if old is not None and new is not None and set(old.promises) != set(new.promises):
            yield Change(
                code="clause-promises-changed", subject=new.id, need=Need.NONE, article="-",
                ja=f"{new.id} が約束する番号が {'、'.join(old.promises)} から {'、'.join(new.promises)} に変わります。",
                en=f"{new.id} is bound to {', '.join(new.promises)} instead of {', '.join(old.promises)}",
            )  # fmt: skip
    dropped = _promised(before) - _promised(after)
    for promise in sorted(dropped, key=promises.order):
        yield Change(
            code="promise-dropped", subject=promise, need=Need.NOTICE, article="Act 32(1)",
            ja=f"約束 {promise}({promises.PROMISES[promise].ja})をする文がなくなります。",
            en=f"no sentence makes promise {promise} any more ({promises.PROMISES[promise].en})",
        )  # fmt: skip


def _promised(policy: Policy) -> set[str]:
    return {promise for clause in policy.clauses for promise in clause.promises}


def company(before: Policy, after: Policy) -> Iterator[Change]:
    """Yield what changes in who promises."""
    old, new = before.company, after.company
    for name, ja, en in (
        ("name", "事業者の名称", "the company's name"),
        ("postal_code", "郵便番号", "the postal code"),
        ("address", "事業者の住所", "the company's address"),
        ("representative", "代表者", "the representative"),
        ("accredited_body", "認定個人情報保護団体", "the accredited body"),
    ):
        was, now = getattr(old, name), getattr(new, name)
        if (
            name == "representative"
            and was
            and now
            and (was.name, was.title) == (now.name, now.title)
        ):
            if was != now:
                yield Change(
                    code="representative-confirmed", subject="company.representative.confirmed_on",
                    need=Need.NONE, article="-",
                    ja="代表者の氏名が現在のものであることを改めて確かめました。",
                    en="the representative's name was checked again",
                )  # fmt: skip
        elif was != now:
            yield Change(
                code=f"company-{name.replace('_', '-')}-changed", subject=f"company.{name}",
                need=Need.PUBLICATION, article="Act 32(1)(i)",
                ja=f"{ja}が変わります({labels.value(was, 'ja')} → {labels.value(now, 'ja')})。",
                en=f"{en} changes ({labels.value(was, 'en')} to {labels.value(now, 'en')})",
            )  # fmt: skip


def page(before: Policy, after: Policy) -> Iterator[Change]:
    """Yield whether headings or the order of the page change."""
    shown_before = {clause.id for clause in before.clauses}
    shown_after = {clause.id for clause in after.clauses}
    kept = shown_before & shown_after

    def outline(policy: Policy) -> list[Any]:
        def known(ids: Iterable[str]) -> list[str]:
            return [one for one in ids if one in kept]

        return [
            (
                part.model_dump(exclude={"paragraphs", "bullets", "notes", "closing"}),
                [known(ids) for ids in part.paragraphs],
                known(part.bullets),
                known(part.notes),
                [known(ids) for ids in part.closing],
            )
            for part in policy.page
        ]

    if outline(before) != outline(after):
        yield Change(
            code="page-rearranged", subject="page", need=Need.NONE, article="-",
            ja="ページの見出しまたは並びが変わります。", en="headings or order of the page change",
        )  # fmt: skip


def established(before: Policy, after: Policy) -> Iterator[Change]:
    """Yield whether the stated date of establishment changes."""
    if before.established_on != after.established_on:
        yield Change(
            code="detail-changed", subject="established_on", need=Need.NONE, article="-",
            ja="制定日の記載が変わります。", en="the stated date of establishment changes",
        )  # fmt: skip
