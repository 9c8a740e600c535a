"""A requester's own case: opened by number and code, papers judged by content (P3.21 to P3.24)."""

import re
import struct
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mamoru.cases import actions, store
from mamoru.cases.terms import DispatchKind, Judgement, RefusalGround, Stage, Work
from mamoru.documents import wording
from mamoru.kit import clock
from mamoru.kit.ids import CaseId, StaffId
from mamoru.portal import words
from mamoru.site.sample import cast
from tests.console import scenes
from tests.portal import filling

pytestmark = pytest.mark.django_db

STAFF = StaffId("staff:1")


def pdf(width: int) -> bytes:
    """A blank page of so many points."""
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d 99]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%%%EOF\n" % width
    )


PDF = pdf(99)


def png(width: int, height: int) -> bytes:
    return (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
        + struct.pack(">II", width, height)
        + b"\x08\x02\x00\x00\x00" + b"\x00" * 8
        + b"\x00\x00\x00\x00IEND\xaeB`\x82"
    )  # fmt: skip


def send(
    client: Client,
    content: bytes,
    *,
    name: str = "paper.jpg",
    kind: str = "driving-licence",
    of: str = "person",
) -> Any:
    paper = SimpleUploadedFile(name, content, content_type="image/jpeg")
    return client.post("/requests/case/papers/", {"kind": kind, "of": of, "paper": paper})


def same(page: Any) -> str:
    """A page without the masked token, which differs each time by design."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1", filling.text(page))


@pytest.mark.promise("P3.21")
def test_number_and_code_open_the_case(client: Client) -> None:
    filed = filling.file(client)

    page = filling.open_case(Client(), filed)

    assert page.redirect_chain[-1][0] == "/requests/case/"
    assert 'data-stage="received"' in filling.text(page)
    assert "受付済み" in filling.text(page)


@pytest.mark.promise("P3.21")
def test_number_and_code_open_a_session_that_nobody_knew_before(
    client: Client, settings: Any
) -> None:
    """Who laid a session of their own under somebody's browser sees nothing of the case by it."""
    filed = filling.file(client)
    laid = Client()
    laid.get("/requests/status/")
    filling.post(laid, filling.complete())
    known = laid.cookies[settings.SESSION_COOKIE_NAME].value
    assert known

    filling.open_case(laid, filed)

    assert laid.cookies[settings.SESSION_COOKIE_NAME].value != known
    stranger = Client()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = known
    assert 'data-stage="received"' not in filling.text(stranger.get("/requests/case/", follow=True))


def test_number_and_code_may_be_typed_in_any_width(client: Client) -> None:
    filed = filling.file(client)
    wide = str.maketrans("0123456789-C", "０１２３４５６７８９－Ｃ")
    typed = {"reference": filed.reference.translate(wide), "code": filed.code.translate(wide)}

    assert Client().post("/requests/status/", typed).status_code == 302


@pytest.mark.promise("P3.22")
def test_a_paper_sent_again_as_something_else_counts_as_that(client: Client) -> None:
    filed = filling.file(
        client, {**filling.complete(), **filling.about(cast.AKUDA, "agent_")}, role="lawyer"
    )
    filling.open_case(client, filed)
    for of in ("authority", "person", "person"):
        send(client, PDF, of=of)

    papers = store.case(CaseId(filed.reference)).proofs

    assert [(each.kind, each.of) for each in papers] == [
        ("driving-licence", "authority"),
        ("driving-licence", "person"),
    ]
    shown = {each["of"]: each["came"] for each in client.get("/requests/case/").context["papers"]}
    assert shown["person"] == [papers[1]]


@pytest.mark.promise("P3.22")
def test_a_certificate_of_the_seal_stands_once_with_what_only_it_proves(client: Client) -> None:
    agent = filling.about(cast.SATO, "agent_")
    agent.pop("agent_birth_date", None)
    filled = {**filling.complete(cast.TARO), **agent}
    filling.open_case(client, filling.file(client, filled, role="entrusted-agent"))

    send(client, PDF, kind="seal-certificate")

    page = filling.text(client.get("/requests/case/"))
    rows = re.findall(r'<li class="row">.*?</li>', page, re.DOTALL)
    came = [each for each in rows if "chip--done" in each]
    assert len(rows) == 4
    assert len(came) == 1
    assert "委任状の印鑑を確かめる書類" in came[0]


