"""`mamoru policy` and `mamoru schema`: what people and scripts see, and the exit codes."""

import json
from pathlib import Path

import pytest

from mamoru.policy import lint, page
from mamoru.site.command import main
from tests.policy import sample


class Shown:
    """What a command printed and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Shown:
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as ended:
        code = int(ended.code or 0)
    captured = capsys.readouterr()
    return Shown(code, captured.out, captured.err)


def test_check_ends_with_0_for_a_sound_policy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = run(capsys, "policy", "check", "--home", sample.home(tmp_path))

    assert shown.code == 0
    assert "95 clauses" in shown.out


def test_check_ends_with_2_and_names_each_line_of_a_broken_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = sample.home(tmp_path)
    broken = sample.text().replace("effective_from:", "efective_from:")
    (folder / "policy.yaml").write_text(broken, encoding="utf-8")

    shown = run(capsys, "policy", "check", "--home", folder)
    as_json = run(capsys, "policy", "check", "--home", folder, "--json")

    assert shown.code == as_json.code == 2
    assert "policy.yaml:7: efective_from: unknown key" in shown.err
    assert "did you mean `effective_from`?" in shown.err
    assert "Traceback" not in shown.err
    assert {p["key"] for p in json.loads(as_json.out)["problems"]} == {
        "efective_from",
        "effective_from",
    }


def test_check_ends_with_3_when_a_rule_refuses_and_names_the_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = sample.home(tmp_path)
    text = sample.text().replace("methods: [paper, electronic]", "methods: [paper]")
    (folder / "policy.yaml").write_text(text, encoding="utf-8")

    shown = run(capsys, "policy", "check", "--home", folder, "--language", "en")

    assert shown.code == 3
    assert "L12 error" in shown.out
    assert "Rule 30" in shown.out
    assert f"L01-L{len(lint.RULES)}: 1 error" in shown.out
    japanese = run(capsys, "policy", "check", "--home", folder)
    assert "[法33条1項、2項、規則30条]" in japanese.out


@pytest.mark.promise("P0.2")
def test_trace_binds_the_own_text_and_ends_with_3_for_a_foreign_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = sample.home(tmp_path)
    text = tmp_path / "published.txt"
    text.write_text(page.text(sample.policy()), encoding="utf-8")
    whole = run(capsys, "policy", "trace", text, "--home", folder)

    text.write_text(page.text(sample.policy()) + "\n電話でも受け付けます。\n", encoding="utf-8")
    foreign = run(capsys, "policy", "trace", text, "--home", folder)
    as_json = run(capsys, "policy", "trace", text, "--policy", folder / "policy.yaml", "--json")

    assert whole.code == 0
    assert "(100.0 %)" in whole.out
    assert foreign.code == as_json.code == 3
    assert "UNBOUND  電話でも受け付けます。" in foreign.out
    assert "perhaps P3.23" in foreign.out
    assert json.loads(as_json.out)["unbound"] == 1
    assert "people must keep them: P0.3, " in foreign.out
    assert json.loads(as_json.out)["clauses_left_out"] == []


@pytest.mark.promise("P0.2")
def test_trace_names_what_the_text_leaves_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = sample.home(tmp_path)
    text = tmp_path / "published.txt"
    free = sample.policy().clause("way.fee").ja
    text.write_text(page.text(sample.policy()).replace(free, ""), encoding="utf-8")

    shown = run(capsys, "policy", "trace", text, "--home", folder)

    assert shown.code == 0
    assert "this text leaves out: way.fee\n" in shown.out


def test_trace_of_a_file_that_is_no_text_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "scan.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")

    shown = run(capsys, "policy", "trace", picture, "--home", tmp_path)

    assert shown.code == 2
    assert shown.err == f"text-unreadable: `{picture}` cannot be read as UTF-8 text\n"


@pytest.mark.parametrize(
    ("given", "said"),
    [("nothing.txt", "does not exist"), ("folder", "is a folder"), ("empty.txt", "no sentence")],
)
def test_trace_of_nothing_says_so_and_never_that_all_is_bound(
    given: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.txt").write_text("\n \n")

    shown = run(capsys, "policy", "trace", tmp_path / given, "--home", tmp_path)

    assert shown.code == 2
    assert said in shown.err
    assert "100" not in shown.out


def test_trace_without_a_policy_of_the_company_says_by_what_it_binds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "published.txt"
    text.write_text(page.text(sample.policy()), encoding="utf-8")

    shown = run(capsys, "policy", "trace", text, "--home", tmp_path)

    assert "no policy.yaml" in shown.err


def test_diff_speaks_both_languages_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    versions = ("policy", "diff", "2024-04-01", "2026-04-01", "--home", sample.FOLDER)

    japanese = run(capsys, *versions)
    english = run(capsys, *versions, "--language", "en")
    as_json = run(capsys, *versions, "--json")

    assert "(本人の同意が必要、法27条1項)" in japanese.out
    assert "(needs consent, Act 27(1))" in english.out
    assert json.loads(as_json.out)["need"] == "consent"


def test_an_unknown_version_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    shown = run(capsys, "policy", "show", "1999-01-01", "--home", sample.FOLDER)

    assert shown.code == 2
    assert "neither a file nor a published version" in shown.err


def test_show_prints_the_policy_as_people_read_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "policy", "show", "--home", sample.FOLDER).out == page.text(sample.policy())
    english = run(
        capsys, "policy", "show", "2024-04-01", "--home", sample.FOLDER, "--language", "en"
    )
    assert "Established 1 April 2024" in english.out


def test_schema_prints_the_schema_of_the_policy(capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads(run(capsys, "schema", "policy").out)

    assert schema["$schema"].endswith("2020-12/schema")
    assert "purposes" in schema["required"]
