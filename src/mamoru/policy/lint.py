"""What a privacy policy under the APPI must say: rules L01 to L14 (Act 17, 27, 28, 32 to 35).

A finding of severity `error` keeps the policy from being published.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from mamoru.policy.document import Policy
from mamoru.policy.parts import Ground
from mamoru.policy.terms import (
    Language,
    MeasureClass,
    Method,
    ProvisionBasis,
    PurposeBasis,
    RecipientKind,
    Severity,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule found, in both languages, with its article and its remedy."""

    code: str
    severity: Severity
    key: str
    ja: str
    en: str
    base: str
    remedy_ja: str
    remedy_en: str

    def message(self, language: Language | str) -> str:
        """Return what was found, in `language`."""
        return self.en if language == Language.EN else self.ja

    def remedy(self, language: Language | str) -> str:
        """Return what to do, in `language`."""
        return self.remedy_en if language == Language.EN else self.remedy_ja


_CONFIRMED_FOR = timedelta(days=366)
"""How long a look at the representative's name counts as current."""

ALLOWED: dict[str, frozenset[str]] = {
    # appi-reference 6.2: the kinds for which the law knows grounds 5 to 7; 1 to 4 fit every kind.
    "harm-to-rights": frozenset(
        {"notice-of-purpose", "disclosure", "disclosure-of-provision-records"}
    ),  # Act 33(2)(i); 21(4)(i) through 32(2)(ii)
    "hindrance-to-business": frozenset(
        {"disclosure", "disclosure-of-provision-records"}
    ),  # Act 33(2)(ii)
    "other-law": frozenset({"disclosure", "disclosure-of-provision-records"}),  # Act 33(2)(iii)
}

FEES_ALLOWED = frozenset({"notice-of-purpose", "disclosure", "disclosure-of-provision-records"})
"""Act 38(1): a fee may be taken for these kinds only."""

_VAGUE = re.compile(
    r"その他|等の業務|品質(?:の)?向上|サービス(?:の)?(?:改善|向上)|事業活動|マーケティング|業務の遂行"
    r"|円滑な|適切な運営|付随する"
)
"""Words with which a purpose says too little (guideline 3-1-1)."""

_CONCRETE = frozenset(
    {
        MeasureClass.ORGANIZATION,
        MeasureClass.PEOPLE,
        MeasureClass.PREMISES,
        MeasureClass.TECHNOLOGY,
    }
)

Rule = Callable[[Policy, date], Iterator[Finding]]


def lint(policy: Policy, *, today: date) -> tuple[Finding, ...]:
    """Return every finding of L01 to L14, in the order of the codes.

    In: a policy and the day on which it is judged (only L02 asks for it).
    """
    return tuple(finding for rule in RULES for finding in rule(policy, today))


def errors(policy: Policy, *, today: date) -> tuple[Finding, ...]:
    """Return the findings that keep the policy from being published."""
    return tuple(f for f in lint(policy, today=today) if f.severity is Severity.ERROR)


def _address(policy: Policy, _today: date) -> Iterator[Finding]:
    if policy.company.address is None:
        yield Finding(
            code="L01", severity=Severity.ERROR, key="company.address",
            ja="事業者の住所が書かれていません。", en="the company's address is not given",
            base="Act 32(1)(i)",
            remedy_ja="company.address に住所を書いてください。", remedy_en="write it under company.address",
        )  # fmt: skip


def _representative(policy: Policy, today: date) -> Iterator[Finding]:
    who = policy.company.representative
    if who is None:
        yield Finding(
            code="L02", severity=Severity.ERROR, key="company.representative",
            ja="代表者の氏名が書かれていません。", en="the representative's name is not given",
            base="Act 32(1)(i)",
            remedy_ja="company.representative に役職と氏名を書いてください。",
            remedy_en="write title and name under company.representative",
        )  # fmt: skip
    elif who.confirmed_on is None or today - who.confirmed_on > _CONFIRMED_FOR:
        last = "-" if who.confirmed_on is None else who.confirmed_on.isoformat()
        yield Finding(
            code="L02", severity=Severity.WARNING, key="company.representative.confirmed_on",
            ja=f"代表者の氏名が現在のものか、1年以内に確かめられていません(最後の確認: {last})。",
            en=f"nobody has checked within a year that the representative is current (last: {last})",
            base="Act 32(1)(i)",
            remedy_ja="登記と照らし合わせ、confirmed_on にその日を書いてください。",
            remedy_en="compare with the company register and write the day in confirmed_on",
        )  # fmt: skip


