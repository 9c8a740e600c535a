"""A letter as PDF: the same bytes, every character, readable by everyone (P3.24)."""

import io
import os
from dataclasses import replace
from datetime import date

import pikepdf
import pypdf
import pytest

from mamoru.cases import answer as answers
from mamoru.cases.answer import GlyphMissing
from mamoru.documents import letter, pdf
from mamoru.documents.terms import Addressee, AnnexTable, Answer, DemandAnswer
from tests import pdfs
from tests.documents.sample import ANSWER, TABLE


def made(answer: Answer) -> bytes:
    return pdf.render(letter.build(answer))


def words(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "")


def with_cells(*cells: str) -> Answer:
    table = AnnexTable(
        title="備考", source="店舗", columns=("内容",), rows=tuple((c,) for c in cells)
    )
    return replace(
        ANSWER,
        demands=(DemandAnswer(kind="disclosure", items=(), outcome="fulfilled", tables=(table,)),),
    )


@pytest.mark.promise("P3.24")
def test_the_same_letter_is_the_same_bytes_on_any_day() -> None:
    assert made(ANSWER) == made(ANSWER)
    assert made(ANSWER) != made(replace(ANSWER, dated_on=date(2026, 12, 4)))


@pytest.mark.promise("P3.24")
@pytest.mark.parametrize(
    "name", ["髙橋", "山﨑", "𠮷野", "渡邉", "邉\U000e0100", "德永", "濵田", "栁"]
)
def test_the_old_forms_of_names_are_in_the_text_exactly(name: str) -> None:
    assert name in words(made(with_cells(f"始{name}終")))


@pytest.mark.parametrize(
    "data",
    [
        '#import "x" #eval("1+1")',
        "*太字* _斜体_ `code`",
        "$x^2$ と 100$",
        "\\u{41} \\n \\",
        "= 見出し",
        "- 箇条 + 番号 / 用語",
        "<label> @ref",
        "[角] {波} (丸)",
        "// 注 /* 注 */",
        "\"引用\" 'x' ... -- ---",
        "https://example.jp/?a=1&b=2#c",
    ],
)
def test_data_is_text_and_never_markup(data: str) -> None:
    assert data.replace(" ", "") in words(made(with_cells(data))).replace(" ", "")


def test_markup_in_every_other_field_stays_text_too() -> None:
    odd = '#panic("x") *a* $b$'
    told = replace(
        ANSWER,
        person_name=odd,
        addressee=Addressee(postal_code="1", address_lines=(odd,), name=odd, on_behalf_of=odd),
        demands=(
            DemandAnswer(
                kind="disclosure",
                items=(odd,),
                outcome="refused",
                grounds=("harm-to-rights",),
                reason=odd,
                law=odd,
            ),
        ),
    )

    assert words(made(told)).replace(" ", "").count(odd.replace(" ", "")) == 7


@pytest.mark.promise("P3.24")
def test_a_letter_is_made_for_archives_and_for_readers_who_do_not_see() -> None:
    with pikepdf.open(io.BytesIO(made(ANSWER))) as opened:
        with opened.open_metadata() as metadata:
            assert str(metadata["pdfaid:part"]) == "2"
            assert str(metadata["pdfaid:conformance"]) == "A"
            assert str(metadata["pdfuaid:part"]) == "1"
            assert str(metadata["dc:title"]).endswith(ANSWER.reference)
        assert opened.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in dict(opened.Root)
        assert str(opened.Root.Lang).startswith("ja")


def test_a_letter_carries_no_word_about_who_made_it_but_the_company() -> None:
    reader = pypdf.PdfReader(io.BytesIO(made(ANSWER)))

    assert reader.metadata is not None
    assert set(reader.metadata) <= {
        "/Title",
        "/Author",
        "/Creator",
        "/CreationDate",
        "/ModDate",
        "/Producer",
    }
    assert str(reader.metadata["/Author"]) == ANSWER.sender.name
    assert reader.attachments == {}
    assert "20261203" in str(reader.metadata["/CreationDate"])
    assert ANSWER.person_name not in str(reader.metadata)


@pytest.mark.promise("P3.24")
@pytest.mark.parametrize("character", ["\U0001f600", "\U0003134a", "\u0e01", "\x07"])
def test_a_character_without_a_glyph_stops_the_letter(character: str) -> None:
    where = (
        with_cells(f"あ{character}"),
        replace(ANSWER, addressee=replace(ANSWER.addressee, name=character)),
        replace(ANSWER, addressee=replace(ANSWER.addressee, postal_code=character)),
        replace(ANSWER, person_name=character),
    )

    for told in where:
        with pytest.raises(GlyphMissing) as stopped:
            answers.render(told)
        assert character not in str(stopped.value)


def test_what_can_be_drawn_is_not_missing() -> None:
    assert pdf.missing_glyphs("髙﨑𠮷邉\U000e0100ｱ①㈱〒—・　\n") == ()
    assert pdf.missing_glyphs("a\U0001f600b\U0001f600") == ("\U0001f600",)


@pytest.mark.promise("P3.3")
def test_two_thousand_rows_are_all_in_the_letter() -> None:
    rows = tuple((f"行{nth:04d}", f"2026-01-01 {nth}円") for nth in range(2000))
    table = replace(TABLE, rows=rows)
    told = replace(
        ANSWER,
        demands=(DemandAnswer(kind="disclosure", items=(), outcome="fulfilled", tables=(table,)),),
    )

    shown = pdfs.words(made(told))

    assert all(first in shown for first, _ in rows)
    assert "合計2,000件" in shown


def test_a_process_forked_after_a_letter_was_made_says_so_instead_of_waiting_for_ever() -> None:
    made(ANSWER)
    reading, writing = os.pipe()

    child = os.fork()
    if not child:
        try:
            made(ANSWER)
        except pdf.LetterUnrenderable as problem:
            os.write(writing, str(problem).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        assert b"forked" in said.read()


@pytest.mark.promise("P3.24")
@pytest.mark.parametrize("many", range(8))
def test_no_number_and_no_building_is_broken_in_the_address(many: int) -> None:
    lines = (f"京都府京都市{'上' * (many + 8)}町85番地の1", f"{'長' * (many + 12)} 関内法律ビル4階")
    to = replace(ANSWER.addressee, address_lines=lines)
    first = pdfs.pages(made(replace(ANSWER, addressee=to)))[0]
    written = [each.replace(" ", "") for each in first]

    assert any("85番地の1" in each for each in written)
    assert any("関内法律ビル4階" in each for each in written)
