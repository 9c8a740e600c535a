"""What a new version changes for people, and whether they must be told or asked (Act 17(2), 18(1), 21(3)).

The weights are the law's floor. Whether a changed purpose is still reasonably related to the
earlier one (Act 17(2)) is for people to judge: a change that may be so asks for notice, and says so.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from mamoru.policy import compile as compiling
from mamoru.policy import labels, page, promises
from mamoru.policy.document import Policy, Purpose, Recipient
from mamoru.policy.terms import (
    Form,
    Language,
    Need,
    ProvisionBasis,
    RecipientKind,
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All changes between two versions, those that ask most first."""

    before: str
    after: str
    changes: tuple[Change, ...]

    @property
    def need(self) -> Need:
        """What the heaviest change asks for."""
        return max((change.need for change in self.changes), key=_weight, default=Need.NONE)

    @property
    def asking(self) -> tuple[Change, ...]:
        """The changes for which publishing alone is not enough."""
        return tuple(c for c in self.changes if _weight(c.need) > _weight(Need.PUBLICATION))


def _weight(need: Need) -> int:
    return need.weight


def compare(before: Policy, after: Policy) -> Difference:
    """Return what changes for people from `before` to `after`; nothing for the same policy."""
    changes = [change for rule in RULES.values() for change in rule(before, after)]
    return Difference(
        before=before.version,
        after=after.version,
        changes=tuple(sorted(changes, key=lambda change: -_weight(change.need))),
    )


_LAW_PURPOSE = "Act 17(2), 18(1), 21(3)"
_LAW_KNOWN = "Act 32(1)"


def _pairs(
    before: Iterable[Any], after: Iterable[Any], key: str = "id"
) -> Iterator[tuple[Any, Any]]:
    """Yield what both versions have under the same key, and None where only one has it."""
    old = {getattr(part, key): part for part in before}
    new = {getattr(part, key): part for part in after}
    for name in dict.fromkeys((*new, *old)):
        yield old.get(name), new.get(name)


def _details(
    old: BaseModel,
    new: BaseModel,
    subject: str,
    *,
    but: Iterable[str] = (),
    need: Need = Need.PUBLICATION,
) -> Iterator[Change]:
    """Yield a change for each field that differs and has no words of its own."""
    for name in type(new).model_fields:
        if name not in set(but) and getattr(old, name) != getattr(new, name):
            yield Change(
                code="detail-changed", subject=f"{subject}.{name}", need=need, article=_LAW_KNOWN,
                ja=f"{subject} の「{labels.field(name, Language.JA)}」が変わります。",
                en=f"{labels.field(name, Language.EN)} of {subject} changes",
            )  # fmt: skip


def _purposes(before: Policy, after: Policy) -> Iterator[Change]:
    for old, new in _pairs(before.purposes, after.purposes):
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
            code="purpose-reworded", subject=new.id, need=Need.NOTICE, article=_LAW_PURPOSE,
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
    if old.retention != new.retention:
        yield _retention(old, new)
    yield from _details(old, new, new.id, but=("needs", "retention", "title"), need=Need.NONE)
    if old.title != new.title:
        yield _renamed(new.id, old.title.ja, new.title.ja, old.title.en, new.title.en)


def _renamed(subject: str, was: str, now: str, was_en: str, now_en: str) -> Change:
    return Change(
        code="renamed", subject=subject, need=Need.NONE, article="-",
        ja=f"{subject} の名称が「{was}」から「{now}」に変わります。",
        en=f"{subject} is renamed from \"{was_en}\" to \"{now_en}\"",
    )  # fmt: skip


def _retention(old: Purpose, new: Purpose) -> Change:
    def said(purpose: Purpose, language: Language) -> str:
        if purpose.retention is None:
            return "定めなし" if language is Language.JA else "not set"
        return page.retention_words(purpose.retention, language)

    same_event = old.retention and new.retention and old.retention.after == new.retention.after
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


