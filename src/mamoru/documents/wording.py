"""The words of letters and pages for each stable code, Japanese first (P3.17, P3.22, P3.24).

Plain words for people who ask; the articles stand in the letters. Every code of `cases.terms`
has its words here, and a test says so.
"""

import re
from collections.abc import Mapping

Words = Mapping[str, Mapping[str, str]]
"""code -> language -> words"""


def in_both(rows: Mapping[str, tuple[str, str]]) -> Words:
    """Return words of (Japanese, English) by language."""
    return {code: {"ja": ja, "en": en} for code, (ja, en) in rows.items()}


def said(words: Words, code: str, language: str) -> str:
    """Return the words of a code; KeyError if it has none, which a test forbids."""
    return words[code]["en" if language == "en" else "ja"]


KINDS = in_both(
    {
        "notice-of-purpose": ("利用目的の通知", "Notice of the purposes of use"),
        "disclosure": ("保有個人データの開示", "Disclosure of retained personal data"),
        "disclosure-of-provision-records": (
            "第三者提供記録の開示",
            "Disclosure of records of provision to third parties",
        ),
        "correction": ("内容の訂正", "Correction of content"),
        "addition": ("内容の追加", "Addition of content"),
        "deletion": ("内容の削除", "Deletion of content"),
        "cease-use": ("利用の停止", "Ceasing of use"),
        "erasure": ("消去", "Erasure"),
        "cease-provision": ("第三者への提供の停止", "Ceasing of provision to third parties"),
    }
)

ARTICLES = in_both(
    {
        "notice-of-purpose": ("法第32条第2項", "Act, Article 32(2)"),
        "disclosure": ("法第33条第1項", "Act, Article 33(1)"),
        "disclosure-of-provision-records": ("法第33条第5項", "Act, Article 33(5)"),
        "correction": ("法第34条第1項", "Act, Article 34(1)"),
        "addition": ("法第34条第1項", "Act, Article 34(1)"),
        "deletion": ("法第34条第1項", "Act, Article 34(1)"),
        "cease-use": ("法第35条", "Act, Article 35"),
        "erasure": ("法第35条", "Act, Article 35"),
        "cease-provision": ("法第35条", "Act, Article 35"),
    }
)

GROUNDS = in_both(
    {
        "identity-unconfirmed": (
            "ご本人であることを確認できないこと",
            "The identity of the person is not confirmed",
        ),
        "agency-unconfirmed": (
            "代理権を確認できないこと",
            "The agent's authority is not confirmed",
        ),
        "application-defective": (
            "申請書または手続きに不備があること",
            "The application or procedure is defective",
        ),
        "not-retained-personal-data": (
            "保有個人データに該当しないこと",
            "No retained personal data",
        ),
        "harm-to-rights": (
            "ご本人または第三者の権利利益を害するおそれがあること",
            "Risk of harm to the rights of the person or others",
        ),
        "hindrance-to-business": (
            "業務の適正な実施に著しい支障を及ぼすおそれがあること",
            "Risk of serious hindrance to the proper conduct of business",
        ),
        "other-law": ("他の法令に違反することとなること", "Violation of another law"),
    }
)

GROUND_ARTICLES = in_both(
    {
        "identity-unconfirmed": (
            "法第37条第1項、施行令第12条第3号",
            "Act, Article 37(1); Cabinet Order, Article 12(iii)",
        ),
        "agency-unconfirmed": (
            "法第37条第3項、施行令第12条第3号・第13条",
            "Act, Article 37(3); Cabinet Order, Articles 12(iii) and 13",
        ),
        "application-defective": (
            "法第37条第1項、施行令第12条第1号・第2号",
            "Act, Article 37(1); Cabinet Order, Article 12(i), (ii)",
        ),
        "not-retained-personal-data": ("法第16条第4項", "Act, Article 16(4)"),
        "harm-to-rights": ("法第33条第2項第1号", "Act, Article 33(2)(i)"),
        "hindrance-to-business": ("法第33条第2項第2号", "Act, Article 33(2)(ii)"),
        "other-law": ("法第33条第2項第3号", "Act, Article 33(2)(iii)"),
    }
)

