"""What a correction leaves alone, and what it does when a store does not go along (P3.4)."""

import fcntl
import os
import sqlite3
from pathlib import Path

import pytest

from mamoru.connectors.conformance import COLUMNS, NOW, TABLE, location, permit
from mamoru.connectors.csv import Csv
from mamoru.connectors.port import (
    CorrectionRefusedByStore,
    Settled,
    StoreUnreachable,
    StoreUnreadable,
    settle,
)
from mamoru.connectors.sqlite import Sqlite
from mamoru.gate.terms import Operation

HEAD = ",".join(COLUMNS)
PLACE = location(member_id=("M2",))
CHANGE = {"name": ("髙橋", "髙橋 一")}


def csv_store(path: Path, text: str, encoding: str = "utf-8", **more: float) -> Csv:
    path.write_bytes(text.encode(encoding))
    return Csv("subject", path, table=TABLE, encoding=encoding, **more)


def correct(store: Csv | Sqlite, changes: dict[str, tuple[str, str]] | None = None) -> None:
    store.correct(permit(Operation.CORRECT, PLACE), PLACE, changes or CHANGE, NOW)


@pytest.mark.promise("P3.4")
@pytest.mark.parametrize("ending", ["\r\n", "\n"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932", "euc-jp"])
def test_every_other_record_keeps_its_bytes(tmp_path: Path, encoding: str, ending: str) -> None:
    name = "山本" if encoding == "euc-jp" else "髙橋"
    lines = [
        HEAD,
        '1,"M1",a@b,"あ, い","一\n二"',
        f"2,M2,c@d,{name},x",
        "",
        '3,"M3",,"",""',
        "4,M4,,,",
    ]
    path = tmp_path / "list.csv"
    store = csv_store(path, ending.join(lines), encoding)

    correct(store, {"name": (name, f"{name} 一")})

    expected = ending.join(lines).replace(f"c@d,{name},x", f"c@d,{name} 一,x")
    assert path.read_bytes() == expected.encode(encoding)
    assert [file.name for file in tmp_path.iterdir() if "new" in file.name] == []


def test_a_record_keeps_its_quoting(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    store = csv_store(path, f'{HEAD}\n"2","M2","c@d","髙橋","x"\n')

    correct(store)

    assert path.read_text() == f'{HEAD}\n"2","M2","c@d","髙橋 一","x"\n'


def test_the_files_permissions_stay(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    store = csv_store(path, f"{HEAD}\n2,M2,c@d,髙橋,x\n")
    path.chmod(0o640)

    correct(store)

    assert path.stat().st_mode & 0o777 == 0o640


def test_a_character_that_the_file_cannot_hold_is_refused_and_nothing_changes(
    tmp_path: Path,
) -> None:
    path = tmp_path / "list.csv"
    store = csv_store(path, f"{HEAD}\n2,M2,c@d,髙橋,x\n", "cp932")
    before = path.read_bytes()

    with pytest.raises(CorrectionRefusedByStore, match="cp932"):
        correct(store, {"name": ("髙橋", "𠮷野")})

    assert path.read_bytes() == before


def test_a_list_that_another_holds_is_unreachable(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    store = csv_store(path, f"{HEAD}\n2,M2,c@d,髙橋,x\n", wait_seconds=0.0)
    other = os.open(tmp_path / ".list.csv.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(other, fcntl.LOCK_EX)

    with pytest.raises(StoreUnreachable):
        correct(store)

    os.close(other)
    assert "髙橋 一" not in path.read_text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "row_id,row_id,email,name,note\n1,M2,a,b,c\n",
        f"{HEAD}\n1,M2,c@d,髙橋\n",
        f'{HEAD}\n1,M2,c@d,"髙橋,x\n',
    ],
    ids=["empty", "head twice", "cell missing", "quote open"],
)
def test_a_list_that_is_not_whole_is_never_half_read(tmp_path: Path, text: str) -> None:
    store = csv_store(tmp_path / "list.csv", text)

    with pytest.raises(StoreUnreadable):
        store.read(permit(Operation.READ, PLACE), PLACE, NOW)


def test_bytes_of_another_encoding_are_not_guessed_at(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(f"{HEAD}\n2,M2,c@d,髙橋,x\n".encode("cp932"))

    with pytest.raises(StoreUnreadable, match="utf-8"):
        Csv("subject", path, table=TABLE, encoding="utf-8").read(
            permit(Operation.READ, PLACE), PLACE, NOW
        )


def sqlite_store(path: Path, constraint: str = "") -> Sqlite:
    connection = sqlite3.connect(path)
    columns = ", ".join(f"{column} TEXT" for column in COLUMNS)
    connection.execute(f"CREATE TABLE {TABLE} ({columns}{constraint})")
    connection.execute(f"INSERT INTO {TABLE} VALUES ('2', 'M2', 'c@d', '髙橋', 'x')")
    connection.commit()
    connection.close()
    return Sqlite("subject", path, wait_seconds=0.0)


def test_a_database_that_refuses_the_value_keeps_the_old_one(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path / "db", ", CHECK (length(name) < 3)")

    with pytest.raises(CorrectionRefusedByStore):
        correct(store)

    reading = store.read(permit(Operation.READ, PLACE), PLACE, NOW)
    assert reading.rows[0]["name"] == "髙橋"


def test_a_database_that_another_is_writing_is_unreachable_and_safe_to_repeat(
    tmp_path: Path,
) -> None:
    store = sqlite_store(tmp_path / "db")
    other = sqlite3.connect(tmp_path / "db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    with pytest.raises(StoreUnreachable) as told:
        correct(store)
    other.execute("ROLLBACK")
    other.close()
    correct(store)

    assert (told.value.retry, told.value.exit_code) == (True, 4)


def test_a_call_that_takes_too_long_is_broken_off(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path / "db")
    connection = sqlite3.connect(tmp_path / "db")
    connection.execute(
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
        f"INSERT INTO {TABLE} SELECT i, 'M3', '', '', '' FROM n"
    )
    connection.commit()
    connection.close()
    hurried = Sqlite("subject", tmp_path / "db", limit_seconds=0.0)

    store.read(permit(Operation.READ, PLACE), PLACE, NOW)
    with pytest.raises(StoreUnreachable, match="INTERRUPT"):
        hurried.read(permit(Operation.READ, PLACE), PLACE, NOW)


def test_a_file_that_is_no_database_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "db").write_text("名簿" * 500)

    with pytest.raises(StoreUnreadable):
        Sqlite("subject", tmp_path / "db").probe()


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (["後"], Settled.DONE),
        (["前"], Settled.OPEN),
        (["後", "前"], Settled.OPEN),
        (["別"], Settled.CHANGED),
        ([], Settled.CHANGED),
        (["後", "別"], Settled.DONE),
    ],
)
def test_only_what_is_read_back_proves_a_correction(stored: list[str], said: Settled) -> None:
    rows = [{"name": value} for value in stored]

    assert settle({"name": ("前", "後")}, rows) is said


def test_a_correction_to_the_same_value_is_done() -> None:
    assert settle({"name": ("前", "前")}, [{"name": "前"}]) is Settled.DONE


def test_a_commit_that_fails_is_settled_by_reading_back(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path / "db")
    reader = sqlite3.connect(tmp_path / "db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute(f"SELECT * FROM {TABLE}").fetchone()  # holds what COMMIT needs alone

    with pytest.raises(StoreUnreachable, match="BUSY"):
        correct(store)
    held = reader.execute(f"SELECT name FROM {TABLE}").fetchone()
    reader.execute("ROLLBACK")
    reader.close()
    correct(store)

    reading = store.read(permit(Operation.READ, PLACE), PLACE, NOW)
    assert (held, reading.rows[0]["name"]) == (("髙橋",), "髙橋 一")
