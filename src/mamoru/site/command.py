"""The entry point of `mamoru`: hands the running product to the commands of `mamoru.cli`."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mamoru.cli.main import run
from mamoru.cli.options import Gate, Shape
from mamoru.datamap.inventory import DataMap, Store
from mamoru.datamap.scan import Sample
from mamoru.datamap.terms import Drift
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import StaffId
from mamoru.ledger.append import Journal

OPERATOR = StaffId("operator")
"""Who acts when a command acts: whoever may run commands on this host."""


class Company:
    """The product behind the commands; Django is loaded only where a command needs it."""

    def journal(self) -> Journal:
        from mamoru.site import checks

        checks.expect_folder(_home())
        _django()
        from mamoru.site import history, wiring

        checks.expect_ledger()
        journal = wiring.journal()
        history.expect_cases_told(journal)
        return journal

    def init(self, folder: Path) -> tuple[Path, ...]:
        from mamoru.site import folders

        return folders.create(folder)

    def check(self) -> tuple[Mapping[str, str], ...]:
        from mamoru.site import checks

        return checks.run(_home())

    def serve(self, *, bind: str | None, tell: Callable[[str], None]) -> None:
        from mamoru.site import serving

        serving.serve(_home(), bind=bind, tell=tell)

    def worker(self) -> None:
        from mamoru.site import serving

        serving.work(_home())

    def demo(
        self, *, folder: Path | None, port: int, once: bool, tell: Callable[[str], None]
    ) -> Mapping[str, Any] | None:
        from mamoru.site import demo

        return demo.run(folder=folder, port=port, once=once, tell=tell)

    def restore(self) -> tuple[Mapping[str, Any], ...]:
        _wired()
        from mamoru.site import reports

        return reports.restore(by=OPERATOR, now=clock.now())

    def standing(self, keys: Mapping[str, str]) -> Mapping[str, Any]:
        _wired()
        from mamoru.site import reports

        return reports.standing(keys, by=OPERATOR, now=clock.now())

    def gate(self) -> Gate:
        _wired()
        from mamoru.site import gating

        return gating.Gate(OPERATOR)

    def cases(self, *, stage: str | None) -> tuple[Mapping[str, Any], ...]:
        _wired()
        from mamoru.site import reports

        return reports.cases(stage)

    def case(self, case_id: str) -> Mapping[str, Any]:
        _wired()
        from mamoru.site import reports

        return reports.case(case_id)

    def names(self, ids: Iterable[str]) -> Mapping[str, str]:
        _wired()
        from mamoru.console import access

        return access.names(frozenset(ids))

    def file_case(self, filing: bytes) -> Mapping[str, Any]:
        _wired()
        from mamoru.site import reports

        return reports.file_case(filing, by=OPERATOR, now=clock.now())

    def shapes(self, datamap: DataMap, home: Path) -> Iterator[tuple[Store, Shape]]:
        _django()
        from mamoru.site import wiring

        return wiring.shapes(datamap, home)

    def strays(self, datamap: DataMap, home: Path) -> tuple[Drift, ...]:
        _django()
        from mamoru.site import wiring

        return wiring.strays(datamap, home)

    def samples(
        self, datamap: DataMap, home: Path, limit: int
    ) -> Iterator[tuple[Store, Sample | MamoruError]]:
        _django()
        from mamoru.site import wiring

        return wiring.samples(datamap, home, limit)

    def publish(self, *, accept: bool) -> Mapping[str, Any]:
        _wired()
        from mamoru.site import publishing

        return publishing.publish(by=OPERATOR, accept=accept, now=clock.now())


def _home() -> Path:
    return Path(os.environ.get("MAMORU_HOME", ".")).resolve()


def _django() -> None:
    """Load Django on the folder of the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mamoru.site.settings")
    import django

    django.setup()


def _wired() -> None:
    """Bring the folder's database up to date and wire the rooms; NotStartable without a folder."""
    from mamoru.site import checks, serving

    checks.expect_folder(_home())
    serving.prepare()


def main(arguments: list[str] | None = None) -> int:
    """Run a command of the outer contract and return its exit code."""
    return run(arguments, Company())
