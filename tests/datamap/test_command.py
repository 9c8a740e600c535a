"""`mamoru datamap check` and `show` from outside: output and exit codes (contract, section 3)."""

import csv
import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from mamoru.cli.datamap import datamap
from mamoru.connectors.port import StoreUnreachable
from mamoru.datamap.inventory import DataMap, Store, StoreKind
from mamoru.datamap.scan import Sample
from mamoru.kit.errors import MamoruError
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
    assert result.stdout.startswith("the data map is true: 3 stores, 9 tables")


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


@pytest.mark.promise("P0.1")
def test_a_key_that_is_not_stored_as_the_map_says_is_named_with_exit_3(home: Path) -> None:
    file = home / "datamap.yaml"
    lines = file.read_text().splitlines()
    at = next(
        n for n, line in enumerate(lines) if "name: email" in line and "category: contact" in line
    )
    lines[at] = lines[at].replace("category: contact", "category: contact, stored_normal: true")
    file.write_text("\n".join(lines))
    assert run(home, "check").exit_code == 0

    connection = sqlite3.connect(home / generate.SHOP)
    connection.execute("UPDATE members SET email = upper(email) WHERE member_id = 'M000001'")
    connection.commit()
    connection.close()
    result = run(home, "check", "--json")

    assert result.exit_code == 3
    assert [(each["kind"], each["column"]) for each in json.loads(result.stdout)["drifts"]] == [
        ("not-normal", "email")
    ]


def test_a_store_that_is_away_exits_4(home: Path) -> None:
    (home / generate.MAILING).unlink()

    result = run(home, "check", "--json")

    assert result.exit_code == 4
    assert json.loads(result.stdout)["unreachable"][0]["code"] == "store-file-missing"


def test_a_broken_map_names_every_problem_with_exit_2(home: Path) -> None:
    file = home / "datamap.yaml"
    file.write_text(file.read_text().replace("row_key", "rowkey"))

    result = run(home, "show")

    assert result.exit_code == 2
    assert result.stderr.count("did you mean `row_key`") == 9


def test_shows_the_inventory_as_text_and_as_json(home: Path) -> None:
    text = run(home, "show", "--store", "mailing")
    document = json.loads(run(home, "show", "--json").stdout)

    assert "配信先" in text.stdout
    assert "members" not in text.stdout
    assert [store["name"] for store in document["stores"]] == ["shop", "personnel", "mailing"]


class Sampled(Company):
    """The product, with rows of its SQLite stores read here."""

    def samples(
        self, datamap: DataMap, home: Path, limit: int
    ) -> Iterator[tuple[Store, Sample | MamoruError]]:
        for store in datamap.stores:
            if store.kind is not StoreKind.SQLITE:
                yield store, StoreUnreachable(f"store `{store.name}` does not answer")
                continue
            connection = sqlite3.connect(home / store.url)
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (name,) in names.fetchall():
                rows = connection.execute(f"SELECT * FROM {name} LIMIT {limit}")
                heads = [each[0] for each in rows.description]
                cells = list(zip(*rows.fetchall(), strict=True))
                yield store, Sample(table=name, columns=dict(zip(heads, cells, strict=False)))
            connection.close()


def looked(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(datamap, ["scan", *arguments, "--home", str(home)], obj=Sampled())


@pytest.mark.promise("P0.1")
def test_the_sample_company_hides_nothing_from_its_map(home: Path) -> None:
    result = looked(home, "--store", "personnel", "--json")

    assert json.loads(result.stdout) == {"holds": True, "proposals": [], "unreachable": []}
    assert result.exit_code == 0


@pytest.mark.promise("P0.1")
def test_a_table_that_nobody_registered_is_looked_into_with_exit_3(home: Path) -> None:
    connection = sqlite3.connect(home / generate.SHOP)
    connection.execute("CREATE TABLE export AS SELECT member_id AS id, phone AS t FROM members")
    connection.commit()
    connection.close()

    result = looked(home, "--json")

    document = json.loads(result.stdout)
    assert result.exit_code == 3
    assert [(each["table"], each["column"], each["sign"]) for each in document["proposals"]] == [
        ("export", "t", "phone")
    ]
    assert document["unreachable"][0]["store"] == "mailing"
    assert "export.t" in looked(home).stdout


def test_a_store_that_cannot_be_looked_into_exits_4(home: Path) -> None:
    assert looked(home, "--store", "mailing").exit_code == 4


def test_the_sheet_has_a_row_for_each_column(home: Path) -> None:
    lines = list(csv.reader(run(home, "show", "--csv").stdout.splitlines()))

    assert lines[0][0] == "\ufeff保管場所"
    assert len(lines) == 1 + 78
    assert {len(line) for line in lines} == {22}
    english = list(csv.reader(run(home, "show", "--csv", "--language", "en").stdout.splitlines()))
    assert english[1][:5] == ["Service database", "sqlite", "Members", "members", "Member number"]


def test_the_sheet_is_written_for_excel(home: Path) -> None:
    file = home / "daicho.xlsx"

    result = run(home, "show", "--excel", str(file))

    assert result.exit_code == 0
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["台帳"]
    assert book["台帳"].max_row == 1 + 78
    book.close()


def test_one_form_at_a_time(home: Path) -> None:
    assert run(home, "show", "--csv", "--json").exit_code == 2
