"""What changes in the purposes of use and in what is granted for them (Act 17(2), 18(1), 21(3))."""

from collections import defaultdict
from collections.abc import Container, Iterator

from mamoru.policy import compile as compiling
from mamoru.policy import labels, page
from mamoru.policy.diff.change import LAW_KNOWN, LAW_PURPOSE, Change, details, pairs, renamed
from mamoru.policy.diff.recipients import leaving
from mamoru.policy.document import Policy
from mamoru.policy.parts import Category, Purpose, Service
from mamoru.policy.terms import CategoryKind, Form, Language, Need, PurposeBasis, RecipientKind


def purposes(before: Policy, after: Policy) -> Iterator[Change]:
    """Yield each purpose that comes, goes, or changes in words, will or retention."""
    for old, new in pairs(before.purposes, after.purposes):
        if old is None:
            words = after.clause(new.clause)
            yield Change(
                code="purpose-added", subject=new.id, need=Need.CONSENT, article="Act 18(1), 21(3)",
                ja=f"利用目的「{words.ja}」({new.id})が加わります。これまでに取得した個人情報をこの目的に使うには、関連性が合理的に認められる場合を除き、本人の同意が要ります。",
                en=f"the purpose {new.id} is added: {words.en}. Using what was acquired before for it needs consent, unless it is reasonably related to an earlier purpose",
            )  # fmt: skip
        elif new is None:
            yield Change(
                code="purpose-removed", subject=old.id, need=Need.PUBLICATION, article="Act 22",
                ja=f"利用目的「{old.title.ja}」({old.id})がなくなります。この目的だけのために持つデータは、消去が必要です。",
                en=f"the purpose {old.id} ({old.title.en}) is removed; data held for it alone must be erased",
            )  # fmt: skip
        else:
            yield from _purpose(old, new, before, after)


_FREER = ("consent", "not-refused", "none")


def _purpose(old: Purpose, new: Purpose, before: Policy, after: Policy) -> Iterator[Change]:
    was, now = before.clause(old.clause), after.clause(new.clause)
    if was.ja != now.ja:
        yield Change(
            code="purpose-reworded", subject=new.id, need=Need.NOTICE, article=LAW_PURPOSE,
            ja=f"利用目的 {new.id} の文が「{was.ja}」から「{now.ja}」に変わります。関連性が合理的に認められる範囲なら通知または公表、超えるなら同意が要ります。",
            en=f"the purpose {new.id} is reworded from \"{was.en}\" to \"{now.en}\": notice or publication if reasonably related, consent if not",
        )  # fmt: skip
    if old.needs != new.needs:
        freer = _FREER.index(new.needs) > _FREER.index(old.needs)
        yield Change(
            code="purpose-widened" if freer else "purpose-narrowed",
            subject=new.id,
            need=Need.CONSENT if freer else Need.PUBLICATION,
            article="Act 18(1)" if freer else "Act 21",
            ja=f"{new.id} に必要な本人の意思が「{labels.will(old.needs, Language.JA)}」から「{labels.will(new.needs, Language.JA)}」に変わります。",
            en=f"what {new.id} needs of the person changes from {labels.will(old.needs, Language.EN)} to {labels.will(new.needs, Language.EN)}",
        )
    if old.basis != new.basis:
        yield _basis(old, new)
    if old.retention != new.retention:
        yield _retention(old, new)
    but = ("needs", "basis", "retention", "title")
    yield from details(old, new, new.id, but=but, need=Need.NONE)
    if old.title != new.title:
        yield renamed(new.id, old.title.ja, new.title.ja, old.title.en, new.title.en)


