"""Words and citations as people read them, in Japanese and English, for what a new version changes."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from pydantic import BaseModel

from mamoru.policy.terms import (
    CategoryKind,
    ClosedChannel,
    Form,
    Language,
    MeasureClass,
    Method,
    Need,
    ProvisionBasis,
    PurposeBasis,
    RecipientKind,
    Way,
)

_WORDS: Mapping[tuple[type[StrEnum], StrEnum], tuple[str, str]] = {
    (type(member), member): said  # by type too: two lists may spell a member alike
    for member, said in (
        (RecipientKind.INTERNAL, ("社内", "inside the company")),
        (RecipientKind.ENTRUSTEE, ("委託先", "entrusted business")),
        (RecipientKind.THIRD_PARTY, ("第三者", "third party")),
        (RecipientKind.FOREIGN_THIRD_PARTY, ("外国にある第三者", "third party abroad")),
        (RecipientKind.JOINT_USER, ("共同利用者", "joint user")),
        (RecipientKind.STATE, ("国の機関等", "State bodies")),
        (ProvisionBasis.CONSENT, ("本人の同意", "consent")),
        (ProvisionBasis.LAW, ("法令", "law")),
        (ProvisionBasis.OPT_OUT, ("オプトアウト", "opt-out")),
        (ProvisionBasis.ENTRUSTMENT, ("委託", "entrustment")),
        (ProvisionBasis.JOINT_USE, ("共同利用", "joint use")),
        (ProvisionBasis.FOREIGN_CONSENT, ("外国にある第三者への提供の同意", "consent to provision abroad")),
        (ProvisionBasis.EQUIVALENT_SYSTEM, ("基準適合体制", "equivalent system")),
        (PurposeBasis.STATED, ("示した利用目的", "the stated purpose")),
        (PurposeBasis.CONSENT, ("本人の同意", "consent")),
        (PurposeBasis.LAW, ("法令", "law")),
        (PurposeBasis.ENTRUSTMENT, ("委託", "entrustment")),
        (Form.CLEAR, ("そのまま", "in clear")),
        (Form.MASKED, ("一部を伏せて", "masked")),
        (Form.AGGREGATE, ("集計で", "in aggregates")),
        (Form.SUPPRESSED, ("見せない", "not at all")),
        (CategoryKind.PERSONAL, ("個人情報", "personal information")),
        (CategoryKind.PERSON_RELATED, ("個人関連情報", "person-related information")),
        (CategoryKind.PSEUDONYMIZED, ("仮名加工情報", "pseudonymized information")),
        (CategoryKind.ANONYMIZED, ("匿名加工情報", "anonymized information")),
        (MeasureClass.DISCIPLINE, ("規律の整備", "rules")),
        (MeasureClass.ORGANIZATION, ("組織的安全管理措置", "organization")),
        (MeasureClass.PEOPLE, ("人的安全管理措置", "people")),
        (MeasureClass.PREMISES, ("物理的安全管理措置", "premises")),
        (MeasureClass.TECHNOLOGY, ("技術的安全管理措置", "technology")),
        (MeasureClass.ABROAD, ("外的環境の把握", "handling abroad")),
        (Way.MEMBER_PAGE, ("会員ページでの確認と訂正", "the member page")),
        (Way.WRITTEN_ANSWER, ("書面等での請求", "asking in writing")),
        (Way.WITHDRAWN_MEMBER, ("退会した方の請求", "requests of former members")),
        (Way.AGENT, ("代理人による請求", "requests through an agent")),
        (Way.NON_MEMBER, ("会員でない方の請求", "requests of people who are not members")),
        (Method.PAPER, ("書面", "paper")),
        (Method.ELECTRONIC, ("電磁的記録", "electronic")),
        (ClosedChannel.TELEPHONE, ("電話", "telephone")),
        (ClosedChannel.IN_PERSON, ("来訪", "in person")),
        (Need.FORBIDDEN, ("法律上、行えない", "the law does not allow it")),
        (Need.CONSENT, ("本人の同意が必要", "needs consent")),
        (Need.JUDGEMENT, ("同意が要るかどうかの判断が必要", "to be judged: it may need consent")),
        (Need.NOTICE, ("通知または公表と、関連性の判断が必要", "needs notice or publication, and a judgement of relation")),
        (Need.PUBLICATION, ("公表で足りる", "met by publication")),
        (Need.NONE, ("手続は不要", "needs nothing")),
    )
}  # fmt: skip
_COUNTRIES: Mapping[str, tuple[str, str]] = {"JP": ("日本", "Japan")}
_WILL: Mapping[str, tuple[str, str]] = {
    "none": ("意思の確認なし", "nothing"),
    "not-refused": ("断られていないこと", "that the person has not refused"),
    "consent": ("同意", "consent"),
}

_FIELDS: Mapping[str, tuple[str, str]] = {
    "assisted": ("フォームを使えない方への案内", "help for whom the form shuts out"),
    "analysis": ("分析の有無", "analysis"),
    "answer_within_days": ("回答までの日数", "days until the answer"),
    "basis": ("根拠", "basis"),
    "law": ("根拠となる法令", "law"),
    "before_after": ("訂正前後の記載", "statement of before and after"),
    "channels": ("受け付けない方法", "closed channels"),
    "clause": ("根拠となる文", "clause"),
    "contactable": ("連絡に使えるか", "use for contacting"),
    "contract": ("契約", "contract"),
    "documents": ("必要な書類", "documents"),
    "erased_within_days": (
        "書類の写しを消去するまでの日数",
        "days until copies of papers are erased",
    ),
    "expiry_stated": ("有効期限の確認", "whether the day of expiry is asked"),
    "foreign_information": ("外国に関する情報提供", "information on foreign countries"),
    "id_code": ("個人識別符号かどうか", "individual identification code"),
    "issued_within": ("書類ごとの発行からの月数", "months since issue by kind of paper"),
    "issued_within_months": ("発行からの月数", "months since issue"),
    "kind": ("種類", "kind"),
    "measures": ("相手の措置", "measures"),
    "methods": ("回答の方法", "methods of answering"),
    "name": ("名称", "name"),
    "not_accepted": ("受け付けない書類", "papers not taken"),
    "not_offered": ("受け付けない方法", "channels not offered"),
    "papers": ("確認書類の扱い", "papers that are taken"),
    "purposes": ("利用目的", "purposes"),
    "purposes_clause": ("請求で得た情報の利用目的の文", "clause on data obtained through requests"),
    "reviewed_on": ("確認した日", "day of review"),
    "special": ("要配慮個人情報かどうか", "special care"),
    "system": ("その国の制度", "system of the country"),
    "target": ("請求の対象", "what may be asked for"),
    "terms_version": ("規約の版", "version of the terms"),
    "title": ("名称", "title"),
    "withdrawal": ("退会の定め", "rule on leaving"),
}

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7}
_NAMES = (
    ("Act ", "法"),
    ("Order ", "令"),
    ("Rule ", "規則"),
    ("guideline ", "ガイドライン通則編 "),
)
_ITEM = re.compile(r"(\d+)((?:\([0-9ivx]+\))*)")


def word(member: StrEnum, language: Language | str) -> str:
    """Return a closed list's word for people; KeyError where this module knows none."""
    return _WORDS[type(member), member][language == Language.EN]


