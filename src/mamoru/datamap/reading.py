"""台帳を読む (P0.1): `datamap.yaml` to values, or every fault in it with line, key and remedy.

The content of the good parts is checked together with the form of the bad ones, so
that one run names every problem.
"""

from collections.abc import Collection
from pathlib import Path

from mamoru.datamap import checks, parts
from mamoru.datamap.inventory import DataMap
from mamoru.kit.errors import MamoruError
from mamoru.policy.events import read, read_text
from mamoru.policy.faults import validate
from mamoru.policy.source import Source
from mamoru.policy.terms import Problem


class DataMapInvalid(MamoruError):
    """`datamap.yaml` cannot be used. `problems` names every fault with its line and remedy."""

    code, exit_code = "datamap-invalid", 2

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep all problems; the message shows the first and how many more there are."""
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{problems[0]}{more}")
        self.problems = problems


def load(
    path: Path,
    *,
    categories: Collection[str] | None = None,
    purposes: Collection[str] | None = None,
) -> DataMap:
    """Read `datamap.yaml`; DataMapInvalid names every problem with line, key and remedy.

    With `categories` and `purposes` of a policy, codes unknown to it are problems too.
    """
    return _read(read(path), categories, purposes)


def parse(
    text: str,
    *,
    file: str = "datamap.yaml",
    categories: Collection[str] | None = None,
    purposes: Collection[str] | None = None,
) -> DataMap:
    """Read a data map from its text; `file` stands in the problems. Errors as `load`."""
    return _read(read_text(text, file=file), categories, purposes)


def doubts(path: Path) -> tuple[Problem, ...]:
    """Return what a valid map leaves open to mistakes; none for a map that cannot be read.

    A doubt is not an error: the company may know better. `datamap check` shows it.
    """
    source = read(path)
    if source.values is None:
        return ()
    told = len(source.problems)
    for found in checks.doubts(parts.readable(source.values)):
        source.report(found.path, found.message, found.remedy)
    return tuple(source.problems[told:])


def _read(
    source: Source, categories: Collection[str] | None, purposes: Collection[str] | None
) -> DataMap:
    datamap: DataMap | None = None
    if source.values is not None:
        datamap = validate(source, DataMap)
        for found in checks.faults(parts.readable(source.values), categories, purposes):
            source.report(found.path, found.message, found.remedy)
    if source.problems or datamap is None:
        problems = dict.fromkeys(source.problems)
        raise DataMapInvalid(tuple(sorted(problems, key=lambda problem: problem.line)))
    return datamap
