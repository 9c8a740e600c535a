"""What else compares or normalises Japanese addresses, run on the same pairs where it is installed.

Two packages are found by import (`rapidfuzz`, `jpnorm`). The JavaScript normaliser of Geolonia needs
a folder, `--peers FOLDER`, with `node_modules/@geolonia/normalize-japanese-addresses` (2.10.1) and
its data as `japanese-addresses/api/ja`. None is a dependency; what is missing is said to be.
"""

import json
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Rows = Sequence[Mapping[str, str]]
_PACKAGE = Path("node_modules", "@geolonia", "normalize-japanese-addresses")
_DATA = Path("japanese-addresses", "api", "ja")
_SCRIPT = """
const { config, normalize } = require(process.argv[1]);
config.japaneseAddressesApi = 'file://' + process.argv[2];
const lines = require('readline').createInterface({ input: process.stdin });
(async () => {
  for await (const line of lines) {
    const texts = JSON.parse(line), found = [], begin = process.cpuUsage();
    for (const text of texts) {
      try {
        const one = await normalize(text);
        found.push(one.pref + one.city + one.town + one.addr);
      } catch (problem) { found.push(null); }
    }
    const used = process.cpuUsage(begin);
    console.log(JSON.stringify({ found, seconds: (used.user + used.system) / 1e6 }));
  }
})();
"""
Normalise = Callable[[list[str]], tuple[list[str | None], float]]


def by_equality(rows: Rows) -> dict[str, Any]:
    """Return what each peer says of the pairs: a match, or none."""
    found: dict[str, Any] = {
        "nfkc equal": scores(rows, lambda a, b: _bare(a) == _bare(b)),
    }
    if find_spec("rapidfuzz"):
        ratio = import_module("rapidfuzz.fuzz").ratio
        for least in (80, 90, 95):
            found[f"rapidfuzz {metadata.version('rapidfuzz')} ratio {least}"] = scores(
                rows, _at_least(ratio, least)
            )
    else:
        found["rapidfuzz"] = "not installed"
    if find_spec("jpnorm"):
        normalise = import_module("jpnorm").normalize
        found[f"jpnorm {metadata.version('jpnorm')}"] = scores(
            rows, lambda a, b: bool(normalise(a) == normalise(b))
        )
    else:
        found["jpnorm"] = "not installed"
    return found


def scores(rows: Rows, equal: Callable[[str, str], bool]) -> dict[str, float | int]:
    """Return the rate of true matches and the number of false ones."""
    said = [(row["label"], equal(row["address_a"], row["address_b"])) for row in rows]
    same = [each for label, each in said if label == "same"]
    different = [each for label, each in said if label == "different"]
    right = sum(same) + len(different) - sum(different)
    return {
        "true_match_rate": round(sum(same) / len(same), 4),
        "false_matches": sum(different),
        "accuracy": round(right / (len(same) + len(different)), 4),
        "partial_called_match": sum(each for label, each in said if label == "partial"),
    }


def _at_least(ratio: Callable[[str, str], float], least: int) -> Callable[[str, str], bool]:
    return lambda a, b: ratio(_bare(a), _bare(b)) >= least


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@contextmanager
def geolonia(folder: Path | None) -> Iterator[Normalise | str]:
    """Run the JavaScript normaliser beside us, or say why it cannot be."""
    node = shutil.which("node")
    if node is None:
        yield "not installed: no node"
    elif folder is None or not (folder / _PACKAGE).is_dir():
        yield "not installed: no package in --peers"
    elif not (folder / _DATA).is_dir():
        yield "not installed: no data in --peers"
    else:
        package, data = (str((folder / each).resolve()) for each in (_PACKAGE, _DATA))
        with subprocess.Popen(
            [node, "-e", _SCRIPT, package, data],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin
            assert process.stdout
            asked, answered = process.stdin, process.stdout

            def normalise(texts: list[str]) -> tuple[list[str | None], float]:
                asked.write(json.dumps(texts) + "\n")
                asked.flush()
                answer = json.loads(answered.readline())
                return answer["found"], answer["seconds"]

            yield normalise
            asked.close()
