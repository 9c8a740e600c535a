"""Precision and recall of `datamap scan`, with and without the words of the headers.

`python -m benchmarks.scan --json` makes the sample company and a shop of another
shape, samples both as `datamap scan` does, and compares with what each column really
holds (written down here by hand, column by column). A column counts once: right if the sign proposed
for it is the one it holds, wrong if it holds another or none. The shop's generator is not
part of the repository; without it the shop is left out and said to be.
"""

import argparse
import csv
import importlib.util
import json
import platform
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

from mamoru.datamap import scan
from mamoru.datamap.signs import Sign
from mamoru.site.sample import generate

SHOP = Path(__file__).resolve().parents[2] / "shared" / "data" / "shop" / "gen_shop.py"
TODAY = date(2026, 11, 22)
LIMIT = 200
Columns = Mapping[str, Sequence[object]]
Truth = Mapping[str, Mapping[str, Sign]]

COMPANY: Truth = {
    "members": {
        "family_name": Sign.NAME,
        "given_name": Sign.NAME,
        "family_name_kana": Sign.KANA,
        "given_name_kana": Sign.KANA,
        "birth_date": Sign.BIRTH,
        "email": Sign.EMAIL,
        "phone": Sign.PHONE,
    },
    "addresses": {
        "postal_code": Sign.POSTAL_CODE,
        "address": Sign.ADDRESS,
        "building": Sign.ADDRESS,
    },
    "orders": {"ship_to_name": Sign.NAME, "ship_to_address": Sign.ADDRESS},
    "order_items": {},
    "inquiries": {"name": Sign.NAME, "email": Sign.EMAIL, "body": Sign.PHONE},
    "employees": {
        "name": Sign.NAME,
        "kana": Sign.KANA,
        "birth_date": Sign.BIRTH,
        "postal_code": Sign.POSTAL_CODE,
        "address": Sign.ADDRESS,
        "phone": Sign.PHONE,
        "email": Sign.EMAIL,
        "bank_account": Sign.BANK_ACCOUNT,
        "emergency_contact": Sign.NAME,
    },
    "applicants": {
        "name": Sign.NAME,
        "kana": Sign.KANA,
        "birth": Sign.BIRTH,
        "address": Sign.ADDRESS,
        "email": Sign.EMAIL,
        "phone": Sign.PHONE,
        "interview_notes": Sign.NAME,
    },
    "mailing": {"email": Sign.EMAIL, "name": Sign.NAME},
}
CUSTOMERS: Truth = {
    "customers": {
        "email": Sign.EMAIL,
        "name": Sign.NAME,
        "name_kana": Sign.KANA,
        "phone": Sign.PHONE,
        "birth_date": Sign.BIRTH,
    },
    "addresses": {
        "postal_code": Sign.POSTAL_CODE,
        "prefecture": Sign.ADDRESS,
        "city": Sign.ADDRESS,
        "line1": Sign.ADDRESS,
        "building": Sign.ADDRESS,
    },
    "orders": {},
    "order_items": {},
    "payments": {"card_holder": Sign.KANA},
    "logins": {"ip": Sign.IP_ADDRESS},
    "support_tickets": {"email": Sign.EMAIL},
    "newsletter": {"email": Sign.EMAIL},
}
# Columns that look like personal data and are not, and numbers that are; written before the first
# look at how they are judged, and not tuned to.
TRAPS: Truth = {
    "products": {},
    "staff_numbers": {"value": Sign.MY_NUMBER},
    "cards": {"value": Sign.CARD},
    "transfers": {"bank_account": Sign.BANK_ACCOUNT},
    "visits": {"remote_addr": Sign.IP_ADDRESS},
    "old_register": {"seinengappi": Sign.BIRTH, "tel": Sign.PHONE, "jusho": Sign.ADDRESS},
    "memos": {"memo": Sign.PHONE},
}