def _measures(policy: Policy, _today: date) -> Iterator[Finding]:
    missing = sorted(_CONCRETE - {measure.kind for measure in policy.measures})
    if missing and policy.measures_on_request is None:
        yield Finding(
            code="L03", severity=Severity.ERROR, key="measures",
            ja=f"安全管理措置の内容が具体的に書かれていません(ないもの: {'、'.join(missing)})。",
            en=f"security measures are not given in concrete terms (missing: {', '.join(missing)})",
            base="Act 32(1)(iv); Order 10(i)",
            remedy_ja="measures に区分ごとの文を書くか、measures_on_request で求めに応じると書いてください。",
            remedy_en="add a sentence per class under measures, or offer them with measures_on_request",
        )  # fmt: skip


def _countries(policy: Policy, _today: date) -> Iterator[Finding]:
    named = {country.code for country in policy.countries or ()}
    used = {recipient.country for recipient in policy.recipients} - {"JP"}
    for code in sorted(used - named):
        yield Finding(
            code="L04", severity=Severity.ERROR, key="countries",
            ja=f"個人データを取り扱う外国({code})の名称と制度が書かれていません。",
            en=f"the country {code}, where data is handled, is neither named nor described",
            base="guideline 10-7, 3-8-1; Act 28",
            remedy_ja="countries に国名、制度、措置の文を書いてください。",
            remedy_en="add its name, system and measures under countries",
        )  # fmt: skip
    if policy.countries is None and not used:
        yield Finding(
            code="L04", severity=Severity.WARNING, key="countries",
            ja="外国で個人データを取り扱うかどうかが書かれていません。",
            en="nothing says whether data is handled in a foreign country",
            base="guideline 10-7, 3-8-1",
            remedy_ja="取り扱わないなら `countries: []` と書いてください。",
            remedy_en="write `countries: []` if there is none",
        )  # fmt: skip


def _fee(policy: Policy, _today: date) -> Iterator[Finding]:
    fee = policy.requests.fee
    if fee is None:
        yield Finding(
            code="L05", severity=Severity.NOTICE, key="requests.fee",
            ja="手数料の定めがありません。無料として扱います。",
            en="no fee is stated, so requests are free",
            base="Act 32(1)(iii), 38",
            remedy_ja="無料であることを文で示し、requests.fee に書いてください。",
            remedy_en="say so in a sentence and name it under requests.fee",
        )  # fmt: skip
    elif fee.yen and (not fee.kinds or set(fee.kinds) - FEES_ALLOWED):
        yield Finding(
            code="L05", severity=Severity.ERROR, key="requests.fee.kinds",
            ja="手数料は、利用目的の通知と開示の請求にだけ定めることができます。",
            en="a fee is allowed only for notice of purposes and for disclosure",
            base="Act 38(1)",
            remedy_ja="requests.fee.kinds を notice-of-purpose、disclosure などに限ってください。",
            remedy_en="limit requests.fee.kinds to notice-of-purpose, disclosure and its records",
        )  # fmt: skip


def _desk(policy: Policy, _today: date) -> Iterator[Finding]:
    if policy.requests.desk is None:
        yield Finding(
            code="L06", severity=Severity.ERROR, key="requests.desk",
            ja="苦情の申出先が書かれていません。", en="no contact for complaints is given",
            base="Order 10(ii); Act 40",
            remedy_ja="requests.desk に窓口を書いてください。", remedy_en="name the desk under requests.desk",
        )  # fmt: skip


def _unsaid(
    policy: Policy, *, key: str, code: str, ja: str, en: str, base: str
) -> Iterator[Finding]:
    """Find that the file does not say whether there is such a thing (`key: null` says there is none)."""
    part = policy.company if key == "company.accredited_body" else policy
    if key.rpartition(".")[2] not in part.model_fields_set:
        yield Finding(
            code=code, severity=Severity.NOTICE, key=key, ja=ja, en=en, base=base,
            remedy_ja=f"なければ `{key}: null` と書いてください。",
            remedy_en=f"write `{key}: null` if there is none",
        )  # fmt: skip


