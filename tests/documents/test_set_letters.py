"""How a letter stands on paper: no last page of a line or two, no line that begins with a colon (P3.24)."""

import io
from dataclasses import replace
from datetime import date

import pypdf
import pytest

from mamoru.documents import letter, pdf
from mamoru.documents.terms import AnnexTable, Answer, Changed, DemandAnswer, Purpose
from tests import pdfs
from tests.documents.sample import ANSWER

REFUSED = DemandAnswer(
    kind="disclosure",
    items=("連絡先",),
    outcome="refused",
    grounds=("identity-unconfirmed",),
    reason="書類の住所と登録の住所が一致しませんでした。",
)
PLACE = Changed(
    title="会員",
    source="会員サービスのデータベース",
    erased=1,
    emptied=0,
    held=3,
    laws=("法人税法施行規則第59条",),
    until=date(2034, 5, 31),
    level="E2",
    backups_until=date(2026, 12, 20),
)
CLOSING = "本回答についてのご不明な点"


def erased(places: int) -> Answer:
    demand = DemandAnswer(kind="erasure", items=(), outcome="fulfilled", changed=(PLACE,) * places)
    return replace(ANSWER, demands=(demand,))


def refused(demands: int) -> Answer:
    kinds = ("disclosure", "correction", "erasure", "cease-use", "cease-provision")
    return replace(ANSWER, demands=tuple(replace(REFUSED, kind=each) for each in kinds[:demands]))


def pages(answer: Answer) -> list[list[str]]:
    """Return the lines of each page, without the foot."""
    made = pdfs.pages(pdf.render(letter.build(answer)))
    return [[line for each in page if (line := each.strip())][:-1] for page in made]


@pytest.mark.promise("P3.24")
@pytest.mark.parametrize("answer", [refused(3), erased(5)])
def test_a_letter_of_a_few_lines_too_many_is_set_closer_on_one_page(answer: Answer) -> None:
    assert len(pages(answer)) == 1


@pytest.mark.promise("P3.24")
@pytest.mark.parametrize(
    "answer", [*map(refused, range(1, 6)), *map(erased, (1, 4, 5, 6, 7, 8, 9, 12, 14, 16))]
)
def test_what_closes_a_letter_never_stands_alone_on_a_page(answer: Answer) -> None:
    last = pages(answer)[-1]

    before = next(at for at, line in enumerate(last) if CLOSING in line)
    assert before >= 4


@pytest.mark.promise("P3.24")
@pytest.mark.parametrize("many", range(1, 12))
def test_no_line_begins_with_a_colon(many: int) -> None:
    item = f"{'項' * (30 + many)}"
    demand = replace(REFUSED, items=(), reason="", law=f"{item}：第1条")

    [lines] = pages(replace(ANSWER, demands=(demand,)))

    assert not [line for line in lines if line.startswith("：")]
    assert "".join(lines).count("：") >= 3


PURPOSES = (
    Purpose(code="PU01", text="取引支援サービスの提供（その内容は、続く「営業」からの二つです）"),
    Purpose(code="PU01.a", text="営業：サービスの紹介、商談および見積り"),
    Purpose(code="PU01.e", text="契約の継続：契約内容、利用期限および規約の改定についての連絡"),
    Purpose(code="PU02", text="新しい商品のご案内（配信を断られた方にはお送りしません）"),
)


def test_a_purpose_that_is_part_of_another_stands_further_in() -> None:
    demand = DemandAnswer(
        kind="notice-of-purpose", items=(), outcome="fulfilled", purposes=PURPOSES
    )
    made = pdf.render(letter.build(replace(ANSWER, demands=(demand,))))
    starts: list[float] = []

    def seen(text: str, page: list[float], line: list[float], *_: object) -> None:
        if text.startswith("•"):
            starts.append(page[4] + line[4])

    pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text(visitor_text=seen)

    whole, sales, relation, news = starts
    assert whole == news
    assert sales == relation
    assert sales - whole >= 10


ORDERS = AnnexTable(
    title="注文",
    source="会員サービスのデータベース",
    columns=("注文番号", "会員番号", "注文日", "届け先の氏名", "届け先の住所", "合計（円）", "支払方法", "カード番号の下4桁"),
    rows=tuple(
        (f"{10001 + at}", "M000002", "2024年11月23日", "髙橋 太郎", "神奈川県横浜市港北区日吉本町一丁目8番3号", "113,600", "クレジットカード", "0471")
        for at in range(60)
    ),
)  # fmt: skip
INQUIRIES = replace(
    ORDERS,
    title="問い合わせ",
    rows=tuple((*row[:4], "先週お願いしたサンプルの発送がまだ届きません。" * 9, *row[5:]) for row in ORDERS.rows[:4]),
)  # fmt: skip


def annexed(table: AnnexTable) -> list[list[str]]:
    demand = DemandAnswer(kind="disclosure", items=(), outcome="fulfilled", tables=(table,))
    return pages(replace(ANSWER, demands=(demand,)))


@pytest.mark.promise("P3.3")
def test_many_rows_of_short_cells_are_one_grid_with_its_head_on_each_page() -> None:
    _, *annex = annexed(ORDERS)
    text = ["".join("".join(page).split()) for page in annex]

    assert len(annex) <= 3
    assert [page.count("届け先の住所") for page in text] == [1] * len(annex)
    assert "記録60/60" not in "".join(text)
    assert all(row[0] in "".join(text) for row in ORDERS.rows)


@pytest.mark.promise("P3.3")
def test_rows_with_a_long_text_are_lists_of_their_cells() -> None:
    text = "".join("".join("".join(page).split()) for page in annexed(INQUIRIES))

    assert text.count("届け先の住所") == 4
    assert "記録4/4" in text
