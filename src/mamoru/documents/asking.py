"""What a requester is asked to send, for each point that is open (P3.12, P3.22).

Every code of the comparison and of the papers has its words here, and a test says so.
"""

from collections.abc import Iterable, Mapping

from mamoru.documents.wording import KINDS, PROOF_KINDS, Words, in_both, said

DEFECTS = in_both(
    {
        "identity-missing": (
            "ご本人の確認書類をお送りください。",
            "Please send an identity document of the person.",
        ),
        "second-document-missing": (
            "写真のない確認書類は、もう1点の書類とあわせてお送りください。",
            "A document without a photograph needs a second one.",
        ),
        "address-differs": (
            "お送りいただいた書類では、ご住所を確かめられませんでした。お引っ越しをされた方は、"
            "前のご住所の記載がある住民票の写し、または戸籍の附票の写しをお送りください。",
            "We could not confirm the address by your papers. If you have moved, please send a "
            "resident record with the former address, or an address history.",
        ),
        "address-unshown": (
            "お送りいただいた確認書類には、ご住所の記載がありません。ご住所の記載がある書類"
            "（住民票の写しなど）を、もう1点お送りください。",
            "Your paper shows no address. Please send one more that does, such as a resident record.",
        ),
        "application-address-differs": (
            "請求書のご住所と確認書類のご住所が一致しません。ご住所の変更を確認できる書類"
            "（住民票の写し、または戸籍の附票の写し）か、請求書と同じご住所の記載がある"
            "本人確認書類をお送りください。",
            "The address on the form differs from the one on your paper. Please send a paper that "
            "shows the change (a resident record or an address history), or an identity document "
            "with the same address as the form.",
        ),
        "name-differs": (
            "請求書のお名前と確認書類のお名前が一致しません。お名前の変更を確認できる書類をお送りください。",
            "The name on the form differs from the one on your paper. Please send a paper that shows "
            "the change of name.",
        ),
        "birth-date-differs": (
            "請求書の生年月日と確認書類の生年月日が一致しません。請求書と同じ生年月日の記載がある"
            "本人確認書類をお送りください。",
            "The birth date on the form differs from the one on your paper. Please send an identity "
            "document with the birth date of the form.",
        ),
        "document-unreadable": (
            "書類の文字が読み取れません。鮮明な写しをお送りください。",
            "The paper cannot be read. Please send a clear copy.",
        ),
        "agent-identity-missing": (
            "代理人の方の確認書類をお送りください。",
            "Please send an identity document of the agent.",
        ),
        "power-of-attorney-missing": (
            "ご本人の署名のある委任状をお送りください。",
            "Please send a power of attorney signed by the person.",
        ),
        "seal-certificate-missing": (
            "委任状の印影を確認できる印鑑登録証明書をお送りください。",
            "Please send the seal registration certificate that belongs to the power of attorney.",
        ),
        "relation-missing": (
            "親権者であることを確認できる書類（戸籍謄本、またはご本人と続柄の記載がある住民票の写し）をお送りください。",
            "Please send a paper that shows the parental relation (a family register or resident record).",
        ),
        "guardianship-missing": (
            "成年後見の登記事項証明書をお送りください。",
            "Please send the certificate of registered guardianship.",
        ),
        "lawyer-identification-missing": (
            "弁護士の身分証明書をお送りください。",
            "Please send the lawyer's identification.",
        ),
        "scope-missing": (
            "委任状に委任の範囲が記載されていません。委任する請求の種類を記載した委任状をお送りください。",
            "The power of attorney does not say what is entrusted. Please send one that does.",
        ),
        "seal-certificate-address-differs": (
            "印鑑登録証明書のご住所と、ご本人の確認書類のご住所が一致しません。",
            "The address on the seal certificate differs from the person's document.",
        ),
        "person-age-unknown": (
            "ご本人の生年月日をお知らせください。",
            "Please tell us the birth date of the person.",
        ),
        "person-is-of-age": (
            "ご本人は成年に達しています。ご本人からの請求か、ご本人の委任状が必要です。",
            "The person is of age: the request must come from the person or with a power of attorney.",
        ),
        "person-is-minor": (
            "ご本人は未成年です。委任状だけでは代理権を確認できません。親権者など法定代理人の方からご請求ください。",
            "The person is a minor: a power of attorney alone proves no authority. Please let a "
            "parent or another statutory agent file the request.",
        ),
        "identity-unknown": (
            "ご本人を特定できません。会員番号や登録時のメールアドレスなどをお知らせください。",
            "We cannot find the person. Please tell us a member number or a registered mail address.",
        ),
        "scope-too-narrow": (
            "委任状に、今回のご請求の内容が含まれていません。委任の範囲を確認できる委任状をお送りください。",
            "The power of attorney does not cover this request.",
        ),
        "principal-name-differs": (
            "委任状のご本人のお名前が、請求書のお名前と一致しません。",
            "The person named on the power of attorney differs from the form.",
        ),
        "agent-name-differs": (
            "委任状の代理人のお名前が、代理人の確認書類のお名前と一致しません。",
            "The agent named on the power of attorney differs from the agent's document.",
        ),
        "hidden-characters": (
            "お名前またはご住所に、目に見えない文字が含まれています。入力し直して、あらためてご請求ください。",
            "The name or address holds characters that cannot be seen. Please type it again.",
        ),
        "form-incomplete": (
            "請求書に記入されていない項目があります。",
            "Some items of the form are empty.",
        ),
    }
)

