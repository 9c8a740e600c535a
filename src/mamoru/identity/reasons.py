"""Why a comparison said what it said, in plain words, Japanese and English. Codes are stable."""

from collections.abc import Iterable
from typing import Final, NamedTuple


class Words(NamedTuple):
    """One reason in two languages."""

    ja: str
    en: str


REASONS: Final[dict[str, Words]] = {
    # different
    "municipality": Words("市区町村が異なります", "the municipality differs"),
    "ward": Words("区が異なります", "the ward differs"),
    "town": Words("町名・字名が異なります", "the town name differs"),
    "koaza": Words("小字が異なります", "the small section of the town differs"),
    "kyoto-street": Words("通り名の書き方が異なります", "the Kyoto street name differs"),
    "chome": Words("丁目が異なります", "the chome differs"),
    "number": Words("番地・号の数字が異なります", "a number differs"),
    "digits-regrouped": Words("数字の区切りが異なります", "the same digits are grouped otherwise"),
    "number-order": Words("数字の順序が異なります", "the same numbers stand in another order"),
    "lot-branch": Words(
        "地番の枝番が片方にありません（別の土地です）",
        "a lot's branch number is missing: another lot",
    ),
    "building": Words("建物名が異なります", "the building's name differs"),
    "floor": Words("階が異なります", "the floor differs"),
    "room": Words("部屋番号が異なります", "the room differs"),
    # less
    "building-missing": Words("片方に建物名がありません", "one side has no building"),
    "room-missing": Words("片方に階・部屋番号がありません", "one side has no floor or room"),
    "branch-missing": Words("片方に末尾の番号がありません", "one side lacks the last number"),
    "kyoto-street-missing": Words("片方に通り名がありません", "one side has no Kyoto street name"),
    # unknown
    "town-unknown": Words(
        "市区町村または町名を読み取れません", "the municipality or town could not be read"
    ),
    "ambiguous": Words("二通りに読めます", "the text can be read in two ways"),
    "latin-ambiguous": Words(
        "ローマ字の住所は自動では比べられません",
        "an address in Latin letters cannot be compared automatically",
    ),
    "unreadable": Words(
        "読み取れない文字があるか、記載がありません", "the text is empty or cannot be read"
    ),
    "not-given": Words("片方に記載がありません", "one side does not state it"),
    # notation
    "width": Words("全角・半角の違い", "full or half width"),
    "spacing": Words("空白の違い", "spaces"),
    "dash": Words("ハイフン等の違い", "kind of dash"),
    "kanji-numeral": Words("漢数字と算用数字の違い", "kanji or Arabic numerals"),
    "chome-notation": Words("丁目の書き方の違い", "notation of the chome"),
    "banchi-notation": Words("番地・号の書き方の違い", "notation of the lot number"),
    "lot-vs-block": Words(
        "「番地」と「番」の違い（数字は同じ）", "lot or block number, the same figures"
    ),
    "oaza-aza": Words("大字・字の有無", "with or without oaza or aza"),
    "cho-omitted": Words(
        "町名の「町」「村」「区」の有無（ほかの町と紛れません）",
        "with or without cho, mura or ku within the town's name; no other town is meant",
    ),
    "koaza-omitted": Words(
        "小字の省略（甲・乙等の区分と地番で定まります）",
        "small section left out; the class and the number name one lot",
    ),
    "ke-ga": Words("ヶ・ケ・が等の違い", "spelling of ke or ga"),
    "no-particle": Words("ノ・の・之の違い", "spelling of no"),
    "variant-kanji": Words("旧字体・異体字の違い", "old or variant form of a character"),
    "prefecture-omitted": Words("都道府県の省略", "prefecture left out"),
    "gun-omitted": Words("郡の省略", "county left out"),
    "city-omitted": Words("市名の省略", "city left out before its ward"),
    "kyoto-spelling": Words("通り名の送り仮名の違い", "spelling of the Kyoto street"),
    "kyoto-street-omitted-unique": Words(
        "通り名の省略（同じ名の町はその区にありません）",
        "Kyoto street left out; the town's name stands once in the ward",
    ),
    "romaji": Words(
        "ローマ字表記（町名の読みで一致）", "in Latin letters, read by the table of towns"
    ),
    "room-notation": Words("部屋番号の書き方の違い", "notation of the room"),
    "postal-code-omitted": Words("郵便番号の有無", "with or without postal code"),
    "renamed": Words(
        "市区町村の合併・再編による名称変更", "municipality or ward merged or renamed"
    ),
    # warnings
    "postal-code-contradicts": Words(
        "郵便番号が一致しません（判定には使いません）", "the postal codes differ (not decisive)"
    ),
    "former-address": Words("以前の住所と一致します", "it is a former address"),
    "table-outdated": Words("照合表が古くなっています", "the table is outdated"),
    # names
    "name-notation": Words("全角・空白等の違い", "width, spaces or case"),
    "kana": Words("かな書きで一致します", "equal in kana"),
    "kana-differs": Words("ふりがなが異なります", "the readings differ"),
    "kana-only": Words(
        "片方がかな書きのみです（同音の別人がありえます）",
        "one side is in kana only; others may sound the same",
    ),
    "name-order": Words("姓と名が逆の可能性があります", "family and given name may be swapped"),
    "name-romaji-reading": Words(
        "ローマ字の氏名が登録のふりがなと一致します（同音の別人がありえます）",
        "the name in Latin letters is the registered reading; others may sound the same",
    ),
    "name-romaji": Words(
        "ローマ字の氏名は自動では比べられません",
        "a name in Latin letters cannot be compared automatically",
    ),
    "name-differs": Words("氏名が異なります", "the name differs"),
    # birth dates
    "date-notation": Words("日付の書き方の違い", "notation of the date"),
    "date-differs": Words("生年月日が異なります", "the birth date differs"),
    "date-unreadable": Words(
        "日付を読み取れません。訂正をお願いします",
        "the date is impossible or ambiguous; please correct it",
    ),
    # papers and authority
    "identity-missing": Words(
        "本人の確認書類がありません", "the person's identity paper is missing"
    ),
    "agent-identity-missing": Words(
        "代理人の確認書類がありません", "the agent's identity paper is missing"
    ),
    "relation-missing": Words(
        "親子関係がわかる書類（戸籍・住民票）がありません", "no paper shows the parent's relation"
    ),
    "guardianship-missing": Words(
        "後見の登記事項証明書がありません", "the certificate of guardianship is missing"
    ),
    "power-of-attorney-missing": Words("委任状がありません", "the power of attorney is missing"),
    "seal-certificate-missing": Words(
        "本人の印鑑登録証明書がありません", "the person's seal certificate is missing"
    ),
    "lawyer-identification-missing": Words(
        "弁護士の身分を示す書類がありません", "the lawyer's identification is missing"
    ),
    "not-genuine": Words("書類に疑義があります", "the paper was not found genuine"),
    "expired": Words("書類の有効期限が切れています", "the paper has expired"),
    "too-old": Words("書類の発行日が古すぎます", "the paper was issued too long ago"),
    "expiry-unstated": Words(
        "有効期限が記録されていません", "the day of expiry was not written down"
    ),
    "not-accepted": Words(
        "当社では確認書類として扱わない種類です", "a kind of paper that the company does not take"
    ),
    "undated": Words("書類の発行日がわかりません", "the paper shows no date of issue"),
    "dated-in-future": Words("書類の日付が未来の日付です", "the paper is dated in the future"),
    "scope-too-narrow": Words(
        "委任の範囲に請求の内容が含まれていません", "the authority does not cover what is asked"
    ),
    "scope-missing": Words("委任の範囲がわかりません", "the power of attorney states no scope"),
    "principal-name-differs": Words(
        "書類の本人（委任者）の氏名が本人と一致しません", "the paper names another person"
    ),
    "agent-name-differs": Words(
        "書類の代理人の氏名が代理人と一致しません", "the paper names another agent"
    ),
    "seal-certificate-address-differs": Words(
        "印鑑登録証明書の住所が本人確認書類の住所と一致しません",
        "the seal certificate shows another address than the person's identity paper",
    ),
    "person-is-of-age": Words(
        "本人は成年です。親権者としての請求はできません",
        "the person is of age; a parent is no statutory agent",
    ),
    "person-is-minor": Words(
        "本人は未成年です。委任状だけでは代理権を確認できません",
        "the person is a minor; a power of attorney alone proves no authority",
    ),
    "person-age-unknown": Words("本人の年齢がわかりません", "the person's age is not known"),
    "agent-is-the-person": Words(
        "代理人と本人が同じ氏名・書類です", "agent and person show the same identity paper"
    ),
    "not-an-agent": Words("代理人による請求ではありません", "the case is not filed by an agent"),
}

_ORDER: Final = {code: place for place, code in enumerate(REASONS)}


def ordered(codes: Iterable[str]) -> tuple[str, ...]:
    """Return codes once each, what differs first; KeyError if one has no words."""
    return tuple(sorted(set(codes), key=_ORDER.__getitem__))


def words(code: str, language: str = "ja") -> str:
    """Return a reason in plain words; `paper:code` names the paper's kind before it."""
    kind, mark, plain = code.rpartition(":")
    found = REASONS[plain]
    text = found.ja if language == "ja" else found.en
    if not mark:
        return text
    return f"{text}（{kind}）" if language == "ja" else f"{text} ({kind})"
