"""`mamoru datamap check` and `show` from outside: output and exit codes (contract, section 3)."""

import json
import shutil
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mamoru.cli.datamap import datamap
from mamoru.site.command import Company
from mamoru.site.sample import generate


@pytest.fixture
def home(tmp_path: Path) -> Path:
    generate.create(tmp_path, seed=1, persons=60, today=date(2026, 11, 22))
    shutil.copy(Path(generate.__file__).with_name("datamap.yaml"), tmp_path)
    return tmp_path


def run(home: Path, *arguments: str) -> Result:
    command = [*arguments, "--home", str(home)]
    return CliRunner().invoke(datamap, command, obj=Company())


def test_a_true_map_holds(home: Path) -> None:
    result = run(home, "check")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("the data map is true: 3 stores, 8 tables")


@pytest.mark.promise("P0.1")
def test_a_column_that_nobody_registered_is_named_with_exit_3(home: Path) -> None:
    connection = sqlite3.connect(home / generate.SHOP)
    connection.execute("ALTER TABLE members ADD COLUMN fax TEXT")
    connection.close()

    result = run(home, "check", "--json")

    document = json.loads(result.stdout)
    assert result.exit_code == 3
    assert [(drift["kind"], drift["column"]) for drift in document["drifts"]] == [
        ("new-column", "fax")
    ]


def test_a_store_that_is_away_exits_4(home: Path) -> None:
    (home / generate.MAILING).unlink()

    result = run(home, "check", "--json")

    assert result.exit_code == 4
    assert json.loads(result.stdout)["unreachable"][0]["code"] == "store-unreachable"


def test_a_broken_map_names_every_problem_with_exit_2(home: Path) -> None:
    file = home / "datamap.yaml"
    file.write_text(file.read_text().replace("row_key", "rowkey"))

    result = run(home, "show")

    assert result.exit_code == 2
    assert result.stderr.count("did you mean `row_key`") == 8


def test_shows_the_inventory_as_text_and_as_json(home: Path) -> None:
    text = run(home, "show", "--store", "mailing")
    document = json.loads(run(home, "show", "--json").stdout)

    assert "配信先" in text.stdout
    assert "members" not in text.stdout
    assert [store["name"] for store in document["stores"]] == ["shop", "personnel", "mailing"]