# For points about one paper: `power-of-attorney-too-old`, `driving-licence-expired`.
_ABOUT_PAPER: Words = in_both(
    {
        "-too-old": (
            "{paper}の作成日または発行日から{months}か月を過ぎています。新しいものをお送りください。",
            "{paper}: issued more than {months} months ago. Please send a new one.",
        ),
        "-undated": (
            "{paper}の作成日または発行日が確認できません。日付のわかるものをお送りください。",
            "{paper}: the date of issue is missing. Please send one that shows it.",
        ),
        "-dated-in-future": (
            "{paper}の日付が将来の日付になっています。正しい日付のものをお送りください。",
            "{paper}: the date lies in the future. Please send one with the right date.",
        ),
        "-expired": (
            "{paper}の有効期限が切れています。有効なものをお送りください。",
            "{paper}: it has expired. Please send a valid one.",
        ),
        "-expiry-unstated": (
            "{paper}の有効期限が確認できません。有効期限の記載のある面もお送りください。",
            "{paper}: the day of expiry cannot be seen. Please send the side that shows it too.",
        ),
        "-not-accepted": (
            "{paper}は、当社では確認書類としてお取り扱いしていません。別の確認書類をお送りください。",
            "{paper}: we do not take this kind of paper as proof. Please send another one.",
        ),
        "-not-genuine": (
            "{paper}を確認書類としてお取り扱いできません。別の確認書類をお送りください。",
            "{paper}: we cannot accept it as proof. Please send another paper.",
        ),
    }
)


def defect(code: str, language: str, within: Mapping[str, int]) -> str:
    """Return what a requester is asked to send for a point; KeyError for an unknown code.

    `within` says for each kind of paper that ages how many months old it may be.

    A gap of the form (`person-address-missing`, `items-missing/1`) has one sentence.
    """
    if code in DEFECTS:
        return said(DEFECTS, code, language)
    for ending, words in _ABOUT_PAPER.items():
        paper = code.removesuffix(ending)
        if paper != code and paper in PROOF_KINDS:
            return words["en" if language == "en" else "ja"].format(
                paper=said(PROOF_KINDS, paper, language), months=within.get(paper, "")
            )
    if code.partition("/")[0].endswith("-missing"):
        return said(DEFECTS, "form-incomplete", language)
    raise KeyError(code)


def not_covered(kinds: Iterable[str], language: str, *, asking: bool = True) -> str:
    """Return which demands a power of attorney leaves out and, where it is asked for, the cure."""
    named = [said(KINDS, kind, language) for kind in kinds]
    if language == "en":
        text = f"The power of attorney does not cover this: {'; '.join(named)}."
        return f"{text} Please send one that does." if asking else text
    text = f"委任状の委任の範囲に、{''.join(f'「{each}」' for each in named)}のご請求が含まれていません。"
    return f"{text}これを含む委任状をお送りください。" if asking else text


REASONS_OF_UPLOAD = in_both(
    {
        "too-large": (
            "ファイルが大きすぎます。{limit}MB以下にしてお送りください。",
            "The file is too large. Please keep it below {limit} MB.",
        ),
        "not-image-or-pdf": (
            "画像（JPEG、PNG、HEIC）またはPDFではありません。形式を確かめてお送りください。",
            "This is neither an image (JPEG, PNG, HEIC) nor a PDF.",
        ),
        "damaged": (
            "ファイルが壊れているか、途中で切れています。もう一度お送りください。",
            "The file is damaged or cut off. Please send it again.",
        ),
        "too-many-pixels": (
            "画像の画素数が多すぎます。解像度を下げてお送りください。",
            "The image has too many pixels. Please lower its resolution.",
        ),
        "too-many-pages": (
            "PDFのページ数が多すぎます。20ページまでに分けてお送りください。",
            "The PDF has too many pages. Please send it in parts of up to 20 pages.",
        ),
        "locked": (
            "PDFにパスワードがかかっています。パスワードを外して保存し直し、お送りください。",
            "The PDF is locked with a password. Please save it without one and send it again.",
        ),
        "too-hard": (
            "ファイルが複雑すぎて開けませんでした。書類の写真（JPEG）を撮ってお送りください。",
            "The file is too complex to open. Please send a photograph (JPEG) of the paper.",
        ),
        "my-number": (
            "個人番号（マイナンバー）が含まれているため、受け取れません。法律により、当社は個人番号をお預かりできません。番号に紙を当てるか黒く塗って撮り直すか、番号のない面をお送りください。ファイル名に番号があるときは、名前を変えてください。",
            "This contains an Individual Number (My Number), which the law does not let us keep. Cover the number with paper or black it out and take the picture again, or send the side without it. If the number is in the file name, rename the file.",
        ),
        "busy": (
            "ただいま混み合っています。1分ほどおいて、もう一度お送りください。",
            "We are busy just now. Please send it again in a minute.",
        ),
        "empty": (
            "ファイルの中身がありません。ファイルを選び直してください。",
            "The file is empty. Please choose it again.",
        ),
        "unreadable": (
            "ファイルを受け付けられませんでした。もう一度お送りください。",
            "The file could not be taken. Please send it again.",
        ),
    }
)
