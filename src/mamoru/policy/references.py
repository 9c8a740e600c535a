"""Whether what a policy names exists: clauses, promises, purposes, recipients, closed lists.

Checked on the plain values, not on the model, so that a wrong type in one place does not hide a
dangling name in another.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from mamoru.policy import promises
from mamoru.policy.parts import ANSWERING, DEMAND_KINDS, GROUNDS, REQUEST_PAPER
from mamoru.policy.source import KeyPath, Source, entries, nearest
from mamoru.policy.terms import Form, RecipientKind

_CLAUSE_KEYS = frozenset(
    {
        "clause", "target", "before_after", "withdrawal", "documents", "foreign_information",
        "purposes_clause", "assisted", "system", "items", "users", "responsible", "matters",
        "measures_on_request",
    }
)  # fmt: skip


def check(source: Source) -> None:
    """Report in `source` every name that leads nowhere, and what contradicts itself."""
    known = {
        name: _ids(source, name)
        for name in ("clauses", "purposes", "categories", "recipients", "services", "page")
    }
    _ids(source, "countries", key="code")
    _check_words(source, known["clauses"])
    _check_purposes(source, known["purposes"])
    _check_recipients(source)
    _check_grants(source, known)
    _check_closed_lists(source)
    _check_page(source, known["clauses"])
    _check_twice(source)
    _check_dates(source)


def _ids(source: Source, name: str, key: str = "id") -> set[str]:
    seen: set[str] = set()
    for path, item in entries(source.values, name):
        label = item.get(key)
        if not isinstance(label, str):
            continue
        if label in seen:
            source.report((*path, key), f"`{label}` stands twice", "give each its own id")
        seen.add(label)
    return seen


def _walk(top: Any, at: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Yield every value with its place, in the order of the file."""
    left: list[tuple[KeyPath, Any]] = [(at, top)]
    while left:
        path, value = left.pop()
        yield path, value
        if isinstance(value, str):
            continue
        if isinstance(value, Mapping):
            left.extend(reversed([((*path, key), child) for key, child in value.items()]))
        elif isinstance(value, list):
            left.extend(reversed([((*path, number), child) for number, child in enumerate(value)]))


def _expect(source: Source, path: KeyPath, word: Any, known: set[str], what: str) -> None:
    if isinstance(word, str) and word not in known:
        hint = nearest(word, known) or f"add it under `{what}` or name another"
        source.report(path, f"`{word}` is not among the {what}", hint)


def _names_a_clause(path: KeyPath) -> bool:
    if path[0] == "page":
        return "paragraphs" in path or "bullets" in path or "notes" in path or "closing" in path
    if path[0] in {"clauses", "company"}:
        return False
    joint = path[0] == "joint_use" and path[-1] == "purpose"
    country = path[0] == "countries" and path[-1] == "measures"
    return joint or country or path[-1] in _CLAUSE_KEYS


def _check_words(source: Source, clauses: set[str]) -> None:
    known = set(promises.PROMISES)
    for path, word in _walk(source.values):
        if not isinstance(word, str) or not path:
            continue
        if _names_a_clause(path):
            _expect(source, path, word, clauses, "clauses")
        if len(path) > 1 and path[-2] == "promises":
            _expect(source, path, word, known, "promises")


def _check_purposes(source: Source, purposes: set[str]) -> None:
    for path, item in entries(source.values, "purposes"):
        head, dot, _ = str(item.get("id")).partition(".")
        if dot:
            _expect(source, (*path, "id"), head, purposes, "purposes")


def _check_recipients(source: Source) -> None:
    kinds = [item.get("kind") for _, item in entries(source.values, "recipients")]
    if kinds and kinds.count("internal") != 1:
        source.report(
            ("recipients",), "exactly one recipient is internal", "keep one with `kind: internal`"
        )
    for path, item in entries(source.values, "recipients"):
        kind = item.get("kind")
        outside = [known.value for known in RecipientKind if known is not RecipientKind.INTERNAL]
        if kind in outside and not item.get("basis"):
            source.report(
                path, "a recipient outside the company needs a basis", "add `basis: consent`, …"
            )
        if kind == RecipientKind.ENTRUSTEE and not item.get("contract"):
            source.report(path, "an entrustee needs its contract", "add `contract: number`")


