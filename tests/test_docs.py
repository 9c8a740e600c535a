"""The documents say what the source says: errors, settings, addresses, journeys, decisions, links."""

import ast
import re
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from mamoru.site import config
from tests import walk

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "mamoru"
DOCS = ROOT / "docs"
PAGES = sorted(
    [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "changelog.d").glob("*.md")],
)


def _rows(name: str) -> Iterator[list[str]]:
    """Yield the cells of every table line of a page whose first cell is code."""
    for line in (DOCS / name).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| `"):
            yield cells


# --- errors --------------------------------------------------------------------------------


def _errors() -> Mapping[str, tuple[int, bool]]:
    """Return code -> (exit code, retry) of every error class, with what it inherits."""
    classes: dict[str, tuple[list[str], dict[str, Any]]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                bases = [str(getattr(base, "id", getattr(base, "attr", ""))) for base in node.bases]
                classes[node.name] = (bases, dict(_class_values(node)))
    found = {}
    for name in classes:
        values = _inherited(name, classes)
        if values is not None:
            found[values["code"]] = (values["exit_code"], values["retry"])
    return found


def _class_values(node: ast.ClassDef) -> Iterator[tuple[str, Any]]:
    pairs: list[tuple[ast.expr, ast.expr]]
    for line in node.body:
        if isinstance(line, ast.AnnAssign) and line.value is not None:
            pairs = [(line.target, line.value)]
        elif isinstance(line, ast.Assign) and isinstance(line.value, ast.Tuple):
            target = line.targets[0]
            names = target.elts if isinstance(target, ast.Tuple) else []
            pairs = list(zip(names, line.value.elts, strict=False))
        elif isinstance(line, ast.Assign):
            pairs = [(line.targets[0], line.value)]
        else:
            continue
        for target, value in pairs:
            if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
                yield target.id, value.value


def _inherited(
    name: str,
    classes: Mapping[str, tuple[list[str], dict[str, Any]]],
    below: frozenset[str] = frozenset(),
) -> dict[str, Any] | None:
    """Return a class's values over those of its bases; None if it is no error of ours.

    Classes of two modules may share a name, so a name that was met below ends the search.
    """
    if name == "MamoruError":
        return classes[name][1]
    bases, values = classes.get(name, ([], {}))
    for base in bases:
        above = None if base in below else _inherited(base, classes, below | {name})
        if above is not None:
            return {**above, **values}
    return None


def test_every_error_is_explained_and_no_other() -> None:
    explained = {
        cells[0].strip("`"): (int(cells[1]), cells[2] == "yes") for cells in _rows("errors.md")
    }

    assert explained == _errors()


def test_every_error_has_a_meaning_and_a_remedy() -> None:
    assert [cells[0] for cells in _rows("errors.md") if len(cells) != 5 or not all(cells)] == []


def test_no_two_errors_share_a_line() -> None:
    codes = [cells[0] for cells in _rows("errors.md")]

    assert len(codes) == len(set(codes))


# --- settings ------------------------------------------------------------------------------