def _grants(before: Policy, after: Policy) -> Iterator[Change]:
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
    return Change(
        code="purpose-widened" if wider else "purpose-narrowed",
        subject=subject,
        need=Need.NOTICE if wider else Need.PUBLICATION,
        article=_LAW_PURPOSE,
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
    need, article = _leaving(to)
    if to.kind is RecipientKind.INTERNAL:
        new_purpose = purpose not in old_purposes
        need = Need.PUBLICATION if new_purpose else Need.NOTICE
        article = "Act 21(3)" if new_purpose else _LAW_PURPOSE
    listed = "、".join(_category_ja(after, c) for c in categories)
    return Change(
        code="purpose-widened", subject=f"{purpose}/{recipient}", need=need, article=article,
        ja=f"{purpose} のために「{to.title.ja}」が新たに{listed}を扱います。",
        en=f"{to.title.en} newly handles {', '.join(_category_en(after, c) for c in categories)} for {purpose}",
    )  # fmt: skip


def _leaving(recipient: Recipient) -> tuple[Need, str]:
    """What it takes to let data go to a recipient at all."""
    if recipient.kind in {RecipientKind.THIRD_PARTY, RecipientKind.FOREIGN_THIRD_PARTY}:
        return _leaving_for_third_party(recipient)
    if recipient.kind is RecipientKind.JOINT_USER:
        return Need.NOTICE, "Act 27(5)(iii)"
    if recipient.country != "JP":
        # Entrusting abroad is a provision abroad (Act 28(1)). It needs consent, unless the country
        # is recognised, or the receiver keeps an equivalent system that somebody has checked and
        # watches (Rule 15, 16, 18): only people can judge that, so publishing never suffices here.
        if recipient.basis is ProvisionBasis.EQUIVALENT_SYSTEM:
            return Need.JUDGEMENT, "Act 28(1), (3); Rule 16, 18"
        return Need.CONSENT, "Act 28(1)"
    if recipient.kind is RecipientKind.ENTRUSTEE:
        return Need.PUBLICATION, "Act 27(5)(i), 25"
    return Need.PUBLICATION, "Act 27(1)"


def _leaving_for_third_party(recipient: Recipient) -> tuple[Need, str]:
    if recipient.basis is ProvisionBasis.LAW:
        return Need.PUBLICATION, "Act 27(1)(i)"
    if recipient.basis is ProvisionBasis.OPT_OUT:
        return Need.NOTICE, "Act 27(2), (3)"
    foreign = recipient.kind is RecipientKind.FOREIGN_THIRD_PARTY or recipient.country != "JP"
    return Need.CONSENT, "Act 28(1)" if foreign else "Act 27(1)"


def _position(policy: Policy, recipient: Recipient, language: Language) -> str:
    """What a recipient is to the law: kind, country, basis."""
    names = {each.code: (each.name.ja, each.name.en) for each in policy.countries or ()}
    said = [labels.word(recipient.kind, language)]
    said.append(labels.country(recipient.country, names, language))
    if recipient.basis is not None:
        said.append(labels.word(recipient.basis, language))
    return ("、" if language is Language.JA else ", ").join(said)


def _abroad(recipient: Recipient, language: Language) -> str:
    """What to judge before anything goes to an entrustee in another country."""
    if _leaving(recipient)[0] is not Need.JUDGEMENT:
        return ""
    if language is Language.JA:
        return "外国にある第三者への提供に当たります。相手の体制が規則16条の基準に適合していることを確かめて記録し、続けて見守れないときは、本人の同意が必要です。"
    return "; this is a provision to a third party abroad: unless its system is found to meet the standards of Rule 16, on record, and is watched from then on, consent is needed"  # fmt: skip


def _recipients(before: Policy, after: Policy) -> Iterator[Change]:
    for old, new in _pairs(before.recipients, after.recipients):
        if new is None:
            yield Change(
                code="recipient-removed", subject=old.id, need=Need.PUBLICATION, article=_LAW_KNOWN,
                ja=f"「{old.title.ja}」に渡すことはなくなります。", en=f"{old.title.en} no longer receives data",
            )  # fmt: skip
            continue
        need, article = _leaving(new)
        if old is None:
            yield Change(
                code="recipient-added", subject=new.id, need=need, article=article,
                ja=f"「{new.title.ja}」({_position(after, new, Language.JA)})が新しい渡し先になります。{_abroad(new, Language.JA)}",
                en=f"{new.title.en} ({_position(after, new, Language.EN)}) becomes a recipient{_abroad(new, Language.EN)}",
            )  # fmt: skip
        elif (old.kind, old.basis, old.country) != (new.kind, new.basis, new.country):
            yield Change(
                code="recipient-changed", subject=new.id, need=need, article=article,
                ja=f"「{new.title.ja}」の立場、根拠または国が変わります({_position(before, old, Language.JA)} → {_position(after, new, Language.JA)})。{_abroad(new, Language.JA)}",
                en=f"kind, basis or country of {new.title.en} changes ({_position(before, old, Language.EN)} to {_position(after, new, Language.EN)}){_abroad(new, Language.EN)}",
            )  # fmt: skip
        if old is not None and old.title != new.title:
            # Another name may be another company: consent was given to the one that was named.
            yield Change(
                code="recipient-renamed", subject=new.id, need=need, article=article,
                ja=f"渡し先の名称が「{old.title.ja}」から「{new.title.ja}」に変わります。別の事業者なら、新しい渡し先です。",
                en=f"the recipient {old.title.en} is now named {new.title.en}; if it is another business it is a new recipient",
            )  # fmt: skip
        if old is not None:
            yield from _details(
                old, new, new.id, but=("kind", "basis", "country", "title"), need=Need.NONE
            )


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
    for old, new in _pairs(before.clauses, after.clauses):
        if old is None:
            if not used_after[new.id] - parts_before:
                yield _sentence(
                    "clause-added", new.id, f"「{new.ja}」が加わります。", f'added: "{new.en}"'
                )
        elif new is None:
            if not used_before[old.id] - parts_after:
                yield _sentence(
                    "clause-removed",
                    old.id,
                    f"「{old.ja}」がなくなります。",
                    f'removed: "{old.en}"',
                )
        elif old.ja != new.ja:
            if new.id not in purposes:
                yield _sentence(
                    "clause-reworded", new.id,
                    f"「{old.ja}」が「{new.ja}」に変わります。", f'"{old.en}" becomes "{new.en}"',
                )  # fmt: skip
        elif old.en != new.en:
            yield Change(
                code="translation-changed", subject=new.id, need=Need.NONE, article="-",
                ja=f"{new.id} の英訳だけが変わります。", en=f"only the translation of {new.id} changes",
            )  # fmt: skip


def _clause_promises(before: Policy, after: Policy) -> Iterator[Change]:
    for old, new in _pairs(before.clauses, after.clauses):
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


def _words_and_promises(before: Policy, after: Policy) -> Iterator[Change]:
    yield from _clauses(before, after)
    yield from _clause_promises(before, after)


def _promised(policy: Policy) -> set[str]:
    return {promise for clause in policy.clauses for promise in clause.promises}


def _sentence(code: str, subject: str, ja: str, en: str) -> Change:
    return Change(
        code=code, subject=subject, need=Need.PUBLICATION, article=_LAW_KNOWN, ja=ja, en=en
    )


def _company(before: Policy, after: Policy) -> Iterator[Change]:
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
                ja=f"{ja}が変わります({_said(was, 'ja')} → {_said(now, 'ja')})。",
                en=f"{en} changes ({_said(was, 'en')} to {_said(now, 'en')})",
            )  # fmt: skip


