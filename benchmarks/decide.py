"""One decision of the gate against a plain loop and the policy engines that are installed.

`python -m benchmarks.decide --json [--scale small|full]`: 40 purposes, 60 categories, 25
recipients, 1,800 grants, 2,000 people, 4,000 questions of which 70 % name a grant. All sides
answer the same questions in turn; an answer that differs from the plain loop's ends the run.
CPU of this process, a decision, median of the rounds. The peers are no dependencies: `cedarpy`,
`casbin` and `regopy` are measured where they can be imported, each in its best form (a parsed
policy set, a cache by key, a bundle).
"""

import argparse
import json
import random
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module, metadata
from importlib.util import find_spec
from typing import Any

from pyroaring import BitMap

from benchmarks import machine
from mamoru.gate.audience import People
from mamoru.gate.decide import decide
from mamoru.gate.table import Table
from mamoru.gate.terms import Standing

PURPOSES, CATEGORIES, RECIPIENTS, PEOPLE, QUESTIONS = 40, 60, 25, 2_000, 4_000
CATEGORIES_EACH, RECIPIENTS_EACH = 9, 5
ROUNDS = {"small": 3, "full": 9}
MANY = {"small": 100_000, "full": 1_000_000}
_SEED = 20261122
Question = tuple[str, str, str, int]
"""Purpose, category, recipient, person."""


@dataclass(frozen=True)
class Purpose:
    """A purpose of the made policy."""

    basis: str
    needs: str
    clause: str = "c"


@dataclass(frozen=True)
class Grant:
    """A grant of the made policy."""

    form: str = "clear"
    clause: str = "c"


@dataclass(frozen=True)
class Made:
    """A policy as large as a big company's."""

    purposes: Mapping[str, Purpose]
    grants: Mapping[tuple[str, str, str], Grant]
    by_name: frozenset[str] = frozenset()
    digest: str = field(default="0" * 64)


def made(draw: random.Random) -> Made:
    """Return the policy: basis half consent, a quarter stated, a quarter law."""
    bases = ("consent", "consent", "stated", "law")
    purposes = {
        f"PU{n:02}": Purpose(basis := bases[n % 4], "consent" if basis == "consent" else "none")
        for n in range(PURPOSES)
    }
    grants = {
        (purpose, f"c{category}", f"r{recipient}"): Grant()
        for purpose in purposes
        for category in draw.sample(range(CATEGORIES), CATEGORIES_EACH)
        for recipient in draw.sample(range(RECIPIENTS), RECIPIENTS_EACH)
    }
    # The same five recipients for all categories of a purpose.
    own = {p: draw.sample(range(RECIPIENTS), RECIPIENTS_EACH) for p in purposes}
    grants = {(p, c, f"r{r}"): Grant() for p, c, _ in list(grants) for r in own[p]}
    return Made(purposes=purposes, grants=grants)


def standings(draw: random.Random, policy: Made, count: int) -> Iterator[Standing]:
    """Yield people: 55 % consent to each purpose, 10 % of those refuse it, 1 % are suspended."""
    asked = [name for name, purpose in policy.purposes.items() if purpose.needs == "consent"]
    for _ in range(count):
        consented = [name for name in asked if draw.random() < 0.55]
        yield Standing(
            consents=frozenset((name, "*") for name in consented),
            refusals=frozenset(name for name in consented if draw.random() < 0.1),
            suspended=draw.random() < 0.01,
        )


def questions(draw: random.Random, policy: Made) -> list[Question]:
    """Return what is asked: 70 % name a grant, the rest anything."""
    granted = list(policy.grants)
    asked = []
    for _ in range(QUESTIONS):
        person = draw.randrange(PEOPLE)
        if draw.random() < 0.7:
            asked.append((*draw.choice(granted), person))
        else:
            names = (
                f"PU{draw.randrange(PURPOSES):02}",
                f"c{draw.randrange(CATEGORIES)}",
                f"r{draw.randrange(RECIPIENTS)}",
            )
            asked.append((*names, person))
    return asked