@pytest.mark.promise("P3.10")
def test_unknown_number_wrong_code_and_anothers_case_are_one_page(client: Client) -> None:
    filed, other = filling.file(client), filling.file(Client())
    tries = [
        {"reference": "C-2026-999999-0", "code": filed.code},
        {"reference": filed.reference, "code": "000000000000"},
        {"reference": other.reference, "code": filed.code},
        {"reference": "なにか", "code": "なにか"},
    ]

    pages = [Client().post("/requests/status/", each) for each in tries]

    assert {page.status_code for page in pages} == {422}
    assert len({same(page) for page in pages}) == 1
    assert "<title>エラー：" in filling.text(pages[0])


def test_after_five_wrong_codes_the_right_one_opens_nothing(client: Client) -> None:
    filed = filling.file(client)
    for _ in range(5):
        Client().post("/requests/status/", {"reference": filed.reference, "code": "1"})

    sixth = Client().post("/requests/status/", {"reference": filed.reference, "code": filed.code})

    assert sixth.status_code == 422


def test_too_many_tries_from_one_network_are_asked_to_wait(client: Client, settings: Any) -> None:
    limits = settings.MAMORU.limits.model_copy(update={"status_looks_per_hour": 2})
    settings.MAMORU = settings.MAMORU.model_copy(update={"limits": limits})
    tried = {"reference": "C-2026-999999-0", "code": "1"}

    codes = [client.post("/requests/status/", tried).status_code for _ in range(3)]

    assert codes == [422, 422, 429]


@pytest.mark.parametrize("name", ["", "papers/", "submit/", "withdraw/", "answer/"])
def test_nothing_of_a_case_opens_without_its_session(client: Client, name: str) -> None:
    filling.file(Client())

    answer = client.get(f"/requests/case/{name}")

    assert answer.headers["Location"] == "/requests/status/"


@pytest.mark.promise("P3.22")
def test_takes_a_paper_and_shows_it_as_received(client: Client) -> None:
    filling.file(client)

    answer = send(client, PDF, name="licence.pdf")

    assert answer.headers["Location"] == "/requests/case/"
    page = filling.text(client.get("/requests/case/"))
    assert "受領" in page
    assert re.search(r'role="status">[^<]*運転免許証[^<]*を受け取りました</p>', page)
    assert "を受け取りました" not in filling.text(client.get("/requests/case/"))


@pytest.mark.promise("P3.12", "P3.22")
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            b"MZ\x90\x00 this program cannot be run",
            "画像（JPEG、PNG、HEIC）またはPDFではありません",
        ),
        (b"", "ファイルの中身がありません"),
        (png(100_000, 100_000), "画素数が多すぎます"),
        (b"%PDF-1.7 cut off", "壊れているか"),
        (b"\xff\xd8\xff\xe0 no frame", "壊れているか"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "画像（JPEG、PNG、HEIC）またはPDFではありません",
        ),
        (b"%PDF-" + b"0" * 10_000_001, "10MB以下"),
        (b"%PDF-" + b"0" * 10_200_000, "10MB以下"),
    ],
)
def test_refuses_a_file_by_its_content_and_says_why(
    client: Client, content: bytes, says: str
) -> None:
    filed = filling.file(client)

    answer = send(client, content)

    assert answer.status_code == 422
    assert says in filling.text(answer)
    assert "<title>エラー：" in filling.text(answer)
    assert store.case(CaseId(filed.reference)).proofs == ()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"of": "person"}, "書類の種類を選んでください"),
        ({"kind": "driving-licence"}, "どなたの、何を示す書類か"),
        ({"kind": "driving-licence", "of": "person"}, "送るファイルを選んでください"),
        ({"kind": "diary", "of": "person"}, "書類の種類を選んでください"),
    ],
)
def test_says_what_is_missing_beside_a_paper(
    client: Client, given: dict[str, str], says: str
) -> None:
    filling.file(client)

    answer = client.post("/requests/case/papers/", given)

    assert answer.status_code == 422
    assert says in filling.text(answer)


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"only words", "a.pdf", "画像（JPEG、PNG、HEIC）またはPDFではありません"),
        (b"", "a.pdf", "ファイルの中身がありません"),
        (pdf(50), "1234-5678-9018.pdf", "個人番号"),
    ],
)
def test_a_file_is_told_its_own_fault_beside_a_kind_that_was_not_chosen(
    client: Client, content: bytes, name: str, says: str
) -> None:
    filled = filling.file(client)

    answer = client.post("/requests/case/papers/", {"paper": SimpleUploadedFile(name, content)})

    assert answer.status_code == 422
    assert "書類の種類を選んでください" in filling.text(answer)
    assert says in filling.text(answer)
    assert store.case(CaseId(filled.reference)).proofs == ()


