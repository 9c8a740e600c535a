"""The 63 promises, and the honest list of what is not yet covered (P0.4)."""

from pathlib import Path

import pytest

from mamoru.policy import coverage, promises
from tests.needs import ROOT


def test_there_are_63_promises_in_the_policys_order() -> None:
    ids = [
        *(f"P0.{n}" for n in range(1, 5)),
        *(f"P1.{n}" for n in range(1, 16)),
        *(f"P2.{n}" for n in range(1, 19)),
        *(f"P3.{n}" for n in range(1, 27)),
    ]

    assert list(promises.PROMISES) == ids
    assert sorted(ids, key=promises.order) == ids
    assert len(ids) == 63


def test_each_promise_says_what_why_and_where() -> None:
    for promise in promises.PROMISES.values():
        assert promise.ja, promise.id
        assert promise.en.isascii(), promise.id
        assert promise.base, promise.id
        assert all(module.startswith("mamoru.") for module in promise.code), promise.id
        assert promise.terms, promise.id


@pytest.mark.promise("P0.4")
def test_the_coverage_page_and_the_list_of_holes_are_current_and_name_real_promises() -> None:
    tests = coverage.tests_under(ROOT)

    page = coverage.render_page(ROOT, tests)

    assert (ROOT / coverage.PAGE).read_text("utf-8") == page, "run `make docs`"
    assert (ROOT / coverage.GOLDEN).read_text("utf-8") == coverage.render_golden(tests)
    assert (ROOT / coverage.PACKAGED).read_text("utf-8") == coverage.render_golden(tests)
    assert coverage.unknown(tests) == ()
    assert coverage.unfounded(ROOT, tests) == ()
    assert frozenset(coverage.uncovered(tests)) == promises.UNKEPT


def checkout(root: Path, test: str) -> Path:
    (root / "tests" / "room").mkdir(parents=True)
    kept = root / "src" / "mamoru" / "datamap" / "inventory.py"  # by which P1.1 is kept
    kept.parent.mkdir(parents=True)
    kept.write_text('"""The inventory."""\nTABLES = ()\n', encoding="utf-8")
    (root / "src" / "mamoru" / "policy").mkdir()
    (root / "tests" / "room" / "test_do.py").write_text(test, encoding="utf-8")
    return root


def test_marks_on_functions_classes_and_modules_are_found(tmp_path: Path) -> None:
    root = checkout(
        tmp_path,
        "import pytest\n"
        "pytestmark = [pytest.mark.promise('P0.1'), pytest.mark.slow]\n"
        "@pytest.mark.promise('P1.1', 'P1.2')\n"
        "def test_a(): ...\n"
        "@pytest.mark.promise('P2.1')\n"
        "class TestB:\n"
        "    async def test_c(self): ...\n"
        "def helper(): ...\n",
    )

    found = {test.test: test.promises for test in coverage.tests_under(root)}

    assert found == {"test_a": ("P0.1", "P1.1", "P1.2"), "test_c": ("P0.1", "P2.1")}


@pytest.mark.promise("P0.4")
def test_a_promise_without_a_test_is_listed_and_one_with_a_test_is_not(tmp_path: Path) -> None:
    root = checkout(tmp_path, "import pytest\n@pytest.mark.promise('P1.1')\ndef test_a(): ...\n")

    assert coverage.main([str(root)]) == 0

    holes = (root / coverage.GOLDEN).read_text("utf-8").split()
    assert len(holes) == 62
    assert "P1.1" not in holes
    assert "room/test_do.py" in (root / coverage.PAGE).read_text("utf-8")
    assert coverage.main(["--check", str(root)]) == 0
    (root / "tests" / "room" / "test_do.py").unlink()
    assert coverage.main(["--check", str(root)]) == 1


def test_a_mark_with_an_unknown_id_stops_the_writing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = checkout(tmp_path, "import pytest\n@pytest.mark.promise('P9.9')\ndef test_a(): ...\n")

    assert coverage.main([str(root)]) == 2
    assert "P9.9" in capsys.readouterr().err
    assert not (root / coverage.PAGE).exists()


def test_a_mark_of_a_promise_for_which_nothing_is_built_stops_the_writing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = checkout(tmp_path, "import pytest\n@pytest.mark.promise('P1.1')\ndef test_a(): ...\n")
    (root / "src" / "mamoru" / "datamap" / "inventory.py").write_text('"""Later."""\n')

    assert coverage.main([str(root)]) == 2
    assert "no code keeps this promise yet: tests/room/test_do.py::test_a: P1.1" in (
        capsys.readouterr().err
    )
    assert not (root / coverage.PAGE).exists()
