"""Letters: an answer of one page and one with 2,000 rows, against an empty page of the same engine.

The baseline is the layout engine itself with one line of text: what no letter can beat.
"""

import argparse
import json
import sys
from dataclasses import replace
from datetime import date
from typing import Any

from benchmarks import machine
from mamoru.documents import letter, pdf
from mamoru.documents.terms import Addressee, AnnexTable, Answer, DemandAnswer, Letter, Sender

ROUNDS = 9

ANSWER = Answer(
    reference="C-2026-000001-5",
    received_on=date(2026, 11, 2),
    dated_on=date(2026, 11, 16),
    language="ja",
    sender=Sender(
        name="みなとリンク株式会社",
        representative="代表取締役 海野 遥",
        postal_code="108-0023",
        address="東京都港区芝浦三丁目4番1号",
        desk="個人情報お問い合わせ窓口",
        contact="https://minato-link.example/requests/",
    ),
    addressee=Addressee(
        postal_code="223-0062", address_lines=("神奈川県横浜市港北区",), name="髙橋 太郎"
    ),
    person_name="髙橋 太郎",
    demands=(DemandAnswer(kind="disclosure", items=(), outcome="fulfilled"),),
)


def main(arguments: list[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--scale", choices=["small", "full"], default="small")
    given = parser.parse_args(arguments)
    document = measure(200 if given.scale == "small" else 2_000)
    json.dump(document, sys.stdout, indent=None if given.json else 2, ensure_ascii=False)
    print()


def measure(rows: int) -> dict[str, Any]:
    """Return ratios to an empty page, interleaved; the compiler is warm as in the product."""
    usual, long = letter.build(ANSWER), letter.build(_with(rows))
    empty = _empty(usual)
    for each in (empty, usual, long):
        pdf.render(each)
    ratios: dict[str, list[float]] = {"usual": [], "long": []}
    for number in range(ROUNDS):
        # Equal letters come from the engine's cache, so each is dated differently.
        day = date(2026, 1, 1 + number)
        bare = machine.cpu(lambda day=day: pdf.render(replace(empty, dated_on=day)))  # type: ignore[misc]
        ratios["usual"].append(
            machine.cpu(lambda day=day: pdf.render(replace(usual, dated_on=day))) / bare  # type: ignore[misc]
        )
        ratios["long"].append(
            machine.cpu(lambda day=day: pdf.render(replace(long, dated_on=day))) / bare  # type: ignore[misc]
        )
    return {
        "name": "letters",
        "machine": machine.described(),
        "rows in the long letter": rows,
        "one-page letter, CPU ratio to an empty page": machine.spread(ratios["usual"]),
        "long letter, CPU ratio to an empty page": machine.spread(ratios["long"]),
        "bytes of the one-page letter": len(pdf.render(usual)),
        "bytes of the long letter": len(pdf.render(long)),
        "peak memory MB": machine.peak_memory_mb(),
    }


def _with(rows: int) -> Answer:
    table = AnnexTable(
        title="注文",
        source="会員サービスのデータベース",
        columns=("注文番号", "注文日", "金額"),
        rows=tuple((f"{number:06d}", "2026-03-01", "12,300") for number in range(rows)),
    )
    return replace(ANSWER, demands=(replace(ANSWER.demands[0], tables=(table,)),))


def _empty(usual: Letter) -> Letter:
    return replace(usual, opening=(), sections=(), closing=(), annexes=(), ending="")


if __name__ == "__main__":
    main()
