"""Several workers on one PostgreSQL against one, near and some milliseconds away, with their waits.

Near, a worker and its server need the cores for nearly all of a demand: how many fit is how many
cores there are. A company's database stands elsewhere; a relay holds back each byte for
`AWAY` seconds either way, so that what a worker waits for can be seen to overlap.
`benchmarks.execution` calls this; as a program it is one worker, or the relay.
"""

import asyncio
import itertools
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from benchmarks import shop
from benchmarks.shop import HEAVY_EVERY, Shop

MANY = 4
AWAY = 0.001
"""Seconds that each byte is held back either way: two milliseconds to the server and back."""
_SOCKET = ".s.PGSQL.5432"
_WAITS = b"""
    SELECT CASE WHEN state LIKE 'idle%' THEN 'waiting for the worker'
           WHEN wait_event IS NULL THEN 'running' ELSE wait_event_type || ' ' || wait_event END
    FROM pg_stat_activity WHERE application_name = 'mamoru'
"""


def measured(full: Shop, folder: Path, seconds: float) -> dict[str, Any]:
    """Erase for some seconds in one process, then in several, near and away."""
    each = (full.persons // 2) // (MANY + 1)
    starts = [full.persons // 2 + each * at for at in range(MANY + 1)]
    half = each // 2
    with _relayed(full.at, folder) as away:
        return {
            "near": _compared(full.at, full.at, starts, seconds),
            f"{2000 * AWAY:.0f} ms away": _compared(
                full.at, away, [start + half for start in starts], seconds
            ),
        }


def _compared(near: str, url: str, starts: Sequence[int], seconds: float) -> dict[str, Any]:
    one = _at_once(near, url, starts[:1], seconds)
    many = _at_once(near, url, starts[1:], seconds)
    return {
        "1 at once": one,
        f"{MANY} at once": many,
        "rate ratio": many["a second"] / one["a second"],
    }


def _at_once(near: str, url: str, starts: Sequence[int], seconds: float) -> dict[str, Any]:
    asked = [sys.executable, "-m", "benchmarks.workers", "work", url]
    processes = [
        subprocess.Popen(
            [*asked, str(start), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for start in starts
    ]
    for process in processes:
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise SystemExit("a worker did not start")
    busy = _busy()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    waits: Counter[str] = Counter()
    with psycopg.connect(near, autocommit=True) as watch:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(0.02)
            for (what,) in watch.execute(_WAITS).fetchall():
                waits[what] += 1
    busy = [after - before for before, after in zip(busy, _busy(), strict=True)]
    done = [json.loads(process.communicate()[0]) for process in processes]
    total = sum(waits.values())
    return {
        "a second": sum(each["demands"] / each["seconds"] for each in done),
        "cpu_ms of the worker a demand": 1000
        * sum(each["cpu"] for each in done)
        / sum(each["demands"] for each in done),
        "cores busy, all programs": round(busy[0] / sum(busy), 2),
        "sessions are": {what: round(n / total, 2) for what, n in waits.most_common(5)},
    }


def _busy() -> list[int]:
    """Return the ticks in which the cores worked, and those in which they did not."""
    fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    ticks = [int(each) for each in fields]
    idle = ticks[3] + ticks[4]
    return [sum(ticks[:8]) - idle, idle]


def _work(url: str, start: str, seconds: str) -> None:
    """Erase one person after the other for some seconds."""
    numbers = (n for n in itertools.count(int(start)) if n % HEAVY_EVERY)
    with shop.on_postgresql(url, 0) as full:
        for number in itertools.islice(numbers, 10):
            shop.erase(full.store, [number], f"w{number}")
        print("ready", flush=True)
        sys.stdin.readline()
        done, began, started = 0, time.process_time(), time.perf_counter()
        while time.perf_counter() - started < float(seconds):
            number = next(numbers)
            shop.erase(full.store, [number], f"w{number}")
            done += 1
        took = time.perf_counter() - started
        print(json.dumps({"demands": done, "seconds": took, "cpu": time.process_time() - began}))


# --- a server that stands elsewhere ----------------------------------------------------------


@contextmanager
def _relayed(url: str, folder: Path) -> Iterator[str]:
    """Yield the address of a relay before the server of `url`, which speaks through a socket."""
    there = make_url(url)
    place = folder / "relay"
    place.mkdir()
    asked = [sys.executable, "-m", "benchmarks.workers", "relay", str(place / _SOCKET)]
    process = subprocess.Popen(
        [*asked, str(Path(str(there.query["host"])) / _SOCKET)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise SystemExit("the relay did not start")
        yield there.set(query={**there.query, "host": str(place)}).render_as_string(
            hide_password=False
        )
    finally:
        process.kill()
        process.wait()


async def _relay(here: str, there: str) -> None:
    async def both(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(there)
        await asyncio.gather(_held(reader, far_writer), _held(far_reader, writer))

    async with await asyncio.start_unix_server(both, here) as server:
        print("ready", flush=True)
        await server.serve_forever()


async def _held(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what one side says, `AWAY` seconds later and in its order."""
    loop = asyncio.get_running_loop()
    while data := await reader.read(1 << 16):
        loop.call_later(AWAY, writer.write, data)
    loop.call_later(AWAY, writer.close)


if __name__ == "__main__":
    what, *about = sys.argv[1:]
    if what == "work":
        _work(*about)
    else:
        asyncio.run(_relay(*about))
