"""Run every benchmark and write `docs/benchmarks.md` (`make bench`)."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("execution", "identity", "ledger", "letters", "scan")

_HEAD = """# Benchmarks

Written by `make bench`. Every figure is a ratio against a baseline measured in the same run, or
a count; times are of a shared machine with two cores and noisy by a factor of two. Each
benchmark says in its docstring what it measures and against what:
`python -m benchmarks.NAME --json`.
"""


def main() -> int:
    """Measure all and write the page; the exit code is that of the first that failed."""
    parts = [_HEAD]
    for name in NAMES:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}", "--json", *sys.argv[1:]],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            print(done.stderr, file=sys.stderr)
            return done.returncode
        parts.append(_section(name, json.loads(done.stdout)))
    (ROOT / "docs" / "benchmarks.md").write_text("\n".join(parts), encoding="utf-8")
    return 0


def _section(name: str, document: Mapping[str, Any]) -> str:
    lines = [f"\n## {name}\n", f"Measured {datetime.now(UTC):%Y-%m-%d}.\n", "| figure | value |"]
    lines.append("|---|---|")
    lines += [f"| {key} | {value} |" for key, value in _flat("", document) if key != "name"]
    return "\n".join(lines)


def _flat(prefix: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [
            pair for key, inner in value.items() for pair in _flat(f"{prefix} {key}".strip(), inner)
        ]
    return [(prefix, f"{value:.4g}" if isinstance(value, float) else str(value))]


if __name__ == "__main__":
    sys.exit(main())
