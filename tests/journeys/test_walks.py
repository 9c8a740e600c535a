"""The three journeys of the product, walked for real and step by step (docs/journeys)."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests import pdfs

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Any]]:
    """Return what each journey saw, by its name; all are walked in one run of the stage."""
    folder = tmp_path_factory.mktemp("journeys") / "home"
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.stage", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    saw = json.loads(done.stdout.splitlines()[-1])

    def walked(name: str) -> dict[str, Any]:
        seen: dict[str, Any] = saw[name]
        assert "failed" not in seen, f"{seen['failed']}\n{done.stderr[-3000:]}"
        return {**seen, "home": folder.with_name(name)}

    return walked


def letter_text(path: Path) -> str:
    return pdfs.words(path.read_bytes())


@pytest.mark.slow
@pytest.mark.promise("P3.1", "P3.3", "P3.4", "P3.8", "P3.10", "P3.11", "P3.12", "P3.21", "P3.24")
def test_a_lawyer_gets_everything_about_a_former_member_on_paper(
    walks: Callable[[str], dict[str, Any]],
) -> None:
    seen = walks("disclosure-by-agent")

    text = letter_text(seen["home"] / seen["letter"])
    assert seen["defects"] == ["address-differs"]
    assert seen["ledger"] is True
    assert seen["reference"] in text
    assert "髙橋 太郎" in text
    # The ledger says of each of the three stores what was read of him there.
    assert set(seen["read"]) >= {"shop/members", "personnel/applicants", "mailing/mailing"}
    assert "shop/fair_visitors" not in seen["read"]  # what a client entrusted, with him in it
    for place in ("会員", "注文", "問い合わせ", "応募者", "配信先", "第三者提供記録"):
        assert place in text
    with pikepdf.open(seen["home"] / seen["letter"]) as pdf:
        assert "pdfaid" in str(pdf.Root.Metadata.read_bytes())


@pytest.mark.slow
@pytest.mark.promise("P3.5", "P3.9", "P3.18", "P3.19")
def test_a_member_corrects_a_number_and_the_store_holds_it(
    walks: Callable[[str], dict[str, Any]],
) -> None:
    seen = walks("correction-by-member")

    assert seen["written"] is True
    assert seen["phone"] == "090-0000-0999"
    assert seen["rows_with_it"] == 1
    assert seen["shown"] is True


@pytest.mark.slow
@pytest.mark.promise("P3.14", "P3.17")
def test_a_demand_is_refused_on_one_ground_by_two_persons_with_a_letter(
    walks: Callable[[str], dict[str, Any]],
) -> None:
    seen = walks("refusal")

    text = letter_text(seen["home"] / seen["letter"])
    assert seen["stage"] == "answered"
    assert seen["offered_to_the_decider"] == 0
    assert "法第33条第2項第1号" in text
    assert "第三者の安全にかかわる記載があるため" in text
    assert "別紙" not in text