def _accredited(policy: Policy, _today: date) -> Iterator[Finding]:
    yield from _unsaid(
        policy, key="company.accredited_body", code="L07", ja="認定個人情報保護団体に加入しているかどうかが書かれていません。", en="nothing says whether the company belongs to an accredited body", base="Order 10(iii)"
    )  # fmt: skip


def _joint_use(policy: Policy, _today: date) -> Iterator[Finding]:
    users = [
        recipient
        for recipient in policy.recipients
        if recipient.kind is RecipientKind.JOINT_USER or recipient.basis is ProvisionBasis.JOINT_USE
    ]
    if users and policy.joint_use is None:
        yield Finding(
            code="L08", severity=Severity.ERROR, key="joint_use",
            ja=f"共同利用({users[0].id})の定めるべき事項が公表されていません。",
            en=f"the matters of joint use (`{users[0].id}`) are not published",
            base="Act 27(5)(iii)",
            remedy_ja="joint_use に項目、範囲、目的、責任者の文を書くか、共同利用をやめてください。",
            remedy_en="give items, users, purpose and responsible under joint_use, or drop it",
        )  # fmt: skip
    yield from _unsaid(
        policy, key="joint_use", code="L08", ja="共同利用について書かれていません。共同利用はできません。", en="joint use is not mentioned, so it is closed", base="Act 27(5)(iii)"
    )  # fmt: skip


def _opt_out(policy: Policy, _today: date) -> Iterator[Finding]:
    leaving = [r for r in policy.recipients if r.basis is ProvisionBasis.OPT_OUT]
    if (leaving and policy.opt_out is None) or (
        policy.opt_out is not None and policy.opt_out.filed_on is None
    ):
        yield Finding(
            code="L09", severity=Severity.ERROR, key="opt_out",
            ja="オプトアウトの九つの事項の公表と届出がそろっていません。",
            en="the nine matters of opt-out are not both published and filed",
            base="Act 27(2), (3)",
            remedy_ja="opt_out に文と届出日を書くか、オプトアウトによる提供をやめてください。",
            remedy_en="give the sentence and the filing date under opt_out, or drop it",
        )  # fmt: skip
    yield from _unsaid(
        policy, key="opt_out", code="L09", ja="オプトアウトについて書かれていません。オプトアウトによる提供はできません。", en="opt-out is not mentioned, so it is closed", base="Act 27(2)"
    )  # fmt: skip


_OUTSIDE = frozenset({RecipientKind.THIRD_PARTY, RecipientKind.FOREIGN_THIRD_PARTY})


def _provision_stated(policy: Policy, _today: date) -> Iterator[Finding]:
    outside = {r.id for r in policy.recipients if r.kind in _OUTSIDE}
    for purpose in policy.purposes:
        provided = sorted(
            {
                recipient
                for grant in policy.grants
                if grant.purpose == purpose.id
                for recipient in grant.recipients
                if recipient in outside
            }
        )
        words = policy.clause(purpose.clause).ja
        if provided and not ("第三者" in words and "提供" in words):
            yield Finding(
                code="L10", severity=Severity.ERROR, key=f"purposes[{purpose.id}]",
                ja=f"{purpose.id} では第三者({provided[0]})への提供を予定していますが、利用目的に書かれていません。",
                en=f"{purpose.id} plans provision to `{provided[0]}` but its purpose does not say so",
                base="Act 17(1); guideline 3-1-1",
                remedy_ja="利用目的の文に、第三者に提供することを書いてください。",
                remedy_en="say in the purpose's sentence (ja: 第三者, 提供) that data is provided to a third party",
            )  # fmt: skip


def _grounds(policy: Policy, _today: date) -> Iterator[Finding]:
    for ground in policy.requests.grounds:
        allowed = ALLOWED.get(ground.ground)
        if allowed is None:
            continue
        beyond = sorted(set(ground.kinds or ()) - allowed)
        if ground.kinds is None or beyond:
            yield _beyond(ground, beyond, allowed)


