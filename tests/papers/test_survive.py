"""Hostile files are refused or drawn anew, whatever they do to what decodes them (A11 to A13)."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests import needs, sweeps
from tests.papers import files

PEAK_KB = 512 * 1024
SECONDS = 10
SAMPLE = 12
ALWAYS = (
    "heic",
    "pdf with script",
    "pdf with words under a black box",
    "pdf with a picture elsewhere",
    "JPEG with place and profile",
    "png data without end",
    "pdf drawing without end, 1",
    "pdf under a password",
)
"""In each sample: one of a kind that a spread of twelve might miss."""


def chosen() -> list[str]:
    every = [each.what for each in files.every()]
    assert len(set(every)) == len(every) >= 300
    return list(dict.fromkeys([*ALWAYS, *sweeps.take(every, sample=SAMPLE)]))


def run(what: Sequence[str], *before: str) -> tuple[list[dict[str, Any]], int]:
    """Hand the files over in a process of its own, so that its memory is that of this alone."""
    done = subprocess.run(
        [*before, sys.executable, "-m", "tests.papers.files", json.dumps(what)],
        cwd=needs.ROOT,
        env={**os.environ, "PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    *outcomes, last = [json.loads(line) for line in done.stdout.splitlines()]
    return outcomes, last["peak"]


@pytest.mark.sweep
@pytest.mark.promise("P3.22")
def test_each_hostile_file_is_refused_or_drawn_anew_in_little_time_and_memory(
    record_property: sweeps.Record,
) -> None:
    what = chosen()

    outcomes, peak = run(what)

    sweeps.record(record_property, "hostile files", ran=len(what), of=len(files.every()))
    assert [each["what"] for each in outcomes if each["seconds"] > SECONDS] == []
    assert [each["what"] for each in outcomes if each["rebuilt"] and not each["clean"]] == []
    assert [each for each in outcomes if each["wanted"] not in {None, each["rebuilt"]}] == []
    assert all(each["rebuilt"] != bool(each["reason"]) for each in outcomes)
    assert sorted(each["what"] for each in outcomes) == sorted(what)
    assert peak <= PEAK_KB


def test_no_hostile_file_makes_a_connection_a_process_or_a_file(tmp_path: Path) -> None:
    needs.require("strace")
    trace = tmp_path / "trace"
    calls = "trace=network,execve,openat,creat,mkdir,unlink,rename"
    links = [each.what for each in files.scripted()]

    outcomes, _ = run(
        [*links, "heic"], "strace", "-f", "--seccomp-bpf", "-qq", "-e", calls, "-o", str(trace)
    )

    lines = trace.read_text().splitlines()
    opened = [line for line in lines if "O_WRONLY" in line or "O_RDWR" in line]
    assert len(outcomes) == len(links) + 1
    assert [line for line in lines if re.search(r"\b(socket|connect|sendto|bind)\(", line)] == []
    assert [line for line in opened if not re.search(r"/dev/null|__pycache__", line)] == []
    assert len({line.split()[0] for line in lines if "execve(" in line}) == len(outcomes) + 1


SHUT_IN = """
import os, pathlib, socket, subprocess, sys
sys.path.insert(0, "src")
from mamoru.papers import confining
confining.shut_in(memory=400 << 20, cpu_seconds=3, files=int(sys.argv[1]))
for act in (
    lambda: socket.socket(),
    lambda: subprocess.run(["/bin/true"]),
    lambda: bytearray(500 << 20),
    lambda: open(sys.argv[2] + "new", "w"),
    lambda: open(sys.argv[2], "w"),
    lambda: open(sys.argv[2], "r+"),
    lambda: os.truncate(sys.argv[2], 0),
    lambda: os.unlink(sys.argv[2]),
    lambda: os.rename(sys.argv[2], sys.argv[2] + "new"),
    lambda: os.chmod(sys.argv[2], 0),
    lambda: os.mkdir(sys.argv[2] + "new"),
    lambda: os.kill(os.getppid(), 0),
    lambda: os.fork(),
):
    try:
        act()
    except (OSError, MemoryError) as refused:
        print(type(refused).__name__)
    else:
        print("allowed")
"""


@pytest.mark.parametrize("descriptors", ["0", "5"])
def test_a_process_that_is_shut_in_gets_no_socket_process_memory_or_file(
    descriptors: str, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    there.write_text("kept")

    done = subprocess.run(
        [sys.executable, "-c", SHUT_IN, descriptors, str(there)],
        cwd=needs.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "allowed" not in done.stdout
    assert len(done.stdout.split()) == 13
    assert [each.name for each in tmp_path.iterdir()] == ["there"]
    assert there.read_text() == "kept"