# Where a ground rests on another article against another kind of demand (reference 6.2).
_OTHER_ARTICLES = {
    "notice-of-purpose": in_both(
        {
            "harm-to-rights": (
                "法第32条第2項第2号、第21条第4項第1号",
                "Act, Articles 32(2)(ii) and 21(4)(i)",
            ),
        }
    ),
    "disclosure-of-provision-records": in_both(
        {
            "harm-to-rights": (
                "法第33条第5項において準用する同条第2項第1号",
                "Act, Article 33(2)(i) through 33(5)",
            ),
            "hindrance-to-business": (
                "法第33条第5項において準用する同条第2項第2号",
                "Act, Article 33(2)(ii) through 33(5)",
            ),
            "other-law": (
                "法第33条第5項において準用する同条第2項第3号",
                "Act, Article 33(2)(iii) through 33(5)",
            ),
        }
    ),
}


def ground_article(kind: str, ground: str, language: str) -> str:
    """Return the articles on which a ground rests against a kind of demand."""
    words = _OTHER_ARTICLES.get(kind, {})
    return said(words if ground in words else GROUND_ARTICLES, ground, language)


def in_full(words: str, language: str) -> str:
    """Return words with the Act and its Cabinet Order named in full, for a page that stands alone."""
    if language == "en":
        return words.replace("Act, ", f"{_ACT['en']}, ").replace("the Act,", f"the {_ACT['en']},")
    return re.sub(r"(?<!同)法第", f"{_ACT['ja']}第", words, count=1).replace("施行令", "同法施行令")


_ACT = {"ja": "個人情報保護法", "en": "Act on the Protection of Personal Information"}

REMEDIES = in_both(
    {
        "identity-unconfirmed": (
            "ご住所の変更を確認できる書類（住民票、戸籍の附票など）または有効な本人確認書類を添えて、あらためてご請求いただけます。",
            "You may ask again with a paper that shows the change of address (a resident record or "
            "an address history) or a valid identity document.",
        ),
        "agency-unconfirmed": (
            "ご本人の署名のある委任状など、代理権を確認できる書類を添えて、あらためてご請求いただけます。",
            "You may ask again with a paper that proves the authority, such as a power of attorney "
            "signed by the person.",
        ),
        "application-defective": (
            "不備のあった点を補って、あらためてご請求いただけます。",
            "You may ask again once the defects are mended.",
        ),
    }
)

OUTCOMES = in_both(
    {
        "fulfilled": ("ご請求のとおり対応いたしました。", "We have done what you asked for."),
        "refused": (
            "誠に恐れ入りますが、ご請求に応じることができません。",
            "We are sorry that we cannot meet this demand.",
        ),
        # INVARIANT: existence that must not be told (Order 5) uses these very words too.
        "nothing-held": (
            "ご請求の対象となる保有個人データは存在しません。",
            "There is no retained personal data of the kind you asked for.",
        ),
        "substituted": (
            "ご請求に代わる措置をとりました。",
            "We have taken a measure in place of what you asked for.",
        ),
    }
)

NOTICE_DUTY = in_both(
    {
        "notice-of-purpose": ("法第32条第3項", "Act, Article 32(3)"),
        "disclosure": ("法第33条第3項", "Act, Article 33(3)"),
        "disclosure-of-provision-records": ("法第33条第3項・第5項", "Act, Article 33(3), (5)"),
        "correction": ("法第34条第3項", "Act, Article 34(3)"),
        "addition": ("法第34条第3項", "Act, Article 34(3)"),
        "deletion": ("法第34条第3項", "Act, Article 34(3)"),
        "cease-use": ("法第35条第7項", "Act, Article 35(7)"),
        "erasure": ("法第35条第7項", "Act, Article 35(7)"),
        "cease-provision": ("法第35条第7項", "Act, Article 35(7)"),
    }
)
"""Where the Act has the company tell what came of a demand of a kind."""

