"""What `mamoru gate` is handed: decisions with their sentences, and the walls of the stores."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from mamoru.cases import store
from mamoru.consents import store as standings
from mamoru.datamap.terms import Match, normal
from mamoru.gate.decide import decide
from mamoru.gate.terms import Standing
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import StaffId
from mamoru.ledger import append
from mamoru.policy import compile as compiling
from mamoru.site import walls, wiring


class DoorUnknown(MamoruError):
    """The store has no such door, or the map no such column. The message says what there is."""

    code, exit_code = "door-unknown", 2


class Gate:
    """The gate of one company's folder, for whoever runs commands on this host."""

    def __init__(self, by: StaffId) -> None:
        """Act as somebody."""
        self._by = by

    def decide(
        self, *, purpose: str, recipient: str, category: str, column: str, keys: Mapping[str, str]
    ) -> Mapping[str, Any]:
        """Return the verdict with its sentence, for a category or the category of a column."""
        policy, datamap = wiring.policy(), wiring.datamap()
        compiled = compiling.compile_policy(policy)
        if column:
            category = self._category(column)
        standing = Standing()
        if keys:
            known = {each.kind: each.match for each in datamap.keys}
            for kind in keys:
                if kind not in known:
                    raise DoorUnknown(f"`{kind}` is no kind of key; known: {', '.join(known)}")
            ring = {kind: (normal(known[kind], key),) for kind, key in keys.items()}
            shareable = [kind for kind, match in known.items() if match is not Match.EXACT]
            who = standings.person(wiring.master(), ring, shareable=shareable)
            now = clock.now()
            with store.atomic():
                append.entry(
                    "standing.opened",
                    subject="standing",
                    by=self._by,
                    at=now,
                    body={"keys": len(ring)},
                )
            standing = walls.standing(who, now=now)
        verdict = decide(
            compiled, purpose=purpose, category=category, recipient=recipient, standing=standing
        )
        clause = compiled.clauses.get(verdict.clause)
        return {
            "purpose": purpose,
            "recipient": recipient,
            "category": category,
            **asdict(verdict),
            "sentence": clause.ja if clause is not None else "",
            "promises": list(clause.promises) if clause is not None else [],
        }

    def plan(
        self, *, only: str | None, logins: Mapping[str, tuple[str, str]]
    ) -> Iterator[Mapping[str, Any]]:
        """Yield for each store with doors the statements of an installation."""
        for found in self._walled(only):
            made = walls.logins(found, logins)
            yield {
                "store": found.store.name,
                "wall": found.wall.digest,
                "statements": [asdict(each) for each in (*walls.plan(found), *made)],
            }

    def install(
        self,
        *,
        only: str | None,
        logins: Mapping[str, tuple[str, str]],
        tell: Callable[[int], None],
    ) -> Iterator[Mapping[str, Any]]:
        """Build the wall of each store with doors; yield what was done."""
        for found in self._walled(only):
            statements = walls.logins(found, logins)  # a door that is not there is told before
            built = walls.install(found, by=self._by, now=clock.now(), tell=tell)
            found.hand.make_logins(statements)
            yield {
                "store": found.store.name,
                "wall": found.wall.digest,
                "doors": [
                    {
                        "role": each.name,
                        "purpose": each.door.purpose,
                        "recipient": each.door.recipient,
                        "tables": [view.table for view in each.views],
                    }
                    for each in found.wall.openings
                ],
                "keys": built.people,
                "statements": built.statements,
                "logins": list(logins),
            }

    def verify(
        self, *, only: str | None, tell: Callable[[int], None]
    ) -> Iterator[Mapping[str, Any]]:
        """Look at the wall of each store with doors; yield what is not as the policy says."""
        for found in self._walled(only):
            problems = walls.verify(found, by=self._by, now=clock.now(), tell=tell)
            yield {"store": found.store.name, "wall": found.wall.digest, "problems": list(problems)}

    def remove(self, *, only: str | None) -> Iterator[Mapping[str, Any]]:
        """Take the wall of each store with doors away."""
        for found in self._walled(only):
            doors = walls.remove(found, by=self._by, now=clock.now())
            yield {"store": found.store.name, "doors": doors}

    def _walled(self, only: str | None) -> tuple[walls.Walled, ...]:
        found = walls.of_this_company(only=only)
        if not found:
            raise walls.NoWall("no store of the data map has `gate: true`")
        return found

    def _category(self, column: str) -> str:
        store, _, rest = column.partition(".")
        table, _, name = rest.partition(".")
        try:
            return wiring.datamap().table(store, table).column(name).category
        except KeyError:
            raise DoorUnknown(f"the data map has no column `{column}`") from None
