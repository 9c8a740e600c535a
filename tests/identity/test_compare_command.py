"""P3.10: whole files are compared by command; a file that cannot be read or written is left as it is."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mamoru.cli import main
from mamoru.cli.identity import identity

HEAD = "address_a,address_b\n"
PAIR = "東京都港区芝浦3-4-1,東京都港区芝浦三丁目4番1号\n"


def run(*arguments: str | Path, given: bytes | None = None) -> Result:
    """Run `mamoru identity compare`; an error of ours is the result's exception."""
    return CliRunner().invoke(identity, ["compare", *map(str, arguments)], input=given)


def written(file: Path, text: str, encoding: str = "utf-8") -> Path:
    file.write_bytes(text.encode(encoding))
    return file


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return written(tmp_path / "pairs.csv", f"id,{HEAD}1,{PAIR}2,東京都港区芝浦3-4-1,\n")


@pytest.mark.promise("P3.10")
def test_each_row_is_written_with_verdict_and_reasons(source: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"

    result = run("--csv", source, "--output", output, "--json")

    rows = list(csv.reader(output.read_text("utf-8").splitlines()))
    assert rows[0] == ["id", "address_a", "address_b", "verdict", "reasons"]
    assert [(row[0], row[3]) for row in rows[1:]] == [("1", "match"), ("2", "cannot-tell")]
    assert json.loads(result.stdout)["verdicts"]["match"] == 1


@pytest.mark.promise("P3.10")
def test_a_file_of_japanese_excel_is_read_when_told_and_else_named(tmp_path: Path) -> None:
    source = written(tmp_path / "excel.csv", HEAD + PAIR, "cp932")

    assert "match" in run("--csv", source, "--encoding", "cp932").stdout
    assert "--encoding cp932" in str(run("--csv", source).exception)


@pytest.mark.promise("P3.10")
def test_standard_input_is_read() -> None:
    assert "match" in run("--csv", "-", given=(HEAD + PAIR).encode()).stdout


@pytest.mark.promise("P3.10")
def test_the_file_that_is_read_is_never_written_over(source: Path) -> None:
    before = source.read_bytes()

    assert run("--csv", source, "--output", source).exit_code == 2
    assert source.read_bytes() == before


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the first line"),
        ("address_a\nx\n", "the first line"),
        (HEAD + "a,b,c\n", "line 2 has more cells"),
        (f"verdict,{HEAD}x,{PAIR}", "`verdict` would stand twice"),
        (f"address_a,{HEAD}x,{PAIR}", "`address_a` would stand twice"),
        (HEAD + PAIR + '"' + "x" * (16 * 1024 * 1024 + 1), "line 3 cannot be read"),
    ],
)
def test_a_table_that_cannot_be_read_says_where_and_leaves_no_file(
    tmp_path: Path, text: str, why: str
) -> None:
    output = tmp_path / "out.csv"
    output.write_text("of before", "utf-8")

    result = run("--csv", written(tmp_path / "bad.csv", text), "--output", output)

    assert why in str(result.exception)
    assert output.read_text("utf-8") == "of before"
    assert {each.name for each in tmp_path.iterdir()} == {"bad.csv", "out.csv"}


@pytest.mark.promise("P3.10")
def test_a_cell_of_any_length_is_compared_and_never_a_match(tmp_path: Path) -> None:
    source = written(tmp_path / "long.csv", f"{HEAD}{'芝' * 200_000},東京都港区芝浦3-4-1\n")

    result = run("--csv", source, "--json")

    assert json.loads(result.stdout)["verdicts"]["cannot-tell"] == 1


@pytest.mark.promise("P3.10")
def test_a_place_that_cannot_be_written_is_named_in_one_line(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = str(tmp_path / "nowhere" / "out.csv")

    code = main.run(["identity", "compare", "--csv", str(source), "--output", output], None)  # type: ignore[arg-type]

    assert code == 2
    assert capsys.readouterr().err.startswith("file-unwritable: `")
