"""No act without its entry, and no personal data in it (P0.4, P1.6, P3.26)."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.ledger import append, checkpoint, entry, proof, tree, verify
from tests.ledger.company import START, Company

Make = Callable[..., Company]


def append_one(company: Company, **changes: Any) -> int:
    values: dict[str, Any] = {
        "subject": "C-2026-000001-0",
        "by": "staff:7",
        "at": START,
        "body": {},
    } | changes
    return company.journal.append("case.filed", **values)


@pytest.mark.promise("P3.26")
def test_an_entry_rolls_back_with_its_act(company: Company) -> None:
    company.fill(3)
    before = company.journal.checkpoint()

    with pytest.raises(ZeroDivisionError), company.transaction():  # noqa: PT012 the act fails after its entry
        append_one(company, at=START + timedelta(days=1))
        _ = 1 / 0

    assert company.journal.checkpoint() == before
    assert verify.verify_storage(company.storage, company.signer.public).holds


@pytest.mark.promise("P3.26")
@pytest.mark.parametrize("before", [0, 1, 5])
@pytest.mark.parametrize("hours", [0, -1], ids=["in time", "a clock behind"])
def test_a_batch_is_the_ledger_that_single_entries_make(
    tmp_path: Path, companies: Make, before: int, hours: int
) -> None:
    one_by_one, at_once = (companies(tmp_path / f"{name}.sqlite3") for name in ("one", "batch"))
    bodies: list[dict[str, Any]] = [
        {"place": f"shop/t{number}", "rows": number} for number in range(200)
    ]
    told: dict[str, Any] = {
        "subject": "C-2026-000001-0/1",
        "by": "system",
        "at": START + timedelta(hours=hours),
    }
    for company in (one_by_one, at_once):
        company.fill(before)

    with one_by_one.transaction():
        for body in bodies:
            one_by_one.journal.append("case.place.read", body=body, **told)
    with at_once.transaction():
        assert at_once.journal.extend("case.place.read", bodies, **told) == range(
            before, before + 200
        )

    assert list(at_once.storage.lines()) == list(one_by_one.storage.lines())
    assert at_once.storage.head().frontier == one_by_one.storage.head().frontier
    for level in range(8):
        made = at_once.storage.level(level, 0, 300)
        assert made == one_by_one.storage.level(level, 0, 300)
    assert verify.verify_storage(at_once.storage, at_once.signer.public).holds


def test_a_batch_of_nothing_leaves_the_head_alone(company: Company) -> None:
    company.fill(2)
    before = company.storage.head()

    with company.transaction():
        assert not company.journal.extend("case.filed", (), subject="C-1", by="system", at=START)

    assert company.storage.head() == before


@pytest.mark.promise("P3.26")
def test_a_batch_with_one_body_refused_enters_nothing(company: Company) -> None:
    company.fill(2)

    with pytest.raises(entry.EntryRefused), company.transaction():
        company.journal.extend(
            "case.filed", [{"rows": 1}, {"name": "x"}], subject="C-1", by="system", at=START
        )

    assert company.storage.head().frontier.size == 2


@pytest.mark.promise("P3.26")
def test_without_a_transaction_nothing_is_written(company: Company) -> None:
    with pytest.raises(append.JournalUnwritable):
        append_one(company)

    assert company.storage.head().frontier.size == 0


def test_without_a_journal_no_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(append, "_installed", [])

    with pytest.raises(append.JournalMissing):
        append.entry("case.filed", subject="C-2026-000001-0", by="system", at=START)


def test_the_installed_journal_takes_entries(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(append, "_installed", [])
    append.install(company.journal)

    with company.transaction():
        index = append.entry(
            "case.filed",
            subject="C-2026-000001-0",
            by="requester",
            at=START,
            body={
                "due_on": date(2026, 12, 21),
                "kinds": ["disclosure"],
                "papers": 2,
                "paid": False,
            },
        )

    (found,) = append.entries("C-2026-000001-0")
    assert (found.index, index) == (0, 0)
    assert found.body == {
        "due_on": "2026-12-21",
        "kinds": ("disclosure",),
        "papers": 2,
        "paid": False,
    }


def test_a_broken_database_makes_the_journal_unwritable(company: Company) -> None:
    company.connection.execute("DROP TABLE mamoru_ledger_node")

    with pytest.raises(append.JournalUnwritable) as refused, company.transaction():
        append_one(company)

    assert refused.value.retry


def test_a_ledger_that_was_not_created_is_unwritable(company: Company) -> None:
    company.connection.execute("DELETE FROM mamoru_ledger_head")

    with pytest.raises(append.JournalUnwritable), company.transaction():
        append_one(company)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mamoru_ledger_head SET note = replace(note, '5', '6')",
        "UPDATE mamoru_ledger_head SET peaks = replace(peaks, 'a', 'b')",
        "UPDATE mamoru_ledger_head SET note = ''",
    ],
)
def test_nothing_is_built_upon_an_altered_head(company: Company, statement: str) -> None:
    company.fill(5)
    company.connection.execute(statement)

    with pytest.raises(append.HeadBroken), company.transaction():
        append_one(company)


def test_another_key_does_not_continue_the_ledger(company: Company) -> None:
    company.fill(5)
    stranger = append.Journal(company.storage, checkpoint.Signer("other.example", b"\2" * 32))

    with pytest.raises(append.HeadBroken), company.transaction():
        stranger.append("case.filed", subject="C-2026-000001-0", by="system", at=START, body={})


def test_time_never_runs_back_and_the_act_s_own_reading_is_kept(company: Company) -> None:
    with company.transaction():
        append_one(company, at=START)
        append_one(company, at=START - timedelta(hours=1))

    first, second = company.journal.entries("C-2026-000001-0")
    assert second.at == first.at
    assert second.acted == START - timedelta(hours=1)
    assert verify.verify_storage(company.storage, company.signer.public).holds


def test_entries_are_found_by_case_and_by_demand(company: Company) -> None:
    company.fill(30)
    with company.transaction():
        append_one(company, subject="C-2026-000001-0")
        append_one(company, subject="C-2026-000001-01")

    case = company.journal.entries("C-2026-000001-0")
    demand = company.journal.entries("C-2026-000001-0/2")

    assert len(case) == 7
    assert {each.subject for each in demand} == {"C-2026-000001-0/2"}
    assert [each.index for each in case] == sorted(each.index for each in case)


def test_writers_take_turns(tmp_path: Path, companies: Make) -> None:
    path = str(tmp_path / "ledger.sqlite3")
    companies(path)

    def work(seed: int) -> None:
        mine = Company(path)
        for number in range(25):
            with mine.transaction():
                append_one(mine, subject=f"C-2026-{seed:06d}-0", body={"n": number})
        mine.close()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    last = companies(path)
    result = verify.verify_storage(last.storage, last.signer.public)
    assert (result.size, result.problems) == (100, ())


@pytest.mark.promise("P1.6")
@pytest.mark.parametrize(
    "value",
    [
        "海野 遥",
        "うんの",
        "Haruka Unno",
        "haruka@minato-link.example",
        "090-1234-5678",
        "09012345678",
        "108-0023",
        "123456789012",
        "Unno",
        "東京都港区芝浦3-4-1",
        "a" * 97,
        "",
        "line\nbreak",
        'quote"',
        "1989-02-30",
        1.5,
        10**9,
        None,
        {"a": 1},
        [["a"]],
        [True],
        datetime(2026, 1, 1, tzinfo=UTC),
        b"bytes",
    ],
)
def test_a_body_refuses_what_could_be_personal(company: Company, value: Any) -> None:
    with pytest.raises(entry.EntryRefused) as refused, company.transaction():
        append_one(company, body={"note": value})

    assert str(value) not in str(refused.value) or value in {"", 1.5}
    assert company.storage.head().frontier.size == 0


@pytest.mark.promise("P1.6")
@pytest.mark.parametrize("key", ["name", "address", "birth-date", "email", "Note", "氏名", ""])
def test_a_key_that_announces_personal_data_is_refused(company: Company, key: str) -> None:
    with pytest.raises(entry.EntryRefused), company.transaction():
        append_one(company, body={key: "code"})


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "海野"},
        {"by": "haruka@minato-link.example"},
        {"at": datetime(2026, 12, 7)},  # noqa: DTZ001 the naive time is the point
    ],
)
def test_subject_actor_and_time_are_guarded_too(company: Company, changes: dict[str, Any]) -> None:
    with pytest.raises(entry.EntryRefused), company.transaction():
        append_one(company, **changes)


@given(st.text())
def test_whatever_passes_the_guard_is_ascii_without_spaces(text: str) -> None:
    try:
        clean = entry.guarded({"note": text})
    except entry.EntryRefused:
        return

    assert str(clean["note"]).isascii()
    assert not set(str(clean["note"])) & set(' @"\\')


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_an_entry_or_malformed(data: bytes) -> None:
    with pytest.raises(entry.EntryMalformed):
        entry.decode(data)


def test_another_spelling_of_an_entry_is_malformed(company: Company) -> None:
    company.fill(1)
    (line,) = company.storage.lines()
    document = json.loads(line.data)

    for data in (
        json.dumps(document).encode(),
        line.data + b" ",
        line.data.replace(b'"by"', b'"\\u0062y"'),
        line.data.replace(b'{"at"', b'{"at":"2026-12-07T01:02:03.000004Z","at"'),
        line.data.replace(b'"index":0', b'"index":0.0'),
        line.data.replace(b'"index":0', b'"index":false'),
    ):
        assert data != line.data
        with pytest.raises(entry.EntryMalformed):
            entry.decode(data)


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = max(1 << power for power in range(20) if 1 << power < len(leaves))
    joined = b"\1" + naive_root(leaves[:k]) + naive_root(leaves[k:])
    return hashlib.sha256(joined).digest()


def grown(leaves: list[bytes]) -> tuple[tree.Frontier, dict[tree.Node, bytes]]:
    frontier = tree.Frontier()
    nodes: dict[tree.Node, bytes] = {}
    for leaf in leaves:
        frontier, made = frontier.append(tree.leaf_hash(leaf))
        nodes |= dict(made)
    return frontier, nodes


sizes = st.integers(1, 300)


@given(st.lists(st.binary(max_size=4), max_size=80))
def test_the_tree_is_that_of_the_rfc(leaves: list[bytes]) -> None:
    assert grown(leaves)[0].root == naive_root(leaves)


@given(sizes, st.data())
def test_every_inclusion_proof_holds_and_no_other(size: int, data: st.DataObject) -> None:
    leaves = [number.to_bytes(2, "big") for number in range(size)]
    frontier, nodes = grown(leaves)
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    path = proof.hashes(proof.inclusion_ranges(index, size), lambda _wanted: nodes)

    def root_of(leaf: int, at: int) -> bytes:
        return proof.root_from_inclusion(
            leaf=tree.leaf_hash(leaves[leaf]), index=at, size=size, path=path
        )

    assert root_of(index, index) == frontier.root
    if other != index:
        assert root_of(other, index) != frontier.root


@given(sizes, st.data())
def test_every_consistency_proof_holds_and_no_fork_passes(size: int, data: st.DataObject) -> None:
    leaves = [number.to_bytes(2, "big") for number in range(size)]
    old = data.draw(st.integers(1, size))
    frontier, nodes = grown(leaves)
    path = proof.hashes(proof.consistency_ranges(old, size), lambda _wanted: nodes)
    forked = [*leaves[: old - 1], b"forked"]

    proof.verify_consistency(
        old=old, old_root=naive_root(leaves[:old]), new=size, new_root=frontier.root, path=path
    )
    with pytest.raises(proof.ProofRejected):
        proof.verify_consistency(
            old=old, old_root=naive_root(forked), new=size, new_root=frontier.root, path=path
        )


def test_errors_of_the_database_are_not_swallowed(company: Company) -> None:
    company.fill(2)
    with pytest.raises(append.JournalUnwritable) as refused, company.transaction():  # noqa: PT012
        company.connection.execute(
            "INSERT INTO mamoru_ledger_entry VALUES (2, 'x', 'x', 'x', '{}')"
        )
        append_one(company, at=START + timedelta(days=1))

    assert isinstance(refused.value.__cause__, sqlite3.Error)