def test_a_case_takes_as_many_papers_as_the_settings_say(client: Client, few_papers: int) -> None:
    filling.file(client)

    answers = [send(client, pdf(50 + number)) for number in range(few_papers + 1)]

    assert [each.status_code for each in answers] == [302] * few_papers + [422]


def test_the_masking_hint_stands_before_the_upload(client: Client) -> None:
    filling.file(client)

    page = filling.text(client.get("/requests/case/"))

    assert page.index("マイナンバー（個人番号）") < page.index('type="file"')


@pytest.mark.promise("P3.12")
def test_what_is_asked_for_is_shown_with_its_date_and_can_be_submitted(client: Client) -> None:
    filed = filling.file(client)
    case_id = CaseId(filed.reference)
    actions.ask_supplement(
        case_id, ("address-differs",), "お手数をおかけします。", by=STAFF, now=clock.now()
    )
    due = store.case(case_id).supplements[-1].due_on

    page = filling.text(client.get("/requests/case/"))
    early = client.post("/requests/case/submit/")
    waiting = store.case(case_id).stage
    paper = SimpleUploadedFile("record.pdf", PDF)
    client.post(
        "/requests/case/papers/", {"kind": "resident-record", "of": "person", "paper": paper}
    )
    unfinished = filling.text(client.get("/requests/case/"))
    client.post("/requests/case/submit/")
    client.post("/requests/case/submit/")

    assert "書類を受け取りました。すべて送り終えたら" in unfinished
    assert "書類の提出を終える" in unfinished
    assert (early.status_code, waiting) == (422, Stage.SUPPLEMENT_ASKED)
    assert "まだ届いていません" in filling.text(early)
    assert "前のご住所の記載がある住民票の写し" in page
    assert "お手数をおかけします。" in page
    assert f"{due.year}年{due.month}月{due.day}日" in page
    assert store.case(case_id).stage is Stage.RECEIVED


def test_withdrawing_is_asked_once_more_and_then_done(client: Client) -> None:
    filed = filling.file(client)

    asked = client.get("/requests/case/withdraw/")
    before = store.case(CaseId(filed.reference)).stage
    client.post("/requests/case/withdraw/")

    assert "請求を取り下げますか" in filling.text(asked)
    assert before is Stage.RECEIVED
    assert 'data-stage="withdrawn"' in filling.text(client.get("/requests/case/"))


@pytest.mark.promise("P3.24")
def test_there_is_nothing_to_download_before_the_answer_is_sent(client: Client) -> None:
    filling.file(client, {**filling.complete(), "answer_method": "electronic"})

    assert client.get("/requests/case/answer/").headers["Location"] == "/requests/case/"


def test_leaving_forgets_the_case(client: Client) -> None:
    filling.file(client)

    client.post("/requests/case/close/")

    assert client.get("/requests/case/").headers["Location"] == "/requests/status/"
    assert client.get("/requests/done/").context["receipt"] is None


