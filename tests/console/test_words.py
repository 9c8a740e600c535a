"""Every sentence of the desk has its English, and every code its Japanese (ux, 1.4)."""

import ast
import gettext
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils.translation.template import templatize

from mamoru.cases.execute.person import RecordUnknown
from mamoru.cases.terms import Channel, Outcome, Stage, Work
from mamoru.connectors import port
from mamoru.consents.actions import PersonErased
from mamoru.console import labels, queue, shaping
from mamoru.datamap.plan import NoOrder
from mamoru.identity.reasons import REASONS
from mamoru.identity.terms import Verdict
from mamoru.identity.verify import Pair, PairVerdict
from mamoru.kit.errors import MamoruError

DESK = Path(__file__).parents[2] / "src" / "mamoru" / "console"
CATALOGUE = DESK / "locale" / "en" / "LC_MESSAGES"
_CALL = re.compile(r"n?gettext\(\s*u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
_PLACE = re.compile(r"%\((\w+)\)s")


def used() -> Iterator[str]:
    for path in DESK.rglob("*.html"):
        for found in _CALL.finditer(templatize(path.read_text(encoding="utf-8"))):
            yield str(ast.literal_eval(found[1]))
    for path in DESK.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                first = node.args[0] if node.args else None
                if node.func.id in {"gettext", "_"} and isinstance(first, ast.Constant):
                    yield str(first.value)


def written() -> dict[str, str]:
    text = (CATALOGUE / "django.po").read_text(encoding="utf-8")
    pairs = re.findall(
        r'^msgid (".+")$\n(?:msgid_plural .*\n)?msgstr(?:\[0\])? (".*")$', text, re.MULTILINE
    )
    return {ast.literal_eval(key): ast.literal_eval(value) for key, value in pairs if key != '""'}


def test_every_sentence_has_its_english_and_no_english_is_left_over() -> None:
    said, needed = written(), set(used())

    assert (sorted(needed - set(said)), sorted(set(said) - needed)) == ([], [])
    assert [key for key, value in said.items() if not value] == []


def test_japanese_has_its_own_brackets_and_colons() -> None:
    words_of_codes = {each.ja for each in REASONS.values()}
    sentences = {_PLACE.sub("", key) for key in used()} | words_of_codes

    assert sorted(each for each in sentences if set(each) & set("():")) == []


def test_a_translation_fills_in_what_the_sentence_does() -> None:
    for key, value in written().items():
        assert sorted(_PLACE.findall(key)) == sorted(_PLACE.findall(value)), key


def test_the_compiled_catalogue_is_the_written_one() -> None:
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    assert {key: compiled.gettext(key) for key in written()} == written()


def test_every_code_that_the_desk_shows_has_words() -> None:
    for table, codes in (
        (labels.STAGES, Stage),
        (labels.CHANNELS, Channel),
        (labels.WORK, Work),
        (labels.OUTCOMES, Outcome),
        (labels.VERDICTS, Verdict),
        (labels.PAIRS, Pair),
    ):
        assert [str(code) for code in codes if str(code) not in table] == []


def reasons_to_wait() -> set[str]:
    """Every code with which carrying out can stop: named in its source, or an error of a store."""
    room = DESK.parent / "cases" / "execute"
    named = {
        found
        for path in room.glob("*.py")
        for found in re.findall(r'f"([a-z]+(?:-[a-z]+)+):\{', path.read_text(encoding="utf-8"))
    }
    errors: list[type[MamoruError]] = [port.StoreError, PersonErased, NoOrder, RecordUnknown]
    for each in errors:
        errors += each.__subclasses__()
    return named | {each.code for each in errors} | {"store-file-missing", "failed"}


def test_every_reason_to_wait_says_what_happened_where_and_what_to_do() -> None:
    reasons = reasons_to_wait()

    assert {"hand-work", "not-proven", "plan-changed", "store-unreachable"} <= reasons
    assert sorted(reasons - set(labels.WORK_NOTES)) == []
    assert set(labels.WORK_TODOS) == set(labels.WORK_NOTES)
    nowhere = {"person-erased"}  # the record is gone from every store
    for code in reasons - nowhere:
        assert "%(place)s" in str(labels.WORK_NOTES[code]), code


@pytest.mark.parametrize("code", ["record-unknown", "store-file-missing"])
def test_a_failed_work_says_its_own_words_and_not_its_code(code: str) -> None:
    said = str(labels.ERRORS[code])

    assert code not in said
    assert "ください。" in said


def test_every_act_that_the_room_of_cases_logs_has_words() -> None:
    room = DESK.parent / "cases"
    logged = {
        found
        for path in room.rglob("*.py")
        for found in re.findall(r'"(case\.[a-z.-]+)"', path.read_text(encoding="utf-8"))
    }

    assert sorted(logged - set(labels.TRAIL)) == []


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(
    ("codes", "differences", "notes"),
    [
        (("width",), (), ("表記の違いのみ：全角・半角",)),
        (
            ("dash", "kanji-numeral", "chome-notation"),
            (),
            ("表記の違いのみ：ハイフン等、漢数字と算用数字、丁目の書き方",),
        ),
        (
            ("width", "lot-vs-block", "postal-code-contradicts"),
            (),
            (
                "郵便番号が一致しません（判定には使いません）",
                "表記の違い：全角・半角、「番地」と「番」（数字は同じ）",
            ),
        ),
        (
            ("number", "width", "dash"),
            ("番地・号の数字が異なります",),
            ("ほかに表記の違い：全角・半角、ハイフン等",),
        ),
        (("not-given",), (), ("片方に記載がありません",)),
    ],
)
def test_a_way_of_writing_is_the_only_one_where_nothing_else_differs(
    codes: tuple[str, ...], differences: tuple[str, ...], notes: tuple[str, ...]
) -> None:
    pair = PairVerdict(
        pair=Pair.APPLICATION_DOCUMENT, verdict=Verdict.PARTIAL, reasons=codes, a="a", b="b"
    )

    shown = shaping.pair_of(pair)

    assert (shown.differences, shown.notes) == (differences, notes)


def test_while_the_clock_is_paused_no_day_is_shown() -> None:
    on = date(2026, 12, 7)

    paused = queue.due_in_words(Stage.SUPPLEMENT_ASKED, on, 14, "calm", paused=True)
    running = queue.due_in_words(Stage.RECEIVED, on, 14, "calm", paused=False)

    shown = render_to_string("console/due.html", {"due": paused})
    assert (paused.day, "due__day" in shown) == ("", False)
    assert "期限は停止中" in shown
    assert "2026年12月7日" in running.day