def _beyond(ground: Ground, beyond: list[str], allowed: frozenset[str]) -> Finding:
    said = ", ".join(beyond) if beyond else "every kind"
    return Finding(
        code="L11",
        severity=Severity.ERROR if beyond else Severity.WARNING,
        key=f"requests.grounds[{ground.ground}].kinds",
        ja=f"「{ground.title.ja}」を、法律が認めない種類の請求({'、'.join(beyond) or 'すべて'})にも使えると読めます。",
        en=f"`{ground.ground}` reaches kinds for which the law does not know it ({said})",
        base="Act 33(2), 34, 35",
        remedy_ja=f"kinds を {'、'.join(sorted(allowed))} に限ってください。",
        remedy_en=f"limit kinds to {', '.join(sorted(allowed))}",
    )


def _methods(policy: Policy, _today: date) -> Iterator[Finding]:
    for method in Method:
        if method not in policy.requests.methods:
            yield Finding(
                code="L12", severity=Severity.ERROR, key="requests.methods",
                ja=f"回答の方法として {method} を選べません。本人が方法を選べる必要があります。",
                en=f"`{method}` cannot be chosen: the person chooses how data is disclosed",
                base="Act 33(1), (2); Rule 30",
                remedy_ja="requests.methods に paper と electronic の両方を書いてください。",
                remedy_en="list both paper and electronic under requests.methods",
            )  # fmt: skip


def _vague(policy: Policy, _today: date) -> Iterator[Finding]:
    for purpose in policy.purposes:
        found = _VAGUE.search(policy.clause(purpose.clause).ja)
        if found is not None:
            yield Finding(
                code="L13", severity=Severity.WARNING, key=f"purposes[{purpose.id}].clause",
                ja=f"{purpose.id} の「{found[0]}」では、何に使うのかが具体的に分かりません。",
                en=f"{purpose.id} says `{found[0]}`, from which nobody can tell the use",
                base="Act 17(1); guideline 3-1-1",
                remedy_ja="本人が使われ方を想像できる言葉に書き換えてください。",
                remedy_en="rewrite it so that a person can picture the use",
            )  # fmt: skip


def _foreign_information(policy: Policy, _today: date) -> Iterator[Finding]:
    if policy.requests.foreign_information is None:
        abroad = any(r.basis is ProvisionBasis.EQUIVALENT_SYSTEM for r in policy.recipients)
        yield Finding(
            code="L14",
            severity=Severity.ERROR if abroad else Severity.NOTICE,
            key="requests.foreign_information",
            ja="外国の提供先の措置について、求めに応じて知らせることが書かれていません(求めには応じます)。",
            en="requests for information on foreign recipients are not mentioned (they are still answered)",
            base="Act 28(3); Rule 18",
            remedy_ja="その文を書き、requests.foreign_information に id を書いてください。",
            remedy_en="write the sentence and name it under requests.foreign_information",
        )


def _unnamed_law(policy: Policy, _today: date) -> Iterator[Finding]:
    """No refusal and no stop of a person holds back what a law demands: so it has to be named."""
    for purpose in policy.purposes:
        if purpose.basis is PurposeBasis.LAW and purpose.law is None:
            yield Finding(
                code="L15", severity=Severity.ERROR, key=f"purposes[{purpose.id}].law",
                ja=f"{purpose.id} は法令を根拠としていますが、どの法令かが書かれていません。",
                en=f"{purpose.id} rests on a law, and no law is named",
                base="Act 18(3)(i)",
                remedy_ja="law に法令の名前と条を書くか、basis を stated に戻してください。",
                remedy_en="name the law and its article under `law`, or go back to `basis: stated`",
            )  # fmt: skip


RULES: tuple[Rule, ...] = (
    _address,
    _representative,
    _measures,
    _countries,
    _fee,
    _desk,
    _accredited,
    _joint_use,
    _opt_out,
    _provision_stated,
    _grounds,
    _methods,
    _vague,
    _foreign_information,
    _unnamed_law,
)
"""L01 to L15, one function a code."""


def kinds_of(policy: Policy, ground: str) -> frozenset[str]:
    """Return the kinds of demand for which `ground` may be used: the policy's, cut to the law's."""
    offered = frozenset(kind.kind for kind in policy.requests.kinds)
    legal = ALLOWED.get(ground, offered)
    for stated in policy.requests.grounds:
        if stated.ground == ground:
            return (offered if stated.kinds is None else frozenset(stated.kinds)) & legal
    return frozenset()