DONE = in_both(
    {
        "notice-of-purpose": (
            "ご本人の保有個人データの利用目的は、次のとおりです。",
            "Your retained personal data is used for the following purposes.",
        ),
        "disclosure": (
            "別紙のとおり、保有個人データを開示いたします。",
            "Your retained personal data is disclosed in the annex.",
        ),
        "disclosure-of-provision-records": (
            "別紙のとおり、第三者提供記録を開示いたします。",
            "The records of provision to third parties are disclosed in the annex.",
        ),
        "correction": ("次のとおり訂正いたしました。", "We have corrected the following."),
        "addition": ("次のとおり追加いたしました。", "We have added the following."),
        "deletion": ("次の内容を削除いたしました。", "We have deleted the following content."),
        "cease-use": ("利用を停止いたしました。", "We have ceased the use."),
        "erasure": ("消去いたしました。", "We have erased the data."),
        "cease-provision": (
            "第三者への提供を停止いたしました。",
            "We have ceased the provision to third parties.",
        ),
    }
)

# What an erasure may claim where a law keeps records: neither letter nor page says more.
ERASED_BUT_HELD = {
    "ja": "法令により保存する記録を除き、消去いたしました。",
    "en": "We have erased the data, except for the records that a law obliges us to keep.",
}
ONLY_HELD = {
    "ja": "対象の記録は、法令により保存が義務付けられているため、まだ消去しておりません。",
    "en": "The records are not erased yet, because a law obliges us to keep them.",
}

NO_PROVISION_RECORDS = {
    "ja": "ご請求の対象となる第三者提供記録は存在しません。",
    "en": "There are no records of provision to third parties.",
}

# INVARIANT: in every answer to an agent, or fetched from a page, whether anything is left out or
# not. Only so does it not tell who is protected (支援措置).
LISTED = {
    "ja": "ご本人の記録と確認できた{kinds}種類、合計{rows}件を記載しています。代理人の方へのご回答と、画面からお受け取りいただくご回答には、"
    "法第33条第2項各号または施行令第5条各号に当たるものがある場合、その記載がありません。"
    "記載のない事項については、そのような事項があるかどうかを含めて、お答えしておりません。",
    "en": "{rows} records of {kinds} kinds that we know to be the person's are listed. An answer to an "
    "agent, or one that is fetched from a page, leaves out whatever falls under Article 33(2) of the Act or "
    "Article 5 of its Cabinet Order. Of what is not listed we do not say whether there is any.",
}

STAGES = in_both(
    {
        "received": ("受付済み", "Received"),
        "supplement-asked": ("確認中（書類をお待ちしています）", "Waiting for your papers"),
        "verified": ("調査中", "Looking for your data"),
        "decided": ("回答準備中", "Preparing the answer"),
        "answered": ("回答済み", "Answered"),
        "withdrawn": ("取下げ", "Withdrawn"),
    }
)

STAGE_MEANINGS = in_both(
    {
        "received": (
            "ご請求を受け付けました。書類の確認の結果をお知らせし、{due}までに回答する予定です。",
            "We have received your request. You will hear of the papers first; the answer is due on "
            "{due}.",
        ),
        "supplement-asked": (
            "確認に必要な書類が届いていません。届いた時点から手続きを進めます。",
            "Papers that we need are missing. We go on as soon as they arrive.",
        ),
        "verified": (
            "ご本人の確認が終わりました。対象の情報を調べています。回答の予定日は{due}です。",
            "Your identity is confirmed. We are looking for your data; the answer is due on {due}.",
        ),
        "decided": (
            "結果が決まり、回答書を作成しています。回答の予定日は{due}です。",
            "The result is decided and the answer is being written; it is due on {due}.",
        ),
        "answered": (
            "回答をお送りしました。ご不明な点やご不服は、お問い合わせ窓口までお知らせください。",
            "The answer has been sent. Please tell the desk of anything unclear or any complaint.",
        ),
        "withdrawn": (
            "ご請求は取り下げられました。いつでもあらためてご請求いただけます。",
            "The request was withdrawn. You may ask again at any time.",
        ),
    }
)

