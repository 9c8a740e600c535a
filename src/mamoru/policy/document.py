"""The privacy policy as data: `policy.yaml`, read, checked and frozen (P0.2).

The file is the authority. The published page, the gate's tables and the case rules follow from it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from pydantic import Field

from mamoru.kit.errors import MamoruError
from mamoru.policy import references
from mamoru.policy.events import read, read_text
from mamoru.policy.faults import validate
from mamoru.policy.parts import (
    Category,
    Clause,
    Company,
    ForeignCountry,
    Grant,
    JointUse,
    Measure,
    Name,
    OptOut,
    PageSection,
    Part,
    Purpose,
    Recipient,
    Requests,
    Service,
    Version,
)
from mamoru.policy.source import Source
from mamoru.policy.terms import Problem


class PolicyInvalid(MamoruError):
    """The policy file does not hold together. Every problem is in `.problems`; nothing was read."""

    code: ClassVar[str] = "policy-invalid"
    exit_code: ClassVar[int] = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems in the order of their lines."""
        self.problems: tuple[Problem, ...] = tuple(
            sorted(problems, key=lambda problem: (problem.line, problem.key, problem.message))
        )
        file = self.problems[0].file if self.problems else "policy.yaml"
        count = len(self.problems)
        super().__init__(f"`{file}` has {count} problem{'' if count == 1 else 's'}")


class Policy(Part):
    """A privacy policy: what is promised, to whom, and in which words."""

    version: Version = Field(description='the date of the version, e.g. "2026-04-01"')
    established_on: date | None = Field(default=None, description="when the first version began")
    published_on: date = Field(description="when this version is published")
    effective_from: date = Field(description="when this version begins to hold")
    company: Company = Field(description="who promises")
    clauses: tuple[Clause, ...] = Field(min_length=1, description="the published sentences")
    purposes: tuple[Purpose, ...] = Field(min_length=1, description="the purposes of use")
    categories: tuple[Category, ...] = Field(min_length=1, description="the kinds of data")
    recipients: tuple[Recipient, ...] = Field(min_length=1, description="who may see data")
    grants: tuple[Grant, ...] = Field(description="what is allowed; nothing else is")
    services: tuple[Service, ...] = Field(default=(), description="services with own terms")
    measures: tuple[Measure, ...] = Field(default=(), description="security measures")
    measures_on_request: Name | None = Field(
        default=None, description="the sentence offering details of measures on request"
    )
    countries: tuple[ForeignCountry, ...] | None = Field(
        default=None, description="foreign countries where data is handled; [] says there are none"
    )
    joint_use: JointUse | None = Field(
        default=None, description="joint use; null says there is none"
    )
    opt_out: OptOut | None = Field(default=None, description="opt-out; null says there is none")
    requests: Requests = Field(description="part 3, demands")
    page: tuple[PageSection, ...] = Field(min_length=1, description="the published page")

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form: the same for every layout of the same content."""
        return hashlib.sha256(canonical(self)).hexdigest()

    @property
    def codes(self) -> tuple[frozenset[str], frozenset[str]]:
        """The ids of the categories and of the purposes, which a data map may name."""
        return (
            frozenset(each.id for each in self.categories),
            frozenset(each.id for each in self.purposes),
        )

    def clause(self, id: str) -> Clause:  # noqa: A002 - the key in the file
        """Return a clause by its id; KeyError if there is none."""
        return _by_id(self.clauses, id)

    def purpose(self, id: str) -> Purpose:  # noqa: A002 - the key in the file
        """Return a purpose by its id; KeyError if there is none."""
        return _by_id(self.purposes, id)

    def category(self, id: str) -> Category:  # noqa: A002 - the key in the file
        """Return a category by its id; KeyError if there is none."""
        return _by_id(self.categories, id)

    def recipient(self, id: str) -> Recipient:  # noqa: A002 - the key in the file
        """Return a recipient by its id; KeyError if there is none."""
        return _by_id(self.recipients, id)


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


P = TypeVar("P", bound=_Identified)


def _by_id(parts: Iterable[P], wanted: str) -> P:
    for part in parts:
        if part.id == wanted:
            return part
    raise KeyError(wanted)


def canonical(policy: Policy) -> bytes:
    """Return the policy as canonical JSON: sorted keys, no blanks, UTF-8, nothing left out."""
    return json.dumps(
        policy.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def load(path: Path) -> Policy:
    """Read `policy.yaml`; PolicyInvalid, with every problem, if it does not hold together."""
    return _finish(read(path))


def parse(text: str, *, file: str = "policy.yaml") -> Policy:
    """Read the text of a `policy.yaml`; PolicyInvalid as `load`."""
    return _finish(read_text(text, file=file))


def build(values: Any, *, file: str = "policy.yaml") -> Policy:
    """Make a policy of plain values, as a program holds them; PolicyInvalid as `load`."""
    return _finish(Source(file=file, values=values))


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `policy.yaml`, for editors."""
    described = Policy.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mamoru policy.yaml",
        **{key: value for key, value in described.items() if key != "title"},
    }


def _finish(source: Source) -> Policy:
    if not isinstance(source.values, Mapping):
        if not source.problems:
            source.report((), "the file holds no keys", "start with `version:` at the left margin")
        raise PolicyInvalid(source.problems)
    policy = validate(source, Policy)
    references.check(source)
    if source.problems or policy is None:
        raise PolicyInvalid(source.problems)
    return policy