def country(code: str, names: Mapping[str, tuple[str, str]], language: Language | str) -> str:
    """Return a country's name: the policy's own `names` first, then what is known, else the code."""
    return {**_COUNTRIES, **names}.get(code, (code, code))[language == Language.EN]


def field(name: str, language: Language | str) -> str:
    """Return what a field of `policy.yaml` is called; KeyError where this module knows none."""
    return _FIELDS[name][language == Language.EN]


def titles(part: object, name: str) -> tuple[str, str]:
    """Return what a part of the policy is called in Japanese and English; `name` if it has no title."""
    title = getattr(part, "title", None) or getattr(part, "name", None)
    if title is not None:
        return title.ja, title.en
    if isinstance(name, StrEnum):
        return word(name, Language.JA), word(name, Language.EN)
    return name, name


def value(given: object, language: Language | str) -> str:
    """Return what a field holds, as people read it: なし, はい, 14, 書面・電磁的記録, a title."""
    at = language == Language.EN
    said = str(given)
    if given is None or given in ((), {}):
        said = ("なし", "none")[at]
    elif isinstance(given, bool):
        said = (("いいえ", "no"), ("はい", "yes"))[given][at]
    elif isinstance(given, StrEnum):
        said = word(given, language)
    elif isinstance(given, tuple | list):
        said = ("、", ", ")[at].join(value(each, language) for each in given)
    elif isinstance(given, BaseModel):
        if "ja" in type(given).model_fields:
            said = str(getattr(given, str(language)))
        else:
            said = " ".join(value(part, language) for _, part in given if part is not None)
    return said


def will(needs: str, language: Language | str) -> str:
    """Return what a purpose needs of the person, in words."""
    return _WILL[needs][language == Language.EN]


def citation(article: str, language: Language | str) -> str:
    """Return `Act 17(2), 21(3)` as it is, or as 法17条2項、21条3項 in Japanese; "-" gives nothing."""
    if article == "-":
        return ""
    return article if language == Language.EN else "、".join(_cited(article))


def _cited(article: str) -> Iterable[str]:
    code = ""
    for part in article.split("; "):
        for piece in part.split(", "):
            rest = piece
            for name, ja in _NAMES:
                if piece.startswith(name):
                    code, rest = ja, piece.removeprefix(name)
                    break
            else:
                if piece.startswith("("):  # a further paragraph of the article just named
                    yield _levels(piece)
                    continue
            found = _ITEM.fullmatch(rest)
            spoken = rest if found is None else f"{found[1]}条{_levels(found[2])}"
            yield f"{code}{spoken}" if rest is not piece else spoken


def _levels(brackets: str) -> str:
    """Return `(5)(iii)` as 5項3号; a Roman number without a paragraph is an item: 1号."""
    spoken = ""
    for level in re.findall(r"\(([0-9ivx]+)\)", brackets):
        spoken += f"{level}項" if level.isdecimal() else f"{_ROMAN[level]}号"
    return spoken
