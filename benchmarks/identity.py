"""Addresses compared over labelled pairs: true and false matches, and speed, in one JSON object.

`python -m benchmarks.identity --pairs FOLDER --peers FOLDER --json` reads every CSV of the folder
with the columns label, kind, origin, address_a, address_b. Speed is CPU time; a peer (see
`identity_peers`) and we take turns, each in a process of its own that begins cold: a thousand
addresses three times, then many two times. Start and memory are those of a new process.
"""

import argparse
import csv
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks import identity_peers as peers
from benchmarks import machine
from mamoru.identity import address
from mamoru.identity.terms import Verdict

_ROUNDS = 5
_THOUSAND = 1000
PAIRS = Path(__file__).resolve().parents[2] / "shared" / "data" / "addresses"
"""Labelled pairs for development; they are not part of the repository."""
_START = r"""
import sys, time
from mamoru.identity import address
address.compare("東京都港区芝浦3-4-1", "東京都港区芝浦三丁目4番1号")
begun = time.process_time()
for text in sys.stdin:
    address.read(text)
import json, re
peak = re.search(r"VmHWM:\s*([0-9]+)", open("/proc/self/status").read())[1]
print(json.dumps([begun, int(peak) / 1024]))
"""


def main(arguments: list[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, default=PAIRS)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--scale", choices=["small", "full"], default="full")
    parser.add_argument("--wrong", help="only print the rows of a label with this verdict")
    given = parser.parse_args(arguments)
    rows = [row for path in sorted(given.pairs.glob("*.csv")) for row in _rows(path)]
    if given.scale == "small":
        rows = rows[::10]
    if given.wrong:
        label, verdict = given.wrong.split(":")
        for row in rows:
            found = address.compare(row["address_a"], row["address_b"])
            if row["label"] == label and found.verdict == verdict:
                print(row["kind"], row["address_a"], "|", row["address_b"], found.reasons)
        return
    document = measure(rows, given.peers)
    json.dump(document, sys.stdout, ensure_ascii=False, indent=None if given.json else 2)
    print()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measure(rows: list[dict[str, str]], peer_folder: Path | None = None) -> dict[str, Any]:
    """Return verdict counts by label, kind and origin, the peers' beside them, speed and memory."""
    verdicts, seconds = [], []
    for row in rows:
        begin = time.process_time()
        verdicts.append(address.compare(row["address_a"], row["address_b"]).verdict)
        seconds.append(time.process_time() - begin)
    judged = list(zip(rows, verdicts, strict=True))
    texts = [row[side] for row in rows for side in ("address_a", "address_b")]
    return {
        "name": "identity",
        "machine": machine.described(),
        "load when it began": round(os.getloadavg()[0], 1),
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
        "speed": _speed(texts),
        "start": _start(texts),
        "peers": _peers(rows, texts, peer_folder),
    }


def _speed(texts: list[str]) -> dict[str, Any]:
    """Return addresses read in a CPU second, beside a bare pass of NFKC, and single comparisons."""
    ours, bare = [], []
    for _ in range(_ROUNDS):
        ours.append(machine.cpu(lambda: [address.read(text) for text in texts]))
        bare.append(
            machine.cpu(
                lambda: [unicodedata.normalize("NFKC", text).replace(" ", "") for text in texts]
            )
        )
    single = []
    for a, b in zip(texts[::2], texts[1::2], strict=True):
        begin = time.process_time()
        address.compare(a, b)
        single.append(time.process_time() - begin)
    rates = machine.spread([len(texts) / each for each in ours])
    return {
        "addresses_per_cpu_second": {key: round(value) for key, value in rates.items()},
        "times_bare_nfkc": round(statistics.median(ours) / statistics.median(bare), 1),
        "one_comparison_ms": {
            "median": round(statistics.median(single) * 1000, 3),
            "p99": round(statistics.quantiles(single, n=100)[98] * 1000, 3),
        },
    }


def _start(texts: list[str]) -> dict[str, float]:
    """Return what a new process needs until its first answer, and in the end."""
    figures = []
    for given in ([], [], [], texts):
        done = subprocess.run(
            [sys.executable, "-c", _START],
            input="\n".join(given),
            capture_output=True,
            text=True,
            check=True,
        )
        figures.append(json.loads(done.stdout))
    return {
        "cpu_seconds to the first answer": round(
            statistics.median(seconds for seconds, _ in figures), 3
        ),
        "peak_megabytes at the first answer": round(figures[0][1], 1),
        "peak_megabytes after all pairs": round(figures[-1][1], 1),
    }


# --- peers ----------------------------------------------------------------------------------------


def _peers(rows: list[dict[str, str]], texts: list[str], folder: Path | None) -> dict[str, Any]:
    found = {"accuracy": peers.by_equality(rows)}
    with peers.geolonia(folder) as normalise, _beside() as ours:
        name = "geolonia 2.10.1"
        if isinstance(normalise, str):
            return found | {name: normalise}
        distinct = list(dict.fromkeys(texts))
        passes = [distinct[:_THOUSAND]] * 3 + [distinct] * 2
        mine, theirs = [], []
        forms: dict[str, str | None] = {}
        for each in passes:
            mine.append(len(each) / ours(each))
            normal, seconds = normalise(each)
            theirs.append(len(each) / seconds)
            forms.update(zip(each, normal, strict=True))
    found["accuracy"][name] = peers.scores(
        rows, lambda a, b: forms[a] is not None and forms[a] == forms[b]
    )
    names = ["thousand 1", "thousand 2", "thousand 3", "all 1", "all 2"]
    return found | {
        name: {
            "addresses_per_cpu_second": dict(zip(names, map(round, theirs), strict=True)),
            "ours in turn": dict(zip(names, map(round, mine), strict=True)),
            "ratio of the third passes": round(mine[2] / theirs[2], 1),
            "ratio of the second passes over all": round(mine[4] / theirs[4], 1),
        }
    }


@contextmanager
def _beside() -> Iterator[Any]:
    """Let us read addresses in a process of our own that begins cold; yields CPU seconds of a pass."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_read_passes, args=(there,))
    process.start()

    def seconds(texts: list[str]) -> float:
        here.send(texts)
        return float(here.recv())

    yield seconds
    here.send(None)
    process.join()


def _read_passes(asked: Connection) -> None:
    while texts := asked.recv():
        before = resource.getrusage(resource.RUSAGE_SELF)
        for text in texts:
            address.read(text)
        after = resource.getrusage(resource.RUSAGE_SELF)
        asked.send(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


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
