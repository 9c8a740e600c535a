"""A company whose own database is on PostgreSQL, with cases that wait for a worker.

`python -m tests.site.company_of_many FOLDER ADDRESS COUNT` makes it and prints the cases;
`… FOLDER state` prints how they stand and what the ledger holds twice.
"""

import json
import os
import sys
from collections import Counter
from datetime import date
from pathlib import Path

_ERASED = 2


def make(home: Path, address: str, count: int) -> list[str]:
    """Make the company and approve `count` cases of everything, the third one an erasure."""
    from mamoru.site import folders

    folders.create(home)
    settings = home / "mamoru.toml"
    settings.write_text(settings.read_text("utf-8").replace("sqlite:///mamoru.sqlite3", address))
    from mamoru.site import serving
    from mamoru.site.sample import cast, generate

    generate.create(home, seed=20_220_401, today=date(2026, 11, 20))
    serving.prepare()
    from mamoru.cases.terms import DemandKind
    from tests.cases import acts

    made = []
    for at in range(count):
        someone = (cast.HANAKO, cast.SAKIKO)[at % 2]
        kinds = (DemandKind.ERASURE,) if at == _ERASED else acts.EVERYTHING
        case_id = acts.verified(cast.MEGUMI if at == _ERASED else someone, *kinds)
        acts.decide(case_id)
        acts.approve(case_id)
        made.append(case_id)
    return [str(each) for each in made]


def state() -> dict[str, object]:
    """Return each case's work, which workers live, and entries of the machine that stand twice."""
    from mamoru.site import serving

    serving.prepare()
    from mamoru.cases import store
    from mamoru.ledger import append
    from mamoru.site import workers

    lines = store.case_lines()
    told = Counter(
        (
            each.kind,
            str(each.body.get("demand")),
            str(each.body.get("place") or each.body.get("store")),
            str(line.id),
        )
        for line in lines
        for each in append.entries(line.id)
        if each.by == "system" and each.kind != "case.execution.began"
    )
    return {
        "work": {str(line.id): str(store.case(line.id).work) for line in lines},
        "begun": sum(kind == "case.place.read" for kind, *_ in told),
        "twice": [list(key) for key, count in told.items() if count > 1],
        "workers": sorted(workers.living()),
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    os.environ["MAMORU_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "mamoru.site.settings"
    if sys.argv[2] == "state":
        print(json.dumps(state()))
    else:
        print(json.dumps(make(folder, sys.argv[2], int(sys.argv[3]))))