def _basis(old: Purpose, new: Purpose) -> Change:
    """On what a purpose rests: on a law, no refusal, suspension or stop of a person holds it back."""
    was, now = old.basis, new.basis
    freer = was is PurposeBasis.CONSENT or now is PurposeBasis.LAW
    narrower = now is PurposeBasis.CONSENT or was is PurposeBasis.LAW
    ja = f"{new.id} の根拠が「{labels.word(was, Language.JA)}」から「{labels.word(now, Language.JA)}」に変わります。"
    en = f"the basis of {new.id} changes from {labels.word(was, Language.EN)} to {labels.word(now, Language.EN)}"
    if now is PurposeBasis.LAW:
        ja += "本人が拒んだり利用の停止を求めたりしても、この目的には使うことになります。根拠となる法令を確かめてください。"
        en += "; it then goes on whatever a person refuses or stops: make sure which law demands it"
    need = Need.CONSENT if freer else Need.PUBLICATION if narrower else Need.NOTICE
    return Change(
        code="purpose-widened" if freer else "purpose-narrowed" if narrower else "detail-changed",
        subject=new.id,
        need=need,
        article="Act 18(1)" if freer else LAW_PURPOSE,
        ja=ja,
        en=en,
    )


def _retention(old: Purpose, new: Purpose) -> Change:
    def said(purpose: Purpose, language: Language) -> str:
        if purpose.retention is None:
            return "定めなし" if language is Language.JA else "not set"
        return page.retention_words(purpose.retention, language)

    same_event = (
        old.retention is not None
        and new.retention is not None
        and old.retention.after == new.retention.after
        and old.retention.months != new.retention.months
    )
    longer = new.retention is None or (
        old.retention is not None and new.retention.months > old.retention.months
    )
    code = "retention-changed"
    if same_event or new.retention is None or old.retention is None:
        code = "retention-longer" if longer else "retention-shorter"
    return Change(
        code=code, subject=new.id, need=Need.PUBLICATION, article="Act 22",
        ja=f"{new.id} の保存期間が「{said(old, Language.JA)}」から「{said(new, Language.JA)}」に変わります。",
        en=f"retention for {new.id} changes from \"{said(old, Language.EN)}\" to \"{said(new, Language.EN)}\"",
    )  # fmt: skip


def grants(before: Policy, after: Policy) -> Iterator[Change]:
    """Yield what becomes allowed or forbidden, by purpose, category and recipient."""
    old, new = compiling.compile_policy(before), compiling.compile_policy(after)
    opened: dict[tuple[str, str], list[str]] = defaultdict(list)
    closed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for purpose, category, recipient in {**new.grants, **old.grants}:
        triple = (purpose, category, recipient)
        was, now = old.grants.get(triple), new.grants.get(triple)
        if was is None:
            opened[purpose, recipient].append(category)
        elif now is None:
            closed[purpose, recipient].append(category)
        elif (was.form, was.minimum) != (now.form, now.minimum):
            yield _form(after, was, now)
        elif was.clause != now.clause:
            yield Change(
                code="detail-changed", subject=f"{purpose}/{category}/{recipient}", need=Need.NONE, article="-",
                ja=f"{purpose} で「{after.recipient(recipient).title.ja}」が「{_category_ja(after, category)}」を見る根拠の文が変わります。",
                en=f"the clause on which {after.recipient(recipient).title.en} sees {_category_en(after, category)} for {purpose} changes",
            )  # fmt: skip
    for (purpose, recipient), categories in opened.items():
        yield _opened(after, old.purposes, purpose, recipient, categories)
    for (purpose, recipient), categories in closed.items():
        listed = "、".join(_category_ja(before, c) for c in categories)
        yield Change(
            code="purpose-narrowed", subject=f"{purpose}/{recipient}", need=Need.PUBLICATION, article="Act 18(1)",
            ja=f"{purpose} のために「{before.recipient(recipient).title.ja}」が{listed}を扱うことはなくなります。",
            en=f"{before.recipient(recipient).title.en} no longer handles {', '.join(_category_en(before, c) for c in categories)} for {purpose}",
        )  # fmt: skip


def _category_ja(policy: Policy, category: str) -> str:
    return policy.category(category).title.ja


def _category_en(policy: Policy, category: str) -> str:
    return policy.category(category).title.en


def _seen(grant: compiling.Grant, language: Language) -> str:
    word = labels.word(grant.form, language)
    if not grant.minimum:
        return word
    return f"{word}({grant.minimum}人以上)" if language is Language.JA else f"{word} (of {grant.minimum} or more)"  # fmt: skip


