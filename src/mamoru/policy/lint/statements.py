"""What a policy must say of the company, its purposes and whom it gives data: L01 to L04, L07 to L10, L13, L15 (Act 17, 18, 27, 28, 32)."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from mamoru.policy.document import Policy
from mamoru.policy.lint.finding import Finding
from mamoru.policy.terms import MeasureClass, ProvisionBasis, PurposeBasis, RecipientKind, Severity

_CONFIRMED_FOR = timedelta(days=366)
"""How long a look at what may change counts as current."""

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


def address(policy: Policy, _today: date) -> Iterator[Finding]:
    if policy.company.address is None:
        yield Finding(
            code="L01", severity=Severity.ERROR, key="company.address",
            ja="事業者の住所が書かれていません。", en="the company's address is not given",
            base="Act 32(1)(i)",
            remedy_ja="company.address に住所を書いてください。", remedy_en="write it under company.address",
        )  # fmt: skip


def _lately(day: date | None, today: date) -> bool:
    """Whether people looked within a year; a day still to come is none on which anybody looked."""
    return day is not None and timedelta() <= today - day <= _CONFIRMED_FOR


def representative(policy: Policy, today: date) -> Iterator[Finding]:
    who = policy.company.representative
    if who is None:
        yield Finding(
            code="L02", severity=Severity.ERROR, key="company.representative",
            ja="代表者の氏名が書かれていません。", en="the representative's name is not given",
            base="Act 32(1)(i)",
            remedy_ja="company.representative に役職と氏名を書いてください。",
            remedy_en="write title and name under company.representative",
        )  # fmt: skip
    elif not _lately(who.confirmed_on, today):
        last = "-" if who.confirmed_on is None else who.confirmed_on.isoformat()
        yield Finding(
            code="L02", severity=Severity.WARNING, key="company.representative.confirmed_on",
            ja=f"代表者の氏名が現在のものか、1年以内に確かめられていません(最後の確認: {last})。",
            en=f"nobody has checked within a year that the representative is current (last: {last})",
            base="Act 32(1)(i)",
            remedy_ja="登記と照らし合わせ、confirmed_on にその日を書いてください。",
            remedy_en="compare with the company register and write the day in confirmed_on",
        )  # fmt: skip


def measures(policy: Policy, _today: date) -> Iterator[Finding]:
    # One sentence describes one class: the same one under each of them describes none.
    told = {measure.clause: measure.kind for measure in policy.measures}
    missing = sorted(_CONCRETE - set(told.values()))
    if missing and policy.measures_on_request is None:
        yield Finding(
            code="L03", severity=Severity.ERROR, key="measures",
            ja=f"安全管理措置の内容が具体的に書かれていません(ないもの: {'、'.join(missing)})。",
            en=f"security measures are not given in concrete terms (missing: {', '.join(missing)})",
            base="Act 32(1)(iv); Order 10(i)",
            remedy_ja="measures に区分ごとの文を書くか、measures_on_request で求めに応じると書いてください。",
            remedy_en="add a sentence per class under measures, or offer them with measures_on_request",
        )  # fmt: skip


def countries(policy: Policy, today: date) -> Iterator[Finding]:
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
    for country in policy.countries or ():
        if not _lately(country.reviewed_on, today):
            yield Finding(
                code="L04", severity=Severity.WARNING, key=f"countries[{country.code}].reviewed_on",
                ja=f"{country.name.ja}の制度を1年以内に確かめていません(最後の確認: {country.reviewed_on.isoformat()})。",
                en=f"nobody has looked at the system of {country.name.en} within a year (last: {country.reviewed_on.isoformat()})",
                base="guideline 10-7; Act 28(3); Rule 18(1)",
                remedy_ja="その国の制度を調べ直し、reviewed_on にその日を書いてください。",
                remedy_en="look at that country's system again and write the day in reviewed_on",
            )  # fmt: skip
    for recipient in policy.recipients:
        if recipient.kind is RecipientKind.FOREIGN_THIRD_PARTY and recipient.country == "JP":
            yield Finding(
                code="L04", severity=Severity.ERROR, key=f"recipients[{recipient.id}].country",
                ja=f"外国にある第三者({recipient.title.ja})の国が書かれていません。",
                en=f"{recipient.title.en} is a third party abroad, and its country is not given",
                base="Act 28(1), (2); Rule 17",
                remedy_ja="country に国の符号を書いてください。",
                remedy_en="write the code of its country under `country`",
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


def accredited(policy: Policy, _today: date) -> Iterator[Finding]:
    yield from _unsaid(
        policy, key="company.accredited_body", code="L07", ja="認定個人情報保護団体に加入しているかどうかが書かれていません。", en="nothing says whether the company belongs to an accredited body", base="Order 10(iii)"
    )  # fmt: skip


def joint_use(policy: Policy, _today: date) -> Iterator[Finding]:
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


def opt_out(policy: Policy, _today: date) -> Iterator[Finding]:
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


_DENIED = re.compile(r"提供(?:は|を)?(?:しない|しませ|いたしませ|致しませ|行わない|行いませ)")
_OUTSIDE = frozenset({RecipientKind.THIRD_PARTY, RecipientKind.FOREIGN_THIRD_PARTY})


def provision_stated(policy: Policy, _today: date) -> Iterator[Finding]:
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
        if provided and ("第三者" not in words or "提供" not in words or _DENIED.search(words)):
            yield Finding(
                code="L10", severity=Severity.ERROR, key=f"purposes[{purpose.id}]",
                ja=f"{purpose.id} では第三者({provided[0]})への提供を予定していますが、利用目的に書かれていません。",
                en=f"{purpose.id} plans provision to `{provided[0]}` but its purpose does not say so",
                base="Act 17(1); guideline 3-1-1",
                remedy_ja="利用目的の文に、第三者に提供することを書いてください。",
                remedy_en="say in the purpose's sentence (ja: 第三者, 提供) that data is provided to a third party",
            )  # fmt: skip


def vague(policy: Policy, _today: date) -> Iterator[Finding]:
    for purpose in policy.purposes:
        found = _VAGUE.search("".join(policy.clause(purpose.clause).ja.split()))
        if found is not None:
            yield Finding(
                code="L13", severity=Severity.WARNING, key=f"purposes[{purpose.id}].clause",
                ja=f"{purpose.id} の「{found[0]}」では、何に使うのかが具体的に分かりません。",
                en=f"{purpose.id} says `{found[0]}`, from which nobody can tell the use",
                base="Act 17(1); guideline 3-1-1",
                remedy_ja="本人が使われ方を想像できる言葉に書き換えてください。",
                remedy_en="rewrite it so that a person can picture the use",
            )  # fmt: skip


def unnamed_law(policy: Policy, _today: date) -> Iterator[Finding]:
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