def _said(value: Any, language: str) -> str:
    if value is None:
        return "なし" if language == "ja" else "none"
    if isinstance(value, BaseModel):
        if "ja" in type(value).model_fields:
            return str(getattr(value, language))
        return " ".join(_said(part, language) for _, part in value if part is not None)
    return str(value)


def _listed(*, field: str, key: str, ja: str, en: str, article: str, need: Need) -> "Rule":
    """Make the rule of a list whose coming is `need` and whose going is published."""

    def rule(before: Policy, after: Policy) -> Iterator[Change]:
        for old, new in _pairs(getattr(before, field) or (), getattr(after, field) or (), key):
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
                    code=f"{en}-removed", subject=subject, need=Need.PUBLICATION, article=article,
                    ja=f"{ja}「{titles[0]}」がなくなります。", en=f"the {en} \"{titles[1]}\" is removed",
                )  # fmt: skip
            else:
                yield from _details(old, new, subject)
        if (getattr(before, field) is None) != (getattr(after, field) is None):
            yield _sentence(
                "detail-changed", field, f"{ja}について述べるかどうかが変わります。",
                f"whether anything is said of the {en} changes",
            )  # fmt: skip

    return rule


def _once(field: str, ja: str, en: str, article: str, need: Need) -> "Rule":
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


def _requests(before: Policy, after: Policy) -> Iterator[Change]:
    old, new = before.requests, after.requests
    for was, now in _pairs(old.kinds, new.kinds, "kind"):
        yield from _kept("request-kind", "請求の種類", was, now, "kind")
    for was, now in _pairs(old.grounds, new.grounds, "ground"):
        yield from _kept("ground", "請求に応じない理由", was, now, "ground", but=("kinds",))
        if was is not None and now is not None and was.kinds != now.kinds:
            yield _reach(after, was, now)
    for was, now in _pairs(old.ways, new.ways):
        yield from _kept("way", "請求の方法", was, now, "id")
    if (old.fee.yen if old.fee else 0) != (new.fee.yen if new.fee else 0):
        was_yen, now_yen = (old.fee.yen if old.fee else 0), (new.fee.yen if new.fee else 0)
        yield Change(
            code="fee-raised" if now_yen > was_yen else "fee-lowered", subject="requests.fee",
            need=Need.PUBLICATION, article="Act 32(1)(iii), 38",
            ja=f"手数料が {was_yen} 円から {now_yen} 円に変わります。",
            en=f"the fee changes from {was_yen} to {now_yen} yen",
        )  # fmt: skip
    elif old.fee != new.fee:
        yield _sentence(
            "fee-changed", "requests.fee", "手数料の定めが変わります。", "the rule on fees changes"
        )
    if old.desk != new.desk:
        yield Change(
            code="desk-changed", subject="requests.desk", need=Need.PUBLICATION, article="Order 10(ii)",
            ja="お問い合わせ窓口が変わります。", en="the contact desk changes",
        )  # fmt: skip
    if set(old.purposes) != set(new.purposes):
        more = set(new.purposes) - set(old.purposes)
        yield Change(
            code="request-purposes-widened" if more else "request-purposes-narrowed", subject="requests.purposes",
            need=Need.NOTICE if more else Need.PUBLICATION, article=_LAW_PURPOSE,
            ja=f"請求で取得した個人情報の利用目的が {'、'.join(old.purposes)} から {'、'.join(new.purposes)} に変わります。",
            en=f"what data obtained through requests is used for changes from {', '.join(old.purposes)} to {', '.join(new.purposes)}",
        )  # fmt: skip
    yield from _details(
        old, new, "requests", but=("kinds", "grounds", "ways", "fee", "desk", "purposes")
    )