def test_own_pages_are_kept_in_no_cache(client: Client) -> None:
    filling.file(client)

    assert "no-store" in client.get("/requests/case/").headers["Cache-Control"]


def test_a_file_name_never_reaches_the_page(client: Client) -> None:
    filling.file(client)

    send(client, PDF, name="<script>alert(1)</script>.pdf")

    assert "alert(1)" not in filling.text(client.get("/requests/case/"))


@pytest.mark.promise("P3.22")
def test_every_gap_of_an_upload_is_named_at_once(client: Client) -> None:
    filling.open_case(client, filling.file(client))

    page = client.post("/requests/case/papers/", {})

    assert page.status_code == 422
    assert list(page.context["problems"]) == ["id_kind", "id_of_0", "id_paper"]
    shown = filling.text(page)
    for sentence in page.context["problems"].values():
        assert sentence in shown


def answerable(client: Client) -> CaseId:
    """花子 asks in this browser, and is known."""
    filed = filling.file(client)
    case = CaseId(filed.reference)
    filling.open_case(client, filed)
    scenes.read(case, scenes.with_licence(case, cast.HANAKO), cast.HANAKO)
    scenes.identified(case, cast.HANAKO)
    return scenes.verified(case)


@pytest.mark.promise("P3.21")
@pytest.mark.parametrize(
    ("note", "delayed"),
    [
        ("store-unreachable:mailing", True),
        ("failed:mailing", True),
        ("hand-work:mailing", False),
    ],
)
def test_a_technical_delay_is_told_with_its_date_and_no_place(
    client: Client, client_of: object, note: str, delayed: bool
) -> None:
    case = scenes.approved(scenes.decided(answerable(client)))
    store.set_work(case, Work.WAITING, note=note, after=clock.now())

    page = filling.text(client.get("/requests/case/"))
    lead = re.findall(r'<p class="lead">(.*?)</p>', page)[0]

    assert ("技術的な理由により、回答の作業が遅れています" in lead) is delayed
    assert words.day(store.case(case).due_on) in lead
    assert "mailing" not in page


@pytest.mark.promise("P3.17", "P3.21")
def test_a_refusal_says_on_the_page_what_the_letter_says(client: Client, client_of: object) -> None:
    judged = Judgement(
        ground=RefusalGround.OTHER_LAW,
        reason="保全命令に従います。",
        law="民事保全法第23条第1項",
    )
    case = scenes.ready(scenes.decided(answerable(client), judged=judged))
    before = filling.text(client.get("/requests/case/"))
    actions.open_letter(case, by=scenes.staff("desk"), now=scenes.now())
    actions.send_answer(
        case,
        dispatch=DispatchKind.SIMPLIFIED_REGISTERED_MAIL,
        tracking_number="123-45-67890-1",
        by=scenes.staff("desk"),
        now=scenes.now(),
    )

    page = filling.text(client.get("/requests/case/"))
    # A carrier tells which office brings a letter: where a safe contact is nobody learns here.
    assert "67890" not in page

    for line in (
        "お断りする理由：他の法令に違反することとなること（個人情報保護法第33条第2項第3号）",
        "該当する法令：民事保全法第23条第1項",
        "ご説明：保全命令に従います。",
        "個人情報保護法第39条第1項ただし書により",
        "ご不服や苦情は、次の窓口で承ります。",
        "みなとリンク株式会社 個人情報お問い合わせ窓口</dd>",
    ):
        assert line in page
        assert line not in before
    assert "ja=" not in page


@pytest.mark.parametrize(
    ("ground", "language", "named"),
    [
        ("identity-unconfirmed", "ja", "個人情報保護法第37条第1項、同法施行令第12条第3号"),
        (
            "other-law",
            "en",
            "Act on the Protection of Personal Information, Article 33(2)(iii)",
        ),
    ],
)
def test_a_page_names_the_act_in_full(ground: str, language: str, named: str) -> None:
    article = wording.ground_article("disclosure", ground, language)

    assert wording.in_full(article, language) == named
