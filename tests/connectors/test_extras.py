"""Without an extra the product runs, and whoever needs it is told how to get it."""

import sys
from pathlib import Path

import pytest

from mamoru.connectors.conformance import NOW, TABLE, location, permit
from mamoru.connectors.excel import Excel
from mamoru.connectors.mariadb import Mariadb
from mamoru.connectors.parquet import Parquet
from mamoru.connectors.port import ExtraMissing
from mamoru.gate.terms import Operation

PLACE = location(member_id=("M1",))


@pytest.mark.parametrize("library", ["openpyxl", "pyarrow"])
def test_a_file_names_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"x")
    monkeypatch.setitem(sys.modules, library, None)
    store = Excel("s", path) if library == "openpyxl" else Parquet("s", path, table=TABLE)

    with pytest.raises(ExtraMissing, match=r"pip install mamoru\[files\]"):
        store.freeze(permit(Operation.ERASE, PLACE), (PLACE,), NOW)


def test_mariadb_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)

    with pytest.raises(ExtraMissing, match=r"pip install mamoru\[mariadb\]"):
        Mariadb("s", "mariadb://root@localhost/x")
