"""What a person was called before they changed it themselves (P3.14, P3.11)."""

from collections.abc import Iterable

from mamoru.cases.models import FormerNameRow
from mamoru.cases.store import asking
from mamoru.cases.store.sealing import key_of_case, master
from mamoru.kit.ids import CaseId, DemandId


def note_former_name(
    case_id: CaseId, demand_id: DemandId, name: str, *, whom: Iterable[str]
) -> None:
    """Keep a registered name before a demand changes it; what is kept already stays.

    `whom` are the person's record and keys, by any of which it is found again.
    """
    key = key_of_case(case_id)
    for digest in map(_digest, whom):
        sealed = key.seal(name.encode(), context=_where(demand_id, digest))
        FormerNameRow.objects.get_or_create(
            demand=demand_id,
            whom=digest,
            defaults={"case_id": case_id, "sealed_name": sealed},
        )


def former_name(whom: Iterable[str]) -> str:
    """Return the name before the first change that the person made; empty where there was none.

    Those of later changes are what the person wrote, and speak for nobody.
    """
    asked = tuple(map(_digest, whom))
    marks = ", ".join(["%s"] * len(asked))
    rest = f"WHERE whom IN ({marks}) ORDER BY id LIMIT 1"
    for row in asking.rows(FormerNameRow, rest, *asked) if asked else ():
        key = key_of_case(CaseId(row.case_id))
        where = _where(DemandId(row.demand), row.whom)
        return key.open(bytes(row.sealed_name), context=where).decode()
    return ""


def _digest(whom: str) -> str:
    return master().digest("former-name", whom)


def _where(demand_id: DemandId, digest: str) -> str:
    return f"{demand_id}/former-name/{digest}"
