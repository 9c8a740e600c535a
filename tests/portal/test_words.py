"""Japanese is the source, English complete: nothing missing, nothing left over (ux 1.4)."""

import ast
import gettext
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

from mamoru.cases import terms
from mamoru.portal import words

SOURCE = Path(__file__).resolve().parent.parent.parent / "src" / "mamoru"
CATALOGUE = SOURCE / "site" / "locale" / "en" / "LC_MESSAGES"
PLACES = (SOURCE / "portal", SOURCE / "site")
_CALL = re.compile(r"(p|n)?gettext\(((?:u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"),?\s*)+)")
_CALLED = {"gettext", "gettext_lazy", "_"}


def used() -> set[str]:
    """Every msgid of the templates and the code of the portal and the frame."""
    return {
        each
        for place in PLACES
        for path in place.rglob("*")
        for each in (_of_template(path) if path.suffix == ".html" else _of_code(path))
        if path.suffix in {".html", ".py"}
    }


def _of_template(path: Path) -> Iterator[str]:
    for found in _CALL.finditer(templatize(path.read_text(encoding="utf-8"))):
        given = ast.literal_eval(f"({found[2].rstrip().rstrip(',')},)")
        yield given[1] if found[1] == "p" else given[0]


def _of_code(path: Path) -> Iterator[str]:
    if path.suffix != ".py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            first = node.args[0] if node.args else None
            if node.func.id in _CALLED and isinstance(first, ast.Constant):
                yield str(first.value)


def written() -> dict[str, str]:
    """The catalogue as its source file has it: msgid -> words (the first form of a plural)."""
    text = (CATALOGUE / "django.po").read_text(encoding="utf-8")
    pairs = re.findall(
        r'^msgid (".*")$\n(?:msgid_plural .*\n)?msgstr(?:\[0\])? (".*")$', text, re.MULTILINE
    )
    return {ast.literal_eval(key): ast.literal_eval(value) for key, value in pairs}


def test_every_word_has_its_english_and_no_english_is_left_over() -> None:
    catalogue = {key for key in written() if key}

    assert (sorted(used() - catalogue), sorted(catalogue - used())) == ([], [])
    assert [key for key, value in written().items() if key and not value] == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    plural = "直していただきたいところが%(n)s件あります。"
    said = {key: compiled.gettext(key) for key in written() if key}
    said["："] = compiled.pgettext("after a label", "：")
    said[plural] = compiled.ngettext(plural, plural, 1)

    assert said == {key: value for key, value in written().items() if key}


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("kinds", terms.DemandKind),
        ("stages", terms.Stage),
        ("roles", terms.Role),
        ("proofs", terms.ProofKind),
        ("of", terms.ProofOf),
        ("outcomes", terms.Outcome),
        ("grounds", terms.RefusalGround),
        ("dispatch", terms.DispatchKind),
        ("methods", terms.AnswerMethod),
    ],
)
def test_every_code_that_a_page_shows_has_words(table: str, codes: type[StrEnum]) -> None:
    assert [code for code in codes if not words.said(table, code)] == []