def main(arguments: list[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--scale", choices=["small", "full"], default="full")
    parser.add_argument("--wrong", action="store_true", help="also name what was judged wrongly")
    given = parser.parse_args(arguments)
    persons = 300 if given.scale == "small" else 2_000
    with tempfile.TemporaryDirectory() as folder:
        data: dict[str, tuple[dict[str, Columns], Truth]] = {
            "company": (_company(Path(folder), persons), COMPANY)
        }
    if SHOP.exists():
        data["shop"] = (_shop(_generator(SHOP), persons), CUSTOMERS)
    data["traps"] = (_traps(), TRAPS)
    figures: dict[str, Any] = {}
    for name, (tables, truth) in data.items():
        for by, blind in (("with headers", False), ("values alone", True)):
            figures[f"{name}, {by}"] = measure(tables, truth, blind=blind, tell=given.wrong)
    document = {
        "name": "scan",
        "machine": {"python": platform.python_version(), "processor": platform.machine()},
        "sizes": {"persons": persons, "sampled cells a column": LIMIT},
        "figures": figures,
        "left out": [] if "shop" in data else ["shop: its generator is not here"],
        "cpu_seconds": round(time.process_time(), 2),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    json.dump(document, sys.stdout, ensure_ascii=False, indent=None if given.json else 2)
    print()


def measure(
    tables: Mapping[str, Columns], truth: Truth, *, blind: bool, tell: bool = False
) -> dict[str, Any]:
    """Return counts, precision and recall over all columns of all tables."""
    right = wrong = missed = total = 0
    for table, columns in tables.items():
        for name, cells in columns.items():
            total += 1
            holds = truth[table].get(name)
            found = scan.judge("c" if blind else name, cells, on=TODAY)
            said = {each.sign for each in found}
            right += holds in said
            wrong += bool(said) and holds not in said
            missed += holds is not None and holds not in said
            if tell and (holds not in said if holds or said else False):
                shown = [(each.sign.value, round(each.confidence, 2)) for each in found]
                print(f"{table}.{name}: holds {holds}, proposed {shown}", file=sys.stderr)
    proposed, held = right + wrong, right + missed
    return {
        "columns": total,
        "personal": held,
        "proposed": proposed,
        "right": right,
        "precision": round(right / proposed, 3) if proposed else None,
        "recall": round(right / held, 3) if held else None,
    }


def _company(folder: Path, persons: int) -> dict[str, Columns]:
    generate.create(folder, seed=1, persons=persons, today=TODAY)
    tables: dict[str, Columns] = {}
    for file in (generate.SHOP, generate.PERSONNEL):
        with sqlite3.connect(folder / file) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (name,) in names.fetchall():
                rows = connection.execute(f"SELECT * FROM {name} LIMIT {LIMIT}")
                heads = [each[0] for each in rows.description]
                tables[name] = _turned(heads, rows.fetchall())
        connection.close()
    with (folder / generate.MAILING).open(encoding="utf-8-sig", newline="") as lists:
        heads, *lines = csv.reader(lists)
        tables["mailing"] = _turned(heads, lines[:LIMIT])
    return tables


def _traps() -> dict[str, Columns]:
    many = range(1, 201)
    goods = ("ノートパソコン", "モニター", "キーボード", "プリンター", "ケーブル", "スピーカー")
    towns = ("東京", "大阪", "名古屋", "福岡", "札幌")
    return {
        "products": {
            "product_name": [goods[at % 6] for at in many],
            "sku": [f"SKU-{at:05d}" for at in many],
            "jan": [f"49{at * 7919:010d}"[:12] + str(at % 10) for at in many],
            "serial": [f"{at * 104_729:012d}" for at in many],
            "order_number": [f"0{at * 7_919:09d}" for at in many],
            "released_on": [f"20{10 + at % 16}-0{1 + at % 9}-15" for at in many],
            "updated_at": [f"2026-11-{1 + at % 28:02d} 10:00:00" for at in many],
            "warehouse": [towns[at % 5] for at in many],
            "version": [f"{at % 4}.{at % 10}.{at}" for at in many],
            "price": [at * 110 for at in many],
            "url": [f"https://shop.example/p/{at}" for at in many],
            "department": [("営業部", "総務課", "開発部")[at % 3] for at in many],
            "rating": [at % 5 for at in many],
        },
        "staff_numbers": {"value": [_with_check(at * 90_001 + 10_000_000_000) for at in many]},
        "cards": {"value": [_with_luhn(400_000_000_000_000 + at * 12_347) for at in many]},
        "transfers": {
            "bank_account": [f"0{at % 900:03d}-{at % 900:03d}-1-{at * 9973:07d}" for at in many],
            "amount": [at * 1000 for at in many],
        },
        "visits": {
            "remote_addr": [f"2001:db8::{at:x}" if at % 2 else f"192.0.2.{at}" for at in many],
            "path": [f"/p/{at}" for at in many],
        },
        "old_register": {
            "seinengappi": [f"S{20 + at % 44}.{1 + at % 12}.{1 + at % 28}" for at in many],
            "tel": [f"(03){at:04d}-{at * 3:04d}" for at in many],
            "jusho": [f"東京都港区芝浦{1 + at % 4}丁目{at}番{at % 20 + 1}号" for at in many],
        },
        "memos": {
            "memo": [
                f"折り返しは03-0000-{at:04d}へお願いしますとのことでした。"
                if at % 4 == 0
                else "特に変わったことはありませんでした。また来月に確認します。"
                for at in many
            ]
        },
    }


def _with_check(body: int) -> str:
    """Return a number of twelve digits with the check digit of a 個人番号."""
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(int(d) * w for d, w in zip(str(body), weights, strict=True)) % 11
    return f"{body}{0 if rest <= 1 else 11 - rest}"


def _with_luhn(body: int) -> str:
    doubled = [int(d) * (2 - at % 2) for at, d in enumerate(str(body))]
    return f"{body}{-sum(d // 10 + d % 10 for d in doubled) % 10}"


def _generator(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("gen_shop", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _shop(module: ModuleType, persons: int) -> dict[str, Columns]:
    kept: dict[str, list[Sequence[object]]] = {name: [] for name in module.TABLES}
    rows: Iterator[tuple[str, Sequence[object]]] = module.rows(persons, 7)
    for table, row in rows:
        if len(kept[table]) < LIMIT:
            kept[table].append(row)
    return {
        table: _turned([part.split()[0] for part in module.TABLES[table].split(",")], lines)
        for table, lines in kept.items()
    }


def _turned(heads: list[str], rows: Sequence[Sequence[object]]) -> dict[str, list[object]]:
    return {head: [row[at] for row in rows] for at, head in enumerate(heads)}


if __name__ == "__main__":
    main()
