"""The sample company: same seed, same content; its map is true; its cast is as told."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from mamoru.connectors.open import shapes
from mamoru.datamap import reading
from mamoru.datamap.drift import drifts
from mamoru.site.sample import cast, generate
from mamoru.site.sample.provisions import provisions

TODAY = date(2026, 11, 22)
DATAMAP = Path(generate.__file__).with_name("datamap.yaml")


def dump(home: Path) -> str:
    lines: list[str] = []
    for name in (generate.SHOP, generate.PERSONNEL):
        connection = sqlite3.connect(home / name)
        lines += connection.iterdump()
        connection.close()
    return "\n".join(lines) + (home / generate.MAILING).read_bytes().decode()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    generate.create(folder, seed=7, today=TODAY)
    return folder


def test_equal_seeds_give_equal_content_and_others_do_not(home: Path, tmp_path: Path) -> None:
    generate.create(tmp_path / "again", seed=7, today=TODAY)
    generate.create(tmp_path / "other", seed=8, today=TODAY)

    assert dump(tmp_path / "again") == dump(home)
    assert dump(tmp_path / "other") != dump(home)


def test_never_writes_over_a_store(home: Path) -> None:
    before = dump(home)

    with pytest.raises(FileExistsError):
        generate.create(home, seed=9, today=TODAY)

    assert dump(home) == before


def test_holds_every_kind_of_person(tmp_path: Path) -> None:
    summary = generate.create(tmp_path / "c", seed=3, today=TODAY)

    assert summary.persons == 1000
    assert min(summary.former_members, summary.minors, summary.movers) > 30
    assert summary.in_two_stores > 10
    assert {name.partition(".")[0] for name in summary.rows} == {"shop", "personnel", "mailing"}


@pytest.mark.promise("P0.1")
def test_the_map_is_true_of_the_live_stores(home: Path) -> None:
    datamap = reading.load(DATAMAP)

    for store, shape in shapes(datamap, base=home):
        assert isinstance(shape, tuple), shape
        assert drifts(store, shape) == ()


def test_every_reference_within_the_shop_holds(home: Path) -> None:
    connection = sqlite3.connect(home / generate.SHOP)
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    connection.close()

    assert broken == []


def test_old_characters_are_in_every_kind_of_store(home: Path) -> None:
    text = dump(home)

    for name in ("髙橋','太郎", "𠮷野','﨑子", "𠮷野 﨑子"):
        assert name in text


def test_taro_left_last_year_and_is_registered_at_his_old_address(home: Path) -> None:
    connection = sqlite3.connect(home / generate.SHOP)
    ask = connection.execute
    key = (cast.TARO.member_id,)

    left = ask("SELECT status, withdrawn_on FROM members WHERE member_id = ?", key).fetchone()
    where = ask("SELECT address FROM addresses WHERE member_id = ?", key).fetchall()
    orders = ask("SELECT count(*) FROM orders WHERE member_id = ?", key).fetchone()
    asked = ask("SELECT count(*) FROM inquiries WHERE email = ?", (cast.TARO.email,)).fetchone()
    connection.close()

    assert left == ("withdrawn", "2025-12-20")
    assert where == [(cast.TARO.registered_home.address,)]
    assert cast.TARO.registered_home != cast.TARO.home
    assert (orders, asked) == ((cast.TARO_ORDERS,), (cast.TARO_INQUIRIES,))


def test_yo_is_a_minor_and_megumi_the_parent(home: Path) -> None:
    connection = sqlite3.connect(home / generate.SHOP)
    guardian = connection.execute(
        "SELECT guardian_member_id FROM members WHERE member_id = ?", (cast.YO.member_id,)
    ).fetchone()
    connection.close()

    assert guardian == (cast.MEGUMI.member_id,)
    assert TODAY.year - cast.YO.birth.year < 18
    assert cast.YO.email == cast.MEGUMI.email


def test_who_is_outside_is_in_no_store(home: Path) -> None:
    text = dump(home)

    for someone in cast.OUTSIDERS:
        assert someone.email not in text
        assert someone.phone not in text
        assert someone.home.address not in text
    assert cast.AKUDA.family_name not in text


@pytest.mark.promise("P3.4")
def test_provisions_speak_of_people_in_the_store_and_of_the_past() -> None:
    members = {someone.member_id for someone in cast.MEMBERS}

    for record in provisions(TODAY):
        assert record.person_key in members
        assert record.consented_on <= record.provided_on < TODAY < record.kept_until


def test_too_few_persons_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="50"):
        generate.create(tmp_path / "c", seed=1, persons=10, today=TODAY)