# Names no place and no cause: what is away tells nobody where their data is kept.
DELAYED = {
    "ja": "技術的な理由により、回答の作業が遅れています。作業は自動的に再開しますので、お手続きは必要ありません。{due}までに回答する予定です。",
    "en": "For a technical reason, the work on your answer is delayed. It continues by itself and "
    "you need do nothing; the answer is due on {due}.",
}

PAPERS_UNFINISHED = {
    "ja": "書類を受け取りました。すべて送り終えたら、「書類の提出を終える」を押してください。押された時点から手続きを進めます。",
    "en": "We have received papers. Once you have sent all of them, press “Finish sending papers”; "
    "we go on from then.",
}

ROLES = in_both(
    {
        "person": ("ご本人", "The person concerned"),
        "parent": ("親権者（未成年者の法定代理人）", "Parent (statutory agent of a minor)"),
        "guardian": ("成年後見人", "Guardian of an adult"),
        "entrusted-agent": ("任意代理人", "Agent entrusted by the person"),
        "lawyer": ("弁護士", "Lawyer"),
    }
)

PROOF_KINDS = in_both(
    {
        "driving-licence": ("運転免許証", "Driving licence"),
        "my-number-card-front": (
            "マイナンバーカード（表面のみ）",
            "My Number card (front side only)",
        ),
        "passport": ("パスポート", "Passport"),
        "residence-card": ("在留カード", "Residence card"),
        "eligibility-certificate": (
            "健康保険の資格確認書",
            "Health insurance eligibility certificate",
        ),
        "pension-document": ("年金手帳・基礎年金番号通知書", "Pension document"),
        "resident-record": ("住民票の写し", "Copy of the resident record"),
        "address-history": ("戸籍の附票の写し", "Address history of the family register"),
        "seal-certificate": ("印鑑登録証明書", "Seal registration certificate"),
        "family-register": ("戸籍謄本・抄本", "Family register"),
        "guardianship-certificate": (
            "登記事項証明書（成年後見）",
            "Certificate of registered guardianship",
        ),
        "power-of-attorney": ("委任状", "Power of attorney"),
        "lawyer-identification": ("弁護士の身分証明書", "Lawyer's identification"),
    }
)

PROOF_OF = in_both(
    {
        "person": ("ご本人の確認書類", "Paper of the person"),
        "agent": ("代理人の確認書類", "Paper of the agent"),
        "authority": ("代理権を示す書類", "Paper that shows the authority"),
    }
)

EACH_OF_BOTH, SEAL_OF_POWER = "each-of-both", "seal-of-power"
PROOF_GROUPS: Words = {
    **PROOF_OF,
    **in_both(
        {
            EACH_OF_BOTH: (
                "ご本人と代理人、それぞれの確認書類",
                "Papers of the person and of the agent, for each of both",
            ),
            SEAL_OF_POWER: (
                "委任状の印鑑を確かめる書類（ご本人のもの）",
                "Paper for the seal on the power of attorney (the person's)",
            ),
        }
    ),
}

DISPATCH = in_both(
    {
        "simplified-registered-mail": ("簡易書留", "Simplified registered mail"),
        "addressee-only-mail": ("本人限定受取郵便", "Addressee-only mail"),
        "download": ("電磁的方法（ダウンロード）", "Download"),
    }
)

ANSWER_METHODS = in_both(
    {
        "paper": ("書面（郵送）", "On paper, by post"),
        "electronic": ("電磁的方法（この画面からのダウンロード）", "Electronically, as a download"),
    }
)