def main(arguments: list[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--scale", choices=list(ROUNDS), default="full")
    given = parser.parse_args(arguments)
    draw = random.Random(_SEED)
    policy = made(draw)
    people = list(standings(draw, policy, PEOPLE))
    asked = questions(draw, policy)
    sides = dict(_sides(policy, people, asked))
    right = sides["plain loop"]()
    for name, side in sides.items():
        if side() != right:
            raise SystemExit(f"{name} answers otherwise than the plain loop")
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS[given.scale]):
        for name, side in sides.items():
            side()  # what the side before has pushed out of the caches comes back
            times[name].append(machine.cpu(side) * 1e6 / len(asked))
    ours = statistics.median(times["table of doors"])
    document = {
        "name": "decide",
        "machine": machine.described(),
        "grants": len(policy.grants),
        "doors": len(Table(policy).doors),
        "people": len(people),
        "questions": len(asked),
        "let through": sum(right),
        "cpu_us a decision": {name: machine.spread(each) for name, each in times.items()},
        "times the table of doors": {
            name: statistics.median(each) / ours for name, each in times.items()
        },
        "not installed": [name for name in ("cedarpy", "casbin", "regopy") if not find_spec(name)],
        "many people at once": _many(draw, policy, MANY[given.scale], ROUNDS[given.scale]),
        "peak_memory_mb": machine.peak_memory_mb(),
    }
    json.dump(document, sys.stdout, ensure_ascii=False, indent=None if given.json else 2)
    print()


def _many(draw: random.Random, policy: Made, count: int, rounds: int) -> dict[str, Any]:
    """One question about each of many people: whole bitmaps, checked against one by one."""
    table = Table(policy)
    people = People(table)
    words = []
    for number, standing in enumerate(standings(draw, policy, count)):
        people.stand(number, standing)
        words.append(table.word(standing))
    asked = [each for each in policy.grants if policy.purposes[each[0]].needs == "consent"][:20]
    among = BitMap(range(count))
    seconds = []
    for _ in range(rounds):
        for purpose, category, recipient in asked:
            act = lambda p=purpose, c=category, r=recipient: people.allowed(p, c, r, among)  # noqa: E731
            seconds.append(machine.cpu(act))
    for purpose, category, recipient in asked[:2]:
        alone = [n for n, w in enumerate(words) if table.allows(purpose, category, recipient, w)]
        if list(people.allowed(purpose, category, recipient, among)) != alone:
            raise SystemExit("many at once and one by one differ")
    return {
        "people": count,
        "ms a question": machine.spread([1000 * each for each in seconds]),
        "million decisions a second": count / statistics.median(seconds) / 1e6,
    }


# --- the sides -------------------------------------------------------------------------------

Side = Callable[[], list[bool]]


def _sides(
    policy: Made, people: Sequence[Standing], asked: Sequence[Question]
) -> Iterator[tuple[str, Side]]:
    table = Table(policy)
    words = [table.word(each) for each in people]
    allows = table.allows
    yield "table of doors", lambda: [allows(p, c, r, words[n]) for p, c, r, n in asked]
    yield "plain loop", lambda: [_plain(policy, p, c, r, people[n]) for p, c, r, n in asked]
    yield (
        "decide with its reasons",
        lambda: [
            decide(policy, purpose=p, category=c, recipient=r, standing=people[n]).allowed
            for p, c, r, n in asked
        ],
    )
    for name, side in (("cedarpy", _cedar), ("casbin", _casbin), ("regopy", _rego)):
        if find_spec(name):
            yield f"{name} {metadata.version(name)}", side(policy, people, asked)


def _plain(policy: Made, purpose: str, category: str, recipient: str, person: Standing) -> bool:
    """Ask each sentence in turn over plain dictionaries and sets."""
    stated = policy.purposes.get(purpose)
    if stated is None or (purpose, category, recipient) not in policy.grants:
        return False
    if stated.basis != "law":
        if person.tombstone or person.suspended or purpose in person.refusals:
            return False
        if recipient in person.stopped or "*" in person.stopped:
            return False
    if "consent" in (stated.needs, stated.basis):
        return (purpose, recipient) in person.consents or (purpose, "*") in person.consents
    return True


def _facts(person: Standing, purpose: str, recipient: str) -> tuple[bool, bool]:
    """Return what a peer is told of a person: whether closed, whether there is a consent."""
    closed = person.suspended or person.tombstone or purpose in person.refusals
    given = {(purpose, recipient), (purpose, "*")} & person.consents
    return closed, bool(given)


def _cedar(policy: Made, people: Sequence[Standing], asked: Sequence[Question]) -> Side:
    cedar: Any = import_module("cedarpy")
    rules = []
    for name, purpose in policy.purposes.items():
        categories = sorted({c for p, c, _ in policy.grants if p == name})
        recipients = sorted({r for p, _, r in policy.grants if p == name})
        conditions = [
            f"{_listed('Category', categories)}.contains(resource)",
            f"{_listed('Recipient', recipients)}.contains(principal)",
        ]
        if purpose.basis != "law":
            conditions.append("!context.closed")
        if purpose.needs == "consent":
            conditions.append("context.consented")
        rules.append(
            f'permit(principal, action == Action::"{name}", resource)'
            f" when {{ {' && '.join(conditions)} }};"
        )
    known = cedar.PolicySet.from_str("\n".join(rules))
    nothing = cedar.Entities.from_json_str("[]")

    def side() -> list[bool]:
        wanted = []
        for p, c, r, n in asked:
            closed, consented = _facts(people[n], p, r)
            wanted.append(
                {
                    "principal": {"type": "Recipient", "id": r},
                    "action": {"type": "Action", "id": p},
                    "resource": {"type": "Category", "id": c},
                    "context": {"closed": closed, "consented": consented},
                }
            )
        return [each.allowed for each in cedar.is_authorized_batch(wanted, known, nothing)]

    return side


def _listed(kind: str, names: Sequence[str]) -> str:
    return "[" + ", ".join(f'{kind}::"{name}"' for name in names) + "]"


_MODEL = """
[request_definition]
r = purpose, category, recipient, closed, consented
[policy_definition]
p = purpose, category, recipient, basis, needs
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.purpose == p.purpose && r.category == p.category && r.recipient == p.recipient && \
(p.basis == "law" || r.closed == "no") && (p.needs == "none" || r.consented == "yes")
"""


def _casbin(policy: Made, people: Sequence[Standing], asked: Sequence[Question]) -> Side:
    casbin: Any = import_module("casbin")
    model = casbin.FastModel([0, 1, 2])
    model.load_model_from_text(_MODEL)
    enforcer = casbin.FastEnforcer(model, cache_key_order=[0, 1, 2])
    enforcer.enable_auto_save(auto_save=False)
    enforcer.add_policies(
        [[p, c, r, policy.purposes[p].basis, policy.purposes[p].needs] for p, c, r in policy.grants]
    )

    def side() -> list[bool]:
        answers = []
        for p, c, r, n in asked:
            closed, consented = _facts(people[n], p, r)
            answers.append(
                enforcer.enforce(p, c, r, "yes" if closed else "no", "yes" if consented else "no")
            )
        return answers

    return side


_REGO = """package gate
import rego.v1
default allow := false
granted if data.grants[input.purpose][input.category][input.recipient]
open if data.basis[input.purpose] == "law"
open if not input.closed
consented if data.needs[input.purpose] == "none"
consented if input.consented
allow if { granted; open; consented }
"""


def _rego(policy: Made, people: Sequence[Standing], asked: Sequence[Question]) -> Side:
    rego: Any = import_module("regopy")
    grants: dict[str, dict[str, dict[str, bool]]] = {}
    for p, c, r in policy.grants:
        grants.setdefault(p, {}).setdefault(c, {})[r] = True
    engine = rego.Interpreter()
    engine.add_module("gate", _REGO)
    engine.add_data(
        {
            "grants": grants,
            "basis": {name: each.basis for name, each in policy.purposes.items()},
            "needs": {name: each.needs for name, each in policy.purposes.items()},
        }
    )
    bundle = engine.build("x = data.gate.allow", [])

    def side() -> list[bool]:
        answers = []
        for p, c, r, n in asked:
            closed, consented = _facts(people[n], p, r)
            engine.set_input(
                {
                    "purpose": p,
                    "category": c,
                    "recipient": r,
                    "closed": closed,
                    "consented": consented,
                }
            )
            output = engine.query_bundle(bundle)  # what it binds lives no longer than it does
            answers.append(bool(output.binding("x").value))
        return answers

    return side


if __name__ == "__main__":
    main()
