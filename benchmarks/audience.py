"""An audience of a million people against a plain loop and what else selects so many rows.

`python -m benchmarks.audience --json [--scale small|full]`: 55 % consented to the purpose, 10 %
of those refuse it, 1 % are suspended, 0.1 % erased, 2 % stopped what goes to others. All sides
give the same numbers of people, in turn; a side that differs from the plain loop ends the run.
Wall of a round, median with minimum and maximum. `polars`, `duckdb` and `numpy` are measured
where they can be imported; none of them is a dependency of the gate.
"""

import argparse
import json
import random
import statistics
import sys
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module, metadata
from importlib.util import find_spec
from typing import Any

from benchmarks import machine
from benchmarks.decide import Grant, Made, Purpose
from mamoru.gate.audience import People
from mamoru.gate.table import Table
from mamoru.gate.terms import Standing

PEOPLE = {"small": 100_000, "full": 1_000_000}
ROUNDS = {"small": 3, "full": 7}
_REPEAT = 20
_ASKED = ("PU02", "partner")
_SEED = 7
Ids = Sequence[int]
Side = Callable[[], Ids]


def main(arguments: list[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--scale", choices=list(ROUNDS), default="full")
    given = parser.parse_args(arguments)
    count, rounds = PEOPLE[given.scale], ROUNDS[given.scale]
    states = _states(count)
    people = _people(count, states)
    sides: dict[str, Side] = {
        "bitmaps": lambda: array("I", people.open(*_ASKED).to_array()),
        "plain loop": lambda: _loop(count, states),
        **dict(_peers(count, states)),
    }
    right = list(sides["plain loop"]())
    for name, side in sides.items():
        if sorted(side()) != right:
            raise SystemExit(f"{name} gives other people than the plain loop")
    times: dict[str, list[float]] = {name: [] for name in sides}
    counts: list[float] = []
    afresh: list[float] = []
    for _ in range(rounds):
        for name, side in sides.items():
            times[name].append(_ms(side, 1 if name != "bitmaps" else _REPEAT))
        counts.append(_ms(lambda: people.count(*_ASKED), _REPEAT))
        afresh.append(_afresh(people))
    ids, counted = statistics.median(times["bitmaps"]), statistics.median(counts)
    loop = statistics.median(times["plain loop"])
    changes = [_change(people, number) for number in range(1000)]
    document = {
        "name": "audience",
        "machine": machine.described(),
        "people": count,
        "reached": len(right),
        "left out": {str(why): out for why, out in people.left_out(*_ASKED).items()},
        "ids_ms": {name: machine.spread(each) for name, each in times.items()},
        "ids, times faster than": {
            name: statistics.median(each) / ids for name, each in times.items()
        },
        "count_ms": machine.spread(counts),
        "count after a change_ms": machine.spread(afresh),
        "count, times faster than plain loop": loop / counted,
        "bytes a person and fact": people.size / count / people.facts,
        "one person's change_us": machine.spread(changes),
        "not installed": [each for each in ("numpy", "polars", "duckdb") if not find_spec(each)],
        "peak_memory_mb": machine.peak_memory_mb(),
    }
    json.dump(document, sys.stdout, ensure_ascii=False, indent=None if given.json else 2)
    print()


def _ms(act: Callable[[], object], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        act()
    return 1000 * (time.perf_counter() - started) / times


def _afresh(people: People) -> float:
    """Return the milliseconds of a count right after somebody has changed: nothing is kept."""
    people.record(("suspended",), ())
    return _ms(lambda: people.count(*_ASKED), 1)


def _change(people: People, number: int) -> float:
    standing = Standing(refusals=frozenset({"PU02"}))
    started = time.perf_counter()
    people.stand(number, standing)
    return 1e6 * (time.perf_counter() - started)


_STATES = ("consented", "refused", "suspended", "erased", "stopped")


def _states(count: int) -> dict[str, set[int]]:
    """Return who is in which state."""
    draw = random.Random(_SEED)
    shares = {"consented": 0.55, "suspended": 0.01, "erased": 0.001, "stopped": 0.02}
    found = {name: {n for n in range(count) if draw.random() < p} for name, p in shares.items()}
    found["refused"] = {n for n in found["consented"] if draw.random() < 0.1}
    return found


def _people(count: int, states: dict[str, set[int]]) -> People:
    policy = Made(
        purposes={"PU02": Purpose("consent", "consent")},
        grants={("PU02", "contact", "partner"): Grant()},
    )
    people = People(Table(policy))
    people.know(range(count))
    people.record(("consented", "PU02", "partner"), states["consented"])
    people.record(("refused", "PU02"), states["refused"])
    people.record(("suspended",), states["suspended"])
    people.record(("erased",), states["erased"])
    people.record(("stopped", "*"), states["stopped"])
    return people


def _loop(count: int, states: dict[str, set[int]]) -> Ids:
    consented, closed = states["consented"], [states[name] for name in _STATES[1:]]
    return [n for n in range(count) if n in consented and not any(n in each for each in closed)]


def _peers(count: int, states: dict[str, set[int]]) -> Iterator[tuple[str, Side]]:
    for name, peer in (("numpy", _numpy), ("polars", _polars), ("duckdb", _duckdb)):
        if find_spec(name):
            yield f"{name} {metadata.version(name)}", peer(count, states)


def _numpy(count: int, states: dict[str, set[int]]) -> Side:
    numpy: Any = import_module("numpy")
    masks = {name: numpy.zeros(count, dtype=bool) for name in _STATES}
    for name, members in states.items():
        masks[name][list(members)] = True
    closed = [masks[name] for name in _STATES[1:]]

    def side() -> Ids:
        kept = masks["consented"].copy()
        for each in closed:
            kept &= ~each
        found: Ids = numpy.flatnonzero(kept)
        return found

    return side


def _polars(count: int, states: dict[str, set[int]]) -> Side:
    polars: Any = import_module("polars")
    frames = {name: polars.DataFrame({"n": sorted(members)}) for name, members in states.items()}
    everybody = polars.DataFrame({"n": range(count)})

    def side() -> Ids:
        kept = everybody.lazy().join(frames["consented"].lazy(), on="n", how="semi")
        for name in _STATES[1:]:
            kept = kept.join(frames[name].lazy(), on="n", how="anti")
        found: Ids = kept.collect()["n"].to_numpy()
        return found

    return side


def _duckdb(count: int, states: dict[str, set[int]]) -> Side:
    duckdb: Any = import_module("duckdb")
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE everybody AS SELECT range AS n FROM range({count})")
    for name, members in states.items():
        connection.execute(f"CREATE TABLE {name} (n BIGINT PRIMARY KEY)")
        numbers = ", ".join(f"({n})" for n in sorted(members))
        connection.execute(f"INSERT INTO {name} VALUES {numbers}")
    left = " ".join(f"ANTI JOIN {name} USING (n)" for name in _STATES[1:])
    query = f"SELECT n FROM everybody SEMI JOIN consented USING (n) {left} ORDER BY n"

    def side() -> Ids:
        found: Ids = connection.execute(query).fetchnumpy()["n"]
        return found

    return side


if __name__ == "__main__":
    main()