def _settings(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield (key, default, allowed) of every setting."""
    for name, field in model.model_fields.items():
        if isinstance(field.default, BaseModel):
            yield from _settings(type(field.default), f"{prefix}{name}.")
            continue
        bounds = {type(each).__name__: each for each in field.metadata}
        low = getattr(bounds.get("Ge"), "ge", None)
        high = getattr(bounds.get("Le"), "le", None)
        allowed = f"{low} to {high}" if high is not None else f"from {low}"
        shown = "" if field.default == "" else f"`{field.default}`"
        yield f"{prefix}{name}", shown, allowed if low is not None else ""


def test_every_setting_is_explained_with_its_default_and_bounds() -> None:
    written = {cells[0].strip("`"): cells for cells in _rows("settings.md")}
    expected = {key: (default, allowed) for key, default, allowed in _settings(config.Settings)}

    assert set(expected) == set(written) - {"MAMORU_HOME"}
    for key, (default, allowed) in expected.items():
        assert written[key][1] == default
        assert not allowed or written[key][2] == allowed


def test_the_guide_names_every_limit_of_tries_as_the_product_has_it() -> None:
    from mamoru.cases.actions import codes, filing
    from mamoru.cases.rules import mailing, posting
    from mamoru.site import accounts

    limits, told = config.Limits(), {}
    for name, limit, *_ in _rows("guides/when-tries-run-out.md"):
        told[name.strip("`")] = limit.replace(",", "")
    expected = {
        "sign-in": f"`limits.sign_in_tries` ({limits.sign_in_tries})",
        "sign-in-anywhere": f"{accounts._NETWORKS} times as many "
        f"({limits.sign_in_tries * accounts._NETWORKS})",
        "sign-in-flood": "30 sign-ins within a minute",
        "status-code": f"`limits.code_attempts` ({limits.code_attempts})",
        "status-code-anywhere": f"{filing._CODES_AN_HOUR} wrong codes",
        "status-look": f"`limits.status_looks_per_hour` ({limits.status_looks_per_hour})",
        "form": f"`limits.filings_per_hour` ({limits.filings_per_hour})",
        "posted-code": f"{posting.TRIES} wrong tries",
        "mailed-code": f"{mailing.TRIES} wrong tries of one code by mail or {mailing.MINUTES} min",
        "mailed-code-asked": f"{mailing.ASKS_AN_HOUR} asks for one case and "
        f"{mailing.ASKS_AN_HOUR} mails",
        "code-entered": f"{codes.ENTRIES_AN_HOUR} entries",
    }

    assert set(told) == set(expected)
    for name, limit in expected.items():
        assert told[name].startswith(limit), name


# --- addresses -----------------------------------------------------------------------------


def _routes() -> Iterator[tuple[str, str]]:
    """Yield (address, module of its view) of every route of the product."""
    from django.urls import URLPattern, URLResolver, get_resolver

    def below(at: str, patterns: Any) -> Iterator[tuple[str, str]]:
        for each in patterns:
            here = at + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from below(here, each.url_patterns)
            elif isinstance(each, URLPattern):
                yield re.sub(r"<\w+:", "<", here), str(each.callback.__module__)

    yield from below("/", get_resolver().url_patterns)


def test_every_address_is_explained_and_every_explained_address_exists() -> None:
    explained = {cells[0].strip("`") for cells in _rows("addresses.md")}
    routes = dict(_routes())
    ours = {address for address, module in routes.items() if module.startswith("mamoru.")}

    assert sorted(ours - explained) == []
    assert sorted(explained - set(routes)) == []


# --- journeys ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", walk.names())
def test_every_step_of_a_journey_is_a_function_of_ours(name: str) -> None:
    journey = walk.load(name)

    places = [Path(step.resolve().__code__.co_filename) for step in journey.steps]

    assert all(place.is_relative_to(SOURCE) for place in places)
    assert all(step.does for step in journey.steps)


def _journey(*calls: str) -> walk.Journey:
    return walk.Journey(
        name="tried",
        story="",
        promises=(),
        steps=tuple(walk.Step(call=call, does="") for call in calls),
    )


def test_the_walker_allows_other_calls_between_two_steps() -> None:
    walk.expect_order(_journey("a", "b"), ["b", "a", "c", "a", "b"])


@pytest.mark.parametrize("seen", [[], ["a"], ["b", "a"], ["b"]])
def test_the_walker_misses_a_step_that_was_not_taken_in_its_order(seen: list[str]) -> None:
    with pytest.raises(walk.StepMissing, match="step"):
        walk.expect_order(_journey("a", "b"), seen)


def test_the_walker_follows_calls_into_every_thread_and_leaves_the_functions_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from mamoru.kit import ids, text

    steps = ("mamoru.kit.text:fold", "mamoru.kit.ids:case_id", "mamoru.kit.ids:check_digit")
    monkeypatch.setattr(walk, "load", lambda _: _journey(*steps))

    before = text.fold.__code__

    with walk.Walk("tried") as walked:
        text.fold("１")
        thread = threading.Thread(target=ids.case_id, args=(2026, 1))
        thread.start()
        thread.join()

    assert tuple(walked.seen) == steps
    assert text.fold.__code__ == before
    assert text.fold("１") == "1"


def test_the_walker_sees_methods_and_what_stands_behind_a_decorator() -> None:
    method = walk.Step(call="mamoru.kit.seal:MasterKey.derive", does="")
    decorated = walk.Step(call="mamoru.cases.store:atomic", does="")

    assert method.resolve().__qualname__ == "MasterKey.derive"
    assert decorated.resolve().__qualname__ == "atomic"


def test_a_journey_with_a_renamed_step_does_not_begin() -> None:
    with pytest.raises(AttributeError):
        walk.Step(call="mamoru.kit.text:folded", does="").resolve()


# --- decisions, links, counterparts --------------------------------------------------------

_PARTS = ("## Context", "## Decision", "## Consequences", "## Rejected")
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]

    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_status_date_and_all_its_parts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert re.search(
        r"^Status: (accepted|superseded by \d+) · \d{4}-\d{2}-\d{2}$", text, re.MULTILINE
    )
    assert [part for part in _PARTS if f"\n{part}\n" not in text] == []


def test_every_decision_that_the_source_cites_exists() -> None:
    cited = {
        int(number)
        for path in SOURCE.rglob("*.py")
        for number in re.findall(r"# decision (\d+)", path.read_text(encoding="utf-8"))
    }

    assert cited <= {int(path.name[:4]) for path in DECISIONS}


def test_every_section_of_law_or_contract_that_the_source_cites_exists() -> None:
    sections = {
        name: set(
            re.findall(
                r"^#+ (\d+(?:\.\d+)?)",
                (DOCS / f"{name}.md").read_text(encoding="utf-8"),
                re.MULTILINE,
            )
        )
        for name in ("contract", "appi-reference")
    }
    missing = [
        f"{path.relative_to(ROOT)}: {name} {number}"
        for path in SOURCE.rglob("*.py")
        for name, numbers in re.findall(
            r"(contract|appi-reference),? (?:sections? )?(\d[\d. and,]*)",
            path.read_text(encoding="utf-8"),
        )
        for number in re.findall(r"\d+(?:\.\d+)?", numbers)
        if number not in sections[name]
    ]

    assert missing == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_inside_the_repository_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


def _outline(name: str) -> list[int]:
    text = re.sub(r"```.*?```", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    return [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]


def test_the_japanese_readme_has_every_section_of_the_english_one() -> None:
    assert _outline("README.ja.md") == _outline("README.md")


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_no_placeholder_is_left_in_a_readme(name: str) -> None:
    assert re.findall(r"\{[A-Z]+[^}]*\}", (ROOT / name).read_text(encoding="utf-8")) == []


def test_every_fragment_says_what_kind_of_change_it_is() -> None:
    kinds = {"added", "changed", "fixed", "security", "law"}
    names = [path.name for path in (ROOT / "changelog.d").glob("*.md") if path.name != "README.md"]

    assert names
    assert [name for name in names if name.split(".")[-2] not in kinds] == []
