"""Reading policy.yaml: every fault is named with file, line, key and remedy (P0.2)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mamoru.cases import terms as case_terms
from mamoru.policy import document, events, parts, promises
from mamoru.policy.document import PolicyInvalid
from mamoru.policy.terms import Problem
from tests.policy import sample


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(PolicyInvalid) as raised:
        document.parse(text)
    return raised.value.problems


@pytest.mark.promise("P0.2")
def test_the_sample_policy_holds_together_and_names_company_date_and_representative() -> None:
    policy = sample.policy()

    assert policy.version == "2026-04-01"
    assert policy.effective_from.isoformat() == "2026-04-01"
    assert policy.company.name.ja == "みなとリンク株式会社"
    assert policy.company.representative is not None
    assert policy.company.representative.name.ja == "海野 遥"


def test_the_sample_policy_states_ten_purposes_and_five_parts_of_the_first() -> None:
    ids = [purpose.id for purpose in sample.policy().purposes]

    assert [one for one in ids if "." not in one] == [f"PU{n:02d}" for n in range(1, 11)]
    assert [one for one in ids if "." in one] == [f"PU01.{letter}" for letter in "abcde"]


def test_the_sample_policy_makes_every_promise() -> None:
    said = {promise for clause in sample.policy().clauses for promise in clause.promises}

    assert said == set(promises.PROMISES)


def test_kinds_and_grounds_are_those_of_the_cases_room_in_its_order() -> None:
    requests = sample.policy().requests

    assert tuple(kind.value for kind in case_terms.DemandKind) == parts.DEMAND_KINDS
    assert tuple(ground.value for ground in case_terms.RefusalGround) == parts.GROUNDS
    assert tuple(kind.kind for kind in requests.kinds) == parts.DEMAND_KINDS
    assert tuple(ground.ground for ground in requests.grounds) == parts.GROUNDS


@pytest.mark.promise("P3.23")
def test_the_sample_policy_closes_telephone_and_visits_and_offers_help_instead() -> None:
    closed = sample.policy().requests.not_offered

    assert closed is not None
    assert set(closed.channels) == {"telephone", "in-person"}
    assert sample.policy().clause(closed.assisted).ja


def test_every_problem_is_reported_at_once_in_the_order_of_lines() -> None:
    def bend(values: Any) -> None:
        values["company"]["adress"] = values["company"].pop("address")
        values["purposes"][3]["retention"]["months"] = "twelve"
        sample.part(values, "clauses", "use.within")["promises"] = ["P1.99"]
        values["grants"][0]["purpose"] = "PU01.z"
        del values["requests"]["target"]

    found = problems_of(sample.bent_text(bend))

    assert {problem.key for problem in found} == {
        "company.adress",
        "purposes[PU01.c].retention.months",
        "clauses[use.within].promises[1]",
        "grants[1].purpose",
        "requests.target",
    }
    assert [problem.line for problem in found] == sorted(problem.line for problem in found)
    assert all(problem.message and problem.remedy for problem in found)


def test_an_unknown_key_gets_the_nearest_known_one_and_its_own_line() -> None:
    text = sample.text().replace("effective_from:", "efective_from:")

    found = problems_of(text)

    unknown = next(problem for problem in found if problem.key == "efective_from")
    assert unknown.message == "unknown key"
    assert unknown.remedy == "did you mean `effective_from`?"
    assert text.splitlines()[unknown.line - 1].startswith("efective_from:")


def test_a_key_that_stands_twice_is_reported_with_both_lines() -> None:
    text = sample.text() + '\nversion: "2027-01-01"\n'

    (found,) = problems_of(text)

    assert found.message == "the key stands twice (first on line 4)"
    assert found.line == len(text.splitlines())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version: [1, 2\n", "not valid YAML"),
        ("a: b: c\n", "not valid YAML"),
        ("", "the file holds no keys"),
        ("- 1\n- 2\n", "the file holds no keys"),
        ("[" * 600, "not valid YAML"),
        ("version: !!python/object:os.system x\n", "the tag"),
        ("version: &a x\npublished_on: *a\n", "an alias"),
        ("version: \x00\n", "not valid YAML"),
        ("? [1, 2]\n: 3\n", "a key must be a word"),
        ("version: 2026\u202e-04-01\n", "characters that no reader sees"),
        ("[" * 1_000_000, "nested too deeply"),
        ("- " * 500_000, "nested too deeply"),
        ("? " * 500_000, "nested too deeply"),
        ("version: 1\n---\nversion: 2\n", "a second document"),
        ("version: !!set {a, b}\n", "the tag `set`"),
        ('version: "\ud800"\n', "control character U+D800"),
        ("*a : 1\n", "a key must be a word"),
        ('version: "2026-13-45"\n', "`2026-13-45` begins with no day"),
    ],
)
def test_a_file_that_is_no_sound_yaml_is_refused_with_a_line(text: str, says: str) -> None:
    found = problems_of(text)

    assert any(says in problem.message for problem in found)
    assert all(problem.line >= 1 for problem in found)


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ("version: 1\r\nservices:\r\n\t- a\r\n", 3, "indent with spaces, not tabs"),
        ("version: 1\n\nservices: a: b\n", 3, "put text that holds `: ` in quotes"),
        ("version: 1\nservices: \x01\n", 2, "remove it and save the file again"),
    ],
)
def test_what_is_no_yaml_is_named_by_its_line_and_its_remedy(
    text: str, line: int, remedy: str
) -> None:
    (found,) = events.read_text(text, file="policy.yaml").problems

    assert (found.line, found.remedy) == (line, remedy)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("no", "no"),
        ("on", "on"),
        ("2026-04-01", "2026-04-01"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("012", 12),
        ("-7", -7),
        ("0o14", 12),
        ("0x1F", 31),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("1.", 1.0),
        (".", "."),
        ("9" * 5000, "9" * 5000),
        ("0x" + "f" * 3600, "0x" + "f" * 3600),
        ("0o" + "7" * 5000, "0o" + "7" * 5000),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("|\n  12", "12\n"),
        ("[1, {b: 二}]", [1, {"b": "二"}]),
    ],
)
def test_a_value_means_what_yaml_1_2_says(written: str, meant: object) -> None:
    read = events.read_text(f"a: {written}\n", file="policy.yaml")

    assert read.problems == []
    assert read.values == {"a": meant}
    assert type(read.values["a"]) is type(meant)


def test_a_missing_file_a_folder_and_a_foreign_encoding_are_problems_not_crashes(
    tmp_path: Path,
) -> None:
    foreign = tmp_path / "sjis.yaml"
    foreign.write_bytes("version: 一\n名: 東京\n".encode("shift_jis"))

    for path in (tmp_path / "none.yaml", tmp_path, foreign):
        with pytest.raises(PolicyInvalid) as raised:
            document.load(path)
        assert len(raised.value.problems) == 1


def test_dangling_names_are_found_in_every_part_that_names() -> None:
    def bend(values: Any) -> None:
        values["purposes"][0]["clause"] = "purpose.servce"
        values["recipients"][1]["clause"] = "no.such"
        values["grants"][0]["categories"] = ["nmae"]
        values["grants"][1]["recipients"] = ["nobody"]
        values["services"][0]["purposes"] = ["PU99"]
        values["measures"][0]["clause"] = "no.measure"
        values["countries"][0]["system"] = "no.system"
        values["requests"]["fee"]["clause"] = "no.fee"
        values["requests"]["grounds"][0]["ground"] = "just-because"
        values["requests"]["purposes"] = ["PU77"]
        values["page"][1]["promises"] = ["P9.9"]

    keys = {problem.key for problem in problems_of(sample.bent_text(bend))}

    assert keys >= {
        "purposes[PU01].clause",
        "recipients[mailing].clause",
        "grants[1].categories[1]",
        "grants[2].recipients[1]",
        "services[marketplace].purposes[1]",
        "measures[1].clause",
        "countries[1].system",
        "requests.fee.clause",
        "requests.grounds[1].ground",
        "requests.purposes[1]",
        "page[basic].promises[1]",
    }


@pytest.mark.promise("P0.2")
def test_a_sentence_that_the_page_does_not_show_is_refused() -> None:
    def bend(values: Any) -> None:
        values["page"][0]["paragraphs"][0].remove("preamble.known")

    (found,) = problems_of(sample.bent_text(bend))

    assert found.key == "clauses[preamble.known]"
    assert found.message == "`preamble.known` is not shown on the page"


@pytest.mark.promise("P3.25")
def test_request_papers_cannot_be_granted_to_any_purpose_in_the_file() -> None:
    def bend(values: Any) -> None:
        values["grants"].append({"purpose": "PU02", "categories": ["request-paper"]})

    (found,) = problems_of(sample.bent_text(bend))

    assert "PU08 only" in found.message


def test_a_version_cannot_hold_before_it_is_published() -> None:
    text = sample.text().replace("published_on: 2026-03-16", "published_on: 2026-05-01")

    (found,) = problems_of(text)

    assert found.key == "effective_from"


def test_the_digest_is_of_the_content_and_not_of_its_layout() -> None:
    rewritten = document.parse(sample.bent_text(lambda _: None))

    assert rewritten == sample.policy()
    assert rewritten.digest == sample.policy().digest
    assert sample.bent(lambda v: v.update(version="2026-04-02")).digest != rewritten.digest


def test_the_schema_knows_every_key_and_describes_it() -> None:
    schema = document.schema()

    assert set(schema["properties"]) == set(sample.plain())
    for name, described in schema["$defs"].items():
        for key, value in described.get("properties", {}).items():
            assert value.get("description"), f"{name}.{key}"


def test_the_sample_file_names_its_schema_on_the_first_line() -> None:
    assert sample.text().startswith("# yaml-language-server: $schema=")


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_makes_the_reader_crash(text: str) -> None:
    with pytest.raises(PolicyInvalid) as raised:
        document.parse(text)

    assert raised.value.problems


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for key, child in value.items() for leaf in _leaves(child, (*path, key))]
    if isinstance(value, list):
        return [leaf for at, child in enumerate(value) for leaf in _leaves(child, (*path, at))]
    return [path]


@pytest.mark.parametrize("odd", [{"a": 1}, ["x"], [["x"]], None, 7, 1.5, True])
def test_a_value_of_any_shape_in_any_place_is_named_never_a_crash(odd: object) -> None:
    whole = sample.plain()
    # One leaf of each list stands for its neighbours.
    places = {tuple(0 if isinstance(s, int) else s for s in leaf): leaf for leaf in _leaves(whole)}
    for *parents, last in places.values():
        here = whole
        for step in parents:
            here = here[step]
        kept, here[last] = here[last], odd
        try:
            document.build(whole)
        except PolicyInvalid as invalid:
            assert invalid.problems  # noqa: PT017
        here[last] = kept


@settings(deadline=None)
@given(st.data())
def test_whatever_replaces_a_value_is_accepted_or_named_never_a_crash(data: st.DataObject) -> None:
    values = sample.plain()
    *parents, last = data.draw(st.sampled_from(_leaves(values)))
    here = values
    for step in parents:
        here = here[step]
    here[last] = data.draw(
        st.sampled_from([None, 3, -1, True, "", " ", "x", [], {}, ["x"], {"a": 1}])
    )

    problems: tuple[Problem, ...] = ()
    try:
        document.build(values)
    except PolicyInvalid as invalid:
        problems = invalid.problems

    assert all(problem.key and problem.message and problem.remedy for problem in problems)


@pytest.mark.promise("P0.2")
@pytest.mark.parametrize(
    ("bend", "key", "remedy"),
    [
        (
            lambda v: v["clauses"][0].update(ja=""),
            "clauses[preamble.duty].ja",
            "write it or remove the key",
        ),
        (
            lambda v: v["clauses"][0].update(ja=" 空白 "),
            "clauses[preamble.duty].ja",
            "write one line of text, with no blank before or after it",
        ),
        (
            lambda v: v["purposes"][0].update(id="pu1"),
            "purposes[pu1].id",
            "write it as PU01, or PU01.a for a part of it",
        ),
        (
            lambda v: v["requests"]["desk"].update(mail="nobody"),
            "requests.desk.mail",
            "write a mail address, as privacy@example.jp",
        ),
        (
            lambda v: v["requests"].update(methods=["paper", "electronic", "paper"]),
            "requests.methods[3]",
            "keep one of the two",
        ),
        (lambda v: v["requests"].update({"": 1}), 'requests.""', "remove it; known keys here:"),
        (
            lambda v: v["requests"]["fee"].update(yen=10**9),
            "requests.fee.yen",
            "write a number of at most 100000",
        ),
        (
            lambda v: v["requests"]["fee"].update(yen="9" * 5000),
            "requests.fee.yen",
            "write a smaller one",
        ),
    ],
)
def test_a_remedy_is_in_words_that_a_privacy_officer_reads(
    bend: Callable[[Any], None], key: str, remedy: str
) -> None:
    values = sample.plain()
    bend(values)

    with pytest.raises(PolicyInvalid) as raised:
        document.build(values)

    found = {problem.key: problem.remedy for problem in raised.value.problems}
    assert found[key].startswith(remedy)
