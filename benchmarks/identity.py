"""Addresses compared over labelled pairs: true and false matches, and speed, in one JSON object.

`python -m benchmarks.identity --pairs FOLDER --json` reads every CSV of the
folder with the columns label, kind, origin, address_a, address_b.
"""

import argparse
import csv
import json
import platform
import resource
import statistics
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mamoru.identity import address
from mamoru.identity.terms import Verdict

_ROUNDS = 5
PAIRS = Path(__file__).resolve().parents[2] / "shared" / "data" / "addresses"
"""Labelled pairs for development; they are not part of the repository."""


def main(arguments: list[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, default=PAIRS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--scale", choices=["small", "full"], default="full")
    parser.add_argument("--wrong", help="also print the rows of a label with this verdict")
    given = parser.parse_args(arguments)
    rows = [row for path in sorted(given.pairs.glob("*.csv")) for row in _rows(path)]
    if given.scale == "small":
        rows = rows[::10]
    document = measure(rows)
    if given.wrong:
        label, verdict = given.wrong.split(":")
        for row in rows:
            found = address.compare(row["address_a"], row["address_b"])
            if row["label"] == label and found.verdict == verdict:
                print(row["kind"], row["address_a"], "|", row["address_b"], found.reasons)
    indent = None if given.json else 2
    json.dump(document, sys.stdout, ensure_ascii=False, indent=indent)
    print()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measure(rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return verdict counts by label, kind and origin, and the speed against a bare NFKC pass."""
    verdicts = [address.compare(row["address_a"], row["address_b"]).verdict for row in rows]
    judged = list(zip(rows, verdicts, strict=True))
    texts = [row[side] for row in rows for side in ("address_a", "address_b")]
    ours, bare = [], []
    for _ in range(_ROUNDS):
        begin = time.process_time()
        for text in texts:
            address.read(text)
        ours.append(time.process_time() - begin)
        begin = time.process_time()
        for text in texts:
            unicodedata.normalize("NFKC", text).replace(" ", "")
        bare.append(time.process_time() - begin)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "name": "identity",
        "machine": {"python": platform.python_version(), "processor": platform.machine()},
        "pairs": len(rows),
        "all": _scores(judged),
        "without_romaji": _scores(
            pair for pair in judged if not pair[0]["kind"].endswith("romaji")
        ),
        "without_test_geolonia": _scores(
            pair for pair in judged if not pair[0]["kind"].startswith("test.geolonia")
        ),
        "by_origin": {
            origin: _scores(pair for pair in judged if pair[0]["origin"] == origin)
            for origin in sorted({row["origin"] for row in rows})
        },
        "by_kind": {
            f"{kind} ({label})": dict(
                Counter(
                    str(verdict)
                    for row, verdict in judged
                    if (row["kind"], row["label"]) == (kind, label)
                )
            )
            for kind, label in sorted({(row["kind"], row["label"]) for row in rows})
        },
        "addresses_per_cpu_second": {
            "median": round(len(texts) / statistics.median(ours)),
            "min": round(len(texts) / max(ours)),
            "max": round(len(texts) / min(ours)),
        },
        "times_bare_nfkc": round(statistics.median(ours) / statistics.median(bare), 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_megabytes": round(used.ru_maxrss / 1024, 1),
    }


def _scores(judged: Iterable[tuple[dict[str, str], Verdict]]) -> dict[str, Any]:
    count = Counter((row["label"], verdict) for row, verdict in judged)

    def of(label: str) -> int:
        return sum(number for (each, _), number in count.items() if each == label)

    def share(label: str, verdict: Verdict) -> float | None:
        return round(count[label, verdict] / of(label), 4) if of(label) else None

    return {
        "same": of("same"),
        "different": of("different"),
        "partial": of("partial"),
        "true_match_rate": share("same", Verdict.MATCH),
        "false_matches": count["different", Verdict.MATCH],
        "different_called_partial": count["different", Verdict.PARTIAL],
        "partial_called_match": count["partial", Verdict.MATCH],
        "same_called_mismatch": count["same", Verdict.MISMATCH],
        "same_called_cannot_tell": count["same", Verdict.CANNOT_TELL],
        "partial_kept": share("partial", Verdict.PARTIAL),
    }


if __name__ == "__main__":
    main()