def _form(after: Policy, was: compiling.Grant, now: compiling.Grant) -> Change:
    rank = list(Form)
    key_was = (-rank.index(was.form), -(was.minimum or 0))
    key_now = (-rank.index(now.form), -(now.minimum or 0))
    wider = key_now > key_was
    subject = f"{now.purpose}/{now.category}/{now.recipient}"
    need, article = (Need.NOTICE if wider else Need.PUBLICATION), LAW_PURPOSE
    asked, act = leaving(after.recipient(now.recipient))
    if wider and asked in {Need.CONSENT, Need.JUDGEMENT}:
        need, article = asked, act  # what was a count becomes somebody's data, outside
    return Change(
        code="purpose-widened" if wider else "purpose-narrowed",
        subject=subject,
        need=need,
        article=article,
        ja=f"{now.purpose} で「{after.recipient(now.recipient).title.ja}」に{_category_ja(after, now.category)}を「{_seen(was, Language.JA)}」から「{_seen(now, Language.JA)}」に変えて見せます。",
        en=f"{after.recipient(now.recipient).title.en} sees {_category_en(after, now.category)} for {now.purpose} {_seen(now, Language.EN)} instead of {_seen(was, Language.EN)}",
    )  # fmt: skip


def _opened(
    after: Policy,
    old_purposes: Container[str],
    purpose: str,
    recipient: str,
    categories: list[str],
) -> Change:
    to = after.recipient(recipient)
    need, article = leaving(to)
    if to.kind is RecipientKind.INTERNAL:
        new_purpose = purpose not in old_purposes
        need = Need.PUBLICATION if new_purpose else Need.NOTICE
        article = "Act 21(3)" if new_purpose else LAW_PURPOSE
    listed = "、".join(_category_ja(after, c) for c in categories)
    return Change(
        code="purpose-widened", subject=f"{purpose}/{recipient}", need=need, article=article,
        ja=f"{purpose} のために「{to.title.ja}」が新たに{listed}を扱います。",
        en=f"{to.title.en} newly handles {', '.join(_category_en(after, c) for c in categories)} for {purpose}",
    )  # fmt: skip


def category_changed(
    _after: Policy, old: Category, new: Category, subject: str
) -> Iterator[Change]:
    """Yield what changes in a kind of data; the law, not the file, says what needs special care."""

    def weigh(name: str, _was: object, now: object) -> tuple[Need, str]:
        if name == "special" and now is False:
            return Need.JUDGEMENT, "Act 2(3), 20(2)"
        if name == "kind" and now is not CategoryKind.PERSONAL:
            return Need.JUDGEMENT, "Act 2(1), (5), (6), (7)"
        return Need.PUBLICATION, LAW_KNOWN

    yield from details(old, new, subject, weigh=weigh)


def service_changed(after: Policy, old: Service, new: Service, subject: str) -> Iterator[Change]:
    """Yield what changes in a service's terms: what was acquired under them is bound by them (P2.11)."""
    for purpose in dict.fromkeys((*new.purposes, *old.purposes)):
        if purpose in old.purposes and purpose in new.purposes:
            continue
        came = purpose in new.purposes
        known = {each.id: each.title for each in after.purposes}
        title = known.get(purpose)
        ja, en = (title.ja, title.en) if title is not None else (purpose, purpose)
        yield Change(
            code="purpose-widened" if came else "purpose-narrowed",
            subject=f"{subject}.{purpose}",
            need=Need.CONSENT if came else Need.PUBLICATION,
            article=LAW_PURPOSE if came else "Act 18(1)",
            ja=f"サービス「{new.title.ja}」の利用目的に「{ja}」({purpose})が加わります。これまでにこのサービスで取得した情報をこの目的に使うには、関連性が合理的に認められる場合を除き、本人の同意が要ります。"
            if came
            else f"サービス「{new.title.ja}」の利用目的から「{ja}」({purpose})がなくなります。",
            en=f"the service {new.title.en} gains the purpose {purpose} ({en}). Using what was acquired under its terms for it needs consent, unless it is reasonably related"
            if came
            else f"the service {new.title.en} loses the purpose {purpose} ({en})",
        )
    yield from details(old, new, subject, but=("purposes",))
