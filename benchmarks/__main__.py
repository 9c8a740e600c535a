"""Run every benchmark and write `docs/benchmarks.md` (`make bench`)."""

import itertools
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
NAMES = ("execution", "identity", "decide", "audience", "ledger", "letters", "scan")

_HEAD = """# Benchmarks

Written by `make bench`. Every figure is a ratio against a baseline measured in the same run, or
a count; times are of a shared machine with two cores and noisy by a factor of two. Each
benchmark says in its docstring what it measures and against what:
`python -m benchmarks.NAME --json`.
"""


def main() -> int:
    """Measure and write the page; the exit code is that of the first that failed.

    Names choose benchmarks, and the sections of the others stay as they are; what begins with
    `--` is handed to each: `python -m benchmarks execution scan --scale small`.
    """
    named = list(itertools.takewhile(lambda each: not each.startswith("--"), sys.argv[1:]))
    unknown = [name for name in named if name not in NAMES]
    if unknown:
        print(f"there is no benchmark `{unknown[0]}`: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    sections = _known() if named else {}
    for name in named or NAMES:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}", "--json", *sys.argv[1 + len(named) :]],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            print(done.stderr, file=sys.stderr)
            return done.returncode
        sections[name] = _section(name, json.loads(done.stdout))
    page = "".join([_HEAD, *(sections[name] for name in NAMES if name in sections)])
    PAGE.write_text(page.rstrip() + "\n", encoding="utf-8")
    return 0


def _known() -> dict[str, str]:
    """Return the sections that stand on the page."""
    _, *parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {part.partition("\n")[0].strip(): f"\n## {part.rstrip()}\n" for part in parts}


def _section(name: str, document: Mapping[str, Any]) -> str:
    lines = [f"\n## {name}\n", f"Measured {datetime.now(UTC):%Y-%m-%d}.\n", "| figure | value |"]
    lines.append("|---|---|")
    lines += [f"| {key} | {value} |" for key, value in _flat("", document) if key != "name"]
    return "\n".join(lines) + "\n"


def _flat(prefix: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [
            pair for key, inner in value.items() for pair in _flat(f"{prefix} {key}".strip(), inner)
        ]
    return [(prefix, f"{value:.4g}" if isinstance(value, float) else str(value))]


if __name__ == "__main__":
    sys.exit(main())