def _check_grants(source: Source, known: Mapping[str, set[str]]) -> None:
    seen: dict[tuple[str, str, str], int] = {}
    for path, item in entries(source.values, "grants"):
        purpose = item.get("purpose")
        _expect(source, (*path, "purpose"), purpose, known["purposes"], "purposes")
        categories = _words(item.get("categories"))
        recipients = _words(item.get("recipients", ["internal"]))
        for at, word in categories:
            _expect(source, (*path, "categories", at), word, known["categories"], "categories")
        for at, word in recipients:
            _expect(source, (*path, "recipients", at), word, known["recipients"], "recipients")
        form, minimum = item.get("form"), item.get("minimum")
        if (form == Form.AGGREGATE) != (minimum is not None):
            source.report(
                (*path, "form"),
                "`aggregate` and `minimum` go together",
                "write both `form: aggregate` and `minimum: 10`, or neither",
            )
        for at, category in categories:
            if category == REQUEST_PAPER:
                source.report(
                    (*path, "categories", at),
                    f"`{REQUEST_PAPER}` cannot be granted: it is opened for {ANSWERING} only (P3.25)",
                    "remove it; the compiler adds that one grant",
                )
            for _, recipient in recipients:
                triple = (str(purpose), category, recipient)
                line = source.line((*path, "categories", at))
                if triple in seen:
                    source.report(
                        (*path, "categories", at),
                        f"`{category}` to `{recipient}` for {purpose} is granted twice "
                        f"(first on line {seen[triple]})",
                        "keep one of the two",
                    )
                seen.setdefault(triple, line)


def _words(value: Any) -> list[tuple[int, str]]:
    if not isinstance(value, list):
        return []
    return [(at, word) for at, word in enumerate(value) if isinstance(word, str)]


def _check_closed_lists(source: Source) -> None:
    requests = source.values.get("requests")
    if not isinstance(requests, Mapping):
        return
    for name, key, closed in (("kinds", "kind", DEMAND_KINDS), ("grounds", "ground", GROUNDS)):
        seen: set[str] = set()
        for (_, at), item in entries(requests, name):
            path: KeyPath = ("requests", name, at, key)
            word = item.get(key)
            _expect(source, path, word, set(closed), f"{len(closed)} {name}")
            if isinstance(word, str) and word in seen:
                source.report(path, f"`{word}` stands twice", "keep one of the two")
            seen.add(str(word))
            for position, kind in _words(item.get("kinds")):
                where: KeyPath = ("requests", name, at, "kinds", position)
                _expect(source, where, kind, set(DEMAND_KINDS), "9 kinds")
    _check_purpose_lists(source, requests)
    fee = requests.get("fee")
    if isinstance(fee, Mapping):
        for position, kind in _words(fee.get("kinds")):
            where = ("requests", "fee", "kinds", position)
            _expect(source, where, kind, set(DEMAND_KINDS), "9 kinds")


def _check_purpose_lists(source: Source, requests: Mapping[str, Any]) -> None:
    purposes = {str(item.get("id")) for _, item in entries(source.values, "purposes")}
    for position, purpose in _words(requests.get("purposes")):
        _expect(source, ("requests", "purposes", position), purpose, purposes, "purposes")
    for path, service in entries(source.values, "services"):
        for position, purpose in _words(service.get("purposes")):
            _expect(source, (*path, "purposes", position), purpose, purposes, "purposes")


def _check_page(source: Source, clauses: set[str]) -> None:
    """INVARIANT: every clause is shown exactly once; a sentence nobody reads promises nothing."""
    shown: dict[str, int] = {}
    for path, word in _walk(source.values.get("page"), ("page",)):
        if isinstance(word, str) and _names_a_clause(path):
            if word in shown:
                source.report(
                    path, f"`{word}` is shown twice (first on line {shown[word]})", "show it once"
                )
            shown.setdefault(word, source.line(path))
    for path, item in entries(source.values, "clauses"):
        label = item.get("id")
        if isinstance(label, str) and label in clauses and label not in shown and shown:
            source.report(
                path, f"`{label}` is not shown on the page", "name it under `page` or remove it"
            )


def _check_twice(source: Source) -> None:
    """A word stands once in its list; the page and the grants are looked at by themselves."""
    for path, value in _walk(source.values):
        if not path or path[0] in {"page", "grants"} or not isinstance(value, list):
            continue
        seen: set[str] = set()
        for at, word in _words(value):
            if word in seen:
                source.report((*path, at), f"`{word}` stands twice", "keep one of the two")
            seen.add(word)


def _check_dates(source: Source) -> None:
    published = _date(source.values.get("published_on"))
    effective = _date(source.values.get("effective_from"))
    if published and effective and effective < published:
        source.report(
            ("effective_from",),
            "a version cannot hold before it is published",
            "move `effective_from` to `published_on` or later",
        )


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