def _kept(
    code: str, ja: str, was: Any, now: Any, key: str, *, but: Iterable[str] = ()
) -> Iterator[Change]:
    part = now if now is not None else was
    name = str(getattr(part, key))
    said_ja, said_en = labels.titles(part, name)
    if was is None:
        yield _sentence(
            f"{code}-added", name, f"{ja}「{said_ja}」が加わります。", f"{code} added: {said_en}"
        )
    elif now is None:
        yield _sentence(
            f"{code}-removed",
            name,
            f"{ja}「{said_ja}」がなくなります。",
            f"{code} removed: {said_en}",
        )
    else:
        yield from _details(was, now, f"requests[{name}]", but=but)


def _reach(after: Policy, was: Any, now: Any) -> Change:
    wider = now.kinds is None or (was.kinds is not None and set(now.kinds) - set(was.kinds))
    titles = {each.kind: each.title for each in after.requests.kinds}
    reached = None if now.kinds is None else [titles[kind] for kind in now.kinds if kind in titles]
    kinds = "すべて" if reached is None else "、".join(each.ja for each in reached)
    kinds_en = "every kind" if reached is None else ", ".join(each.en for each in reached)
    return Change(
        code="ground-widened" if wider else "ground-narrowed", subject=now.ground,
        need=Need.PUBLICATION, article="Act 33(2), 34, 35",
        ja=f"応じない理由「{now.title.ja}」を使える請求が次のとおりになります: {kinds}。",
        en=f"the ground \"{now.title.en}\" now reaches: {kinds_en}",
    )  # fmt: skip


def _page(before: Policy, after: Policy) -> Iterator[Change]:
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


def _established(before: Policy, after: Policy) -> Iterator[Change]:
    if before.established_on != after.established_on:
        yield Change(
            code="detail-changed", subject="established_on", need=Need.NONE, article="-",
            ja="制定日の記載が変わります。", en="the stated date of establishment changes",
        )  # fmt: skip


def _silent(_before: Policy, _after: Policy) -> Iterator[Change]:
    """The dates and the name of a version differ by nature."""
    return iter(())


Rule = Callable[[Policy, Policy], Iterator[Change]]

RULES: Mapping[str, Rule] = {
    "version": _silent,
    "established_on": _established,
    "published_on": _silent,
    "effective_from": _silent,
    "company": _company,
    "clauses": _words_and_promises,
    "purposes": _purposes,
    "categories": _listed(field="categories", key="id", ja="データの区分", en="category", article="Act 17(1)", need=Need.PUBLICATION),
    "recipients": _recipients,
    "grants": _grants,
    "services": _listed(field="services", key="id", ja="サービス", en="service", article="Act 21", need=Need.PUBLICATION),
    "measures": _listed(field="measures", key="clause", ja="安全管理措置", en="measure", article="Act 32(1)(iv); Order 10(i)", need=Need.PUBLICATION),
    "measures_on_request": _once(
        "measures_on_request", "安全管理措置を求めに応じて答える定め", "the offer to explain security measures",
        "Order 10(i)", Need.PUBLICATION,
    ),
    "countries": _listed(field="countries", key="code", ja="取扱いのある外国", en="country", article="Act 28; guideline 10-7", need=Need.JUDGEMENT),
    "joint_use": _once("joint_use", "共同利用", "joint use", "Act 27(5)(iii), (6)", Need.NOTICE),
    "opt_out": _once("opt_out", "オプトアウトによる提供", "opt-out", "Act 27(2), (3)", Need.NOTICE),
    "requests": _requests,
    "page": _page,
}  # fmt: skip
"""One rule for each part of the file: a test checks that no part is left out."""
