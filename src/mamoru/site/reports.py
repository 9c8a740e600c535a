"""Cases as documents without personal data, for commands."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from mamoru.cases import actions, execute, store
from mamoru.cases.store import effects
from mamoru.cases.terms import Channel, Effect, Filing, Stage
from mamoru.consents import store as standings
from mamoru.datamap.terms import Match, normal
from mamoru.kit import ids
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import CaseId, DemandId, StaffId
from mamoru.ledger import append


class FilingInvalid(MamoruError):
    """The JSON filing does not fit. The message names each field."""

    code, exit_code = "filing-invalid", 2


class KeyUnknown(MamoruError):
    """The data map has no such kind of key. The message names those it has."""

    code, exit_code = "key-unknown", 2


_FILING = TypeAdapter(Filing)


def cases(stage: str | None) -> tuple[Mapping[str, Any], ...]:
    """Return the queue."""
    stages = (Stage(stage),) if stage else ()
    return tuple(
        {
            "id": line.id,
            "stage": line.stage,
            "role": line.role,
            "kinds": list(line.kinds),
            "received_at": line.received_at.isoformat(),
            "due_on": line.due_on.isoformat(),
            "work": line.work,
            "work_note": line.work_note,
        }
        for line in store.case_lines(stages=stages)
    )


def case(case_id: str) -> Mapping[str, Any]:
    """Return one case with decisions, receipts and trail."""
    found = store.case(ids.parse_case_id(case_id) or CaseId(case_id))
    return {
        "id": found.id,
        "stage": found.stage,
        "due_on": found.due_on.isoformat(),
        "work": found.work,
        "work_note": found.work_note,
        "demands": [
            {
                "id": each.id,
                "kind": each.demand.kind,
                "outcome": each.decision.outcome if each.decision else None,
                "grounds": list(each.decision.grounds) if each.decision else [],
                "approved": each.decided,
                "receipts": [
                    {
                        "place": f"{done.store}/{done.table}",
                        "rows": done.rows,
                        "digest": done.digest,
                        "at": done.at.isoformat(),
                    }
                    for done in store.receipts(each.id)
                ],
                "effects": [_effect(effect) for effect in effects.effects(each.id)],
            }
            for each in found.demands
        ],
        "trail": [
            {**asdict(entry), "at": entry.at.isoformat(), "facts": dict(entry.facts)}
            for entry in actions.trail(found.id)
        ],
    }


def _effect(effect: Effect) -> Mapping[str, Any]:
    """Return what was proven in one table: counts, laws, the level reached, days."""
    return {
        "place": effect.ref,
        "wave": effect.wave,
        "erased": effect.erased,
        "written": effect.written,
        "held": effect.held,
        "referred": effect.referred,
        "withheld": effect.withheld,
        "holds": list(effect.holds),
        "release_on": effect.release_on.isoformat() if effect.release_on else None,
        "level": effect.level or None,
        "backups_until": effect.backups_until.isoformat() if effect.backups_until else None,
        "at": effect.at.isoformat(),
    }


def file_case(filing: bytes, *, by: StaffId, now: datetime) -> Mapping[str, Any]:
    """File a case from JSON; its channel is always the desk's."""
    try:
        json.loads(filing)
    except json.JSONDecodeError as problem:
        raise FilingInvalid(
            f"line {problem.lineno}, column {problem.colno}: no JSON: {problem.msg.lower()}"
        ) from None
    except UnicodeDecodeError:
        raise FilingInvalid("the filing is not readable as UTF-8") from None
    try:
        taken = _FILING.validate_json(filing)
    except ValidationError as problem:
        gaps = "; ".join(
            f"`{'.'.join(map(str, each['loc']))}`: {each['type']}" for each in problem.errors()
        )
        raise FilingInvalid(gaps) from None
    unknown = _unknown(json.loads(filing), _FILING.dump_python(taken, mode="json"))
    if unknown:
        raise FilingInvalid("; ".join(f"`{key}`: unknown key" for key in unknown))
    if taken.member_ref is not None:
        raise FilingInvalid("`member_ref`: only a member's login gives it")
    if taken.channel is not Channel.POST:
        raise FilingInvalid("`channel`: a filing by command is keyed in from paper: use `post`")
    return asdict(actions.file_case(taken, by=by, now=now))


def _unknown(given: Any, read: Any, where: str = "") -> list[str]:
    """Return the keys of a document that its reading does not have: pydantic passes them over."""
    if isinstance(given, dict) and isinstance(read, dict):
        wrong = [f"{where}{key}" for key in given if key not in read]
        return wrong + [
            each for key in read for each in _unknown(given.get(key), read[key], f"{where}{key}.")
        ]
    if isinstance(given, list) and isinstance(read, list):
        return [
            each
            for nth, (a, b) in enumerate(zip(given, read, strict=False))
            for each in _unknown(a, b, f"{where}{nth}.")
        ]
    return []


def restore(*, by: StaffId, now: datetime) -> tuple[Mapping[str, Any], ...]:
    """Do again in the stores what is in force, and return what was done."""
    return tuple(asdict(each) for each in execute.replay(by=by, now=now))


def standing(keys: Mapping[str, str], *, by: StaffId, now: datetime) -> Mapping[str, Any]:
    """Return the records of a person, the look in the ledger first; KeyUnknown for a wrong kind."""
    datamap = execute.hands().datamap
    known = {each.kind: each.match for each in datamap.keys}
    for kind in keys:
        if kind not in known:
            raise KeyUnknown(f"`{kind}` is no kind of key; known: {', '.join(known)}")
    ring = {kind: (normal(known[kind], key),) for kind, key in keys.items()}
    shareable = [kind for kind, match in known.items() if match is not Match.EXACT]
    who = standings.person(store.master(), ring, shareable=shareable)
    with store.atomic():
        append.entry("standing.opened", subject="standing", by=by, at=now, body={"keys": len(ring)})
    records = standings.records_of(who)
    laws = {
        (place.name, table.name, hold.code): hold.law.ja
        for place in datamap.stores
        for table in place.tables
        for hold in table.holds
    }
    return {
        "records": [
            {
                "kind": str(each.kind),
                "purpose": each.purpose,
                "recipient": each.recipient,
                "since": each.since.isoformat(),
                "until": each.until.isoformat() if each.until else None,
                "reference": each.reference,
            }
            for each in records
        ],
        "holds": [
            {
                "place": effect.ref,
                "rows": effect.held,
                "law": "、".join(
                    laws.get((effect.store, effect.table, code), code) for code in effect.holds
                ),
                "release_on": effect.release_on.isoformat() if effect.release_on else None,
                "reference": each.reference,
            }
            for each in records
            for effect in effects.effects(DemandId(each.reference))
            if effect.held
        ],
    }
