"""The three journeys of the product, walked for real and step by step (docs/journeys)."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

ROOT = Path(__file__).parents[2]


def staged(name: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.stage", name, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def company_at_first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company, made once; each journey is walked in a copy."""
    folder = tmp_path_factory.mktemp("journeys") / "home"
    staged("NONE", folder)
    return folder


def walked(name: str, company: Path, folder: Path) -> dict[str, Any]:
    shutil.copytree(company, folder)
    seen: dict[str, Any] = json.loads(staged(name, folder).splitlines()[-1])
    return seen


def letter_text(path: str) -> str:
    return "".join(page.extract_text() for page in PdfReader(path).pages).replace("\n", "")


@pytest.mark.slow
@pytest.mark.promise("P3.1", "P3.3", "P3.4", "P3.8", "P3.10", "P3.11", "P3.12", "P3.21", "P3.24")
def test_a_lawyer_gets_everything_about_a_former_member_on_paper(
    company_at_first: Path, tmp_path: Path
) -> None:
    seen = walked("disclosure-by-agent", company_at_first, tmp_path / "home")

    text = letter_text(seen["letter"])
    assert seen["defects"] == ["address-differs"]
    assert seen["ledger"] is True
    assert seen["reference"] in text
    assert "髙橋 太郎" in text
    for place in ("会員", "注文", "問い合わせ", "第三者提供記録"):
        assert place in text
    with pikepdf.open(seen["letter"]) as pdf:
        assert "pdfaid" in str(pdf.Root.Metadata.read_bytes())


@pytest.mark.slow
@pytest.mark.promise("P3.5", "P3.9", "P3.18", "P3.19")
def test_a_member_corrects_a_number_and_the_store_holds_it(
    company_at_first: Path, tmp_path: Path
) -> None:
    seen = walked("correction-by-member", company_at_first, tmp_path / "home")

    assert seen["written"] is True
    assert seen["phone"] == "090-0000-0999"
    assert seen["rows_with_it"] == 1
    assert seen["shown"] is True


@pytest.mark.slow
@pytest.mark.promise("P3.14", "P3.17")
def test_a_demand_is_refused_on_one_ground_by_two_persons_with_a_letter(
    company_at_first: Path, tmp_path: Path
) -> None:
    seen = walked("refusal", company_at_first, tmp_path / "home")

    text = letter_text(seen["letter"])
    assert seen["stage"] == "answered"
    assert seen["offered_to_the_decider"] == 0
    assert "法第33条第2項第1号" in text
    assert "第三者の安全にかかわる記載があるため" in text
    assert "別紙" not in text
