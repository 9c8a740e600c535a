"""What the part on requests must say: L05, L06, L11, L12, L14 and L16 to L18 (Act 28, 32 to 38)."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from mamoru.policy.document import Policy
from mamoru.policy.lint.finding import Finding
from mamoru.policy.parts import DEMAND_KINDS, Ground
from mamoru.policy.terms import Method, ProvisionBasis, Severity, Way

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

_FREE = re.compile(
    r"無料|無償|手数料[はを]?(?:かかりません|いただきません|頂きません|頂戴しません|不要)"
)
"""How a sentence says that nothing is charged."""
_PRICE = re.compile(r"[0-9０-９千万]\s*円")

_DAYS = re.compile(r"([0-9]{1,3})日(?:間|以内|まで)")
_DELAY, _PAPERS = "P3.26", "P3.25"


def fee(policy: Policy, _today: date) -> Iterator[Finding]:
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
    elif (_FREE if fee.yen else _PRICE).search(policy.clause(fee.clause).ja):
        yield Finding(
            code="L05", severity=Severity.ERROR, key="requests.fee.yen",
            ja=f"手数料は {fee.yen} 円と定められていますが、文「{policy.clause(fee.clause).ja}」はそう述べていません。",
            en=f"the fee is {fee.yen} yen, and the sentence that states it says otherwise",
            base="Act 32(1)(iii), 38(2)",
            remedy_ja="文と requests.fee.yen のどちらかを改めてください。",
            remedy_en="mend the sentence or requests.fee.yen",
        )  # fmt: skip


def desk(policy: Policy, _today: date) -> Iterator[Finding]:
    if policy.requests.desk is None:
        yield Finding(
            code="L06", severity=Severity.ERROR, key="requests.desk",
            ja="苦情の申出先が書かれていません。", en="no contact for complaints is given",
            base="Order 10(ii); Act 40",
            remedy_ja="requests.desk に窓口を書いてください。", remedy_en="name the desk under requests.desk",
        )  # fmt: skip


def grounds(policy: Policy, _today: date) -> Iterator[Finding]:
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


def methods(policy: Policy, _today: date) -> Iterator[Finding]:
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


def foreign_information(policy: Policy, _today: date) -> Iterator[Finding]:
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


def kinds(policy: Policy, _today: date) -> Iterator[Finding]:
    """L16: each right of Articles 32 to 35 is there whether or not a policy names it; how to use it is published."""
    offered = {kind.kind for kind in policy.requests.kinds}
    for kind in DEMAND_KINDS:
        if kind not in offered:
            yield Finding(
                code="L16", severity=Severity.ERROR, key="requests.kinds",
                ja=f"請求の種類「{kind}」の手続が書かれていません。この請求は法律が認めるもので、受けないことはできません。",
                en=f"how to ask for `{kind}` is not stated, though the law gives that right",
                base="Act 32(1)(iii), (2), 33, 34, 35",
                remedy_ja="requests.kinds に種類を加え、その請求を受ける文を書いてください。",
                remedy_en="add it under requests.kinds, with the sentence that offers it",
            )  # fmt: skip


def agents(policy: Policy, _today: date) -> Iterator[Finding]:
    """L17: a demand may be made through an agent."""
    if Way.AGENT not in {way.id for way in policy.requests.ways}:
        yield Finding(
            code="L17", severity=Severity.ERROR, key="requests.ways",
            ja="代理人による請求の方法が書かれていません。代理人による請求は断れません。",
            en="how an agent asks is not stated, though the law lets agents ask",
            base="Act 37(3); Order 13",
            remedy_ja=f"requests.ways に {Way.AGENT} を加え、その文を書いてください。",
            remedy_en=f"add {Way.AGENT} under requests.ways, with its sentence",
        )  # fmt: skip


def days(policy: Policy, _today: date) -> Iterator[Finding]:
    """L18: a number of days that people read is the one that the company works by."""
    stated = (
        (_DELAY, "answer_within_days", policy.requests.answer_within_days),
        (_PAPERS, "papers.erased_within_days", policy.requests.papers.erased_within_days),
    )
    for promise, key, kept in stated:
        words = [clause.ja for clause in policy.clauses if promise in clause.promises]
        said = {int(n) for ja in words for n in _DAYS.findall(unicodedata.normalize("NFKC", ja))}
        if said and kept not in said:
            numbers = sorted(said)
            yield Finding(
                code="L18", severity=Severity.ERROR, key=f"requests.{key}",
                ja=f"公表する文は{'、'.join(f'{n}日' for n in numbers)}と述べていますが、requests.{key} は{'書かれていません' if kept is None else f' {kept} です'}。",
                en=f"the published words say {', '.join(map(str, numbers))} days, requests.{key} says {'nothing' if kept is None else kept}",
                base="Act 32(1)(iii), 37(4)",
                remedy_ja="文と日数をそろえてください。",
                remedy_en="make the words and the number agree",
            )  # fmt: skip


def kinds_of(policy: Policy, ground: str) -> frozenset[str]:
    """Return the kinds of demand for which `ground` may be used: the policy's, cut to the law's."""
    offered = frozenset(kind.kind for kind in policy.requests.kinds)
    legal = ALLOWED.get(ground, offered)
    for stated in policy.requests.grounds:
        if stated.ground == ground:
            return (offered if stated.kinds is None else frozenset(stated.kinds)) & legal
    return frozenset()
