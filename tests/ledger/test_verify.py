"""Every tampering is found, offline, with a public key alone (P0.4)."""

import json
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from mamoru.cli.ledger import ledger
from mamoru.ledger import append, checkpoint, entry, export, proof, tree, verify
from tests import sweeps
from tests.ledger.company import ORIGIN, START, Company
from tests.oracle import ledger_verifier

SIZE = 300
Make = Callable[..., Company]
Files = dict[str, bytes]


def write(company: Company, folder: Path) -> export.FileExport:
    target = export.FileExport(folder)
    lines = (line.data for line in company.storage.lines())
    target.write(lines, company.journal.checkpoint(), company.signer.public)
    return target


def forged(company: Company, entries: list[bytes], signer: checkpoint.Signer, to: Path) -> None:
    """Write a whole export of other entries with hashes that fit, signed by somebody else."""
    root = tree.grow(map(tree.leaf_hash, entries)).root
    export.FileExport(to).write(entries, signer.sign(len(entries), root), signer.public)
    (to / export.KEY_FILE).write_text(f"{company.signer.public.text}\n")


def both_verdicts(folder: Path, key: checkpoint.PublicKey, seen: str | None = None) -> list[bool]:
    head = checkpoint.open_note(seen, key) if seen else None
    try:
        ours = verify.verify_export(export.FileExport(folder), key, seen=head).holds
    except export.ExportUnreadable:
        ours = False
    return [ours, ledger_verifier.verify(folder, key.text, seen)]


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 600])
def test_two_verifiers_agree_that_an_untouched_export_holds(
    size: int, company: Company, tmp_path: Path
) -> None:
    company.fill(size)
    target = write(company, tmp_path / "export")

    result = verify.verify_export(target, company.signer.public)

    assert result.problems == ()
    assert result.size == size
    assert ledger_verifier.verify(target.folder, company.signer.public.text)


def test_a_ledger_over_three_levels_of_tiles_holds(company: Company, tmp_path: Path) -> None:
    leaves = [b"%d" % number for number in range(65_800)]
    tiles, made = export.Tiles(), set()
    for leaf in leaves:
        made |= {tile[:2] for tile in tiles.add(tree.leaf_hash(leaf))}
    rest = [(level, number, len(content) // 32) for level, number, content in tiles.rest()]

    assert made | {tile[:2] for tile in rest} == {tile[:2] for tile in export.tiles_of(65_800)}
    assert rest == [tile for tile in export.tiles_of(65_800) if tile[2] < export.WIDTH]
    assert export.number_path(1_234_067) == "x001/x234/067"


def mutate(random_: random.Random, files: Files) -> Files:
    """Change one thing in an export: bytes, entries, their order, files."""
    changed = dict(files)
    path = random_.choice(sorted(files))
    data = files[path]
    match random_.randrange(8):
        case 0 if data:  # flip a bit
            at = random_.randrange(len(data))
            changed[path] = (
                data[:at] + bytes([data[at] ^ 1 << random_.randrange(8)]) + data[at + 1 :]
            )
        case 1 if data:  # cut
            changed[path] = data[: random_.randrange(len(data))]
        case 2:  # put in
            at = random_.randrange(len(data) + 1)
            changed[path] = data[:at] + random_.randbytes(random_.randint(1, 3)) + data[at:]
        case 3:  # remove a file
            del changed[path]
        case 4:  # add a file
            changed[f"tile/0/{random_.randrange(999):03d}.p/{random_.randrange(255)}"] = b"x" * 32
        case 5:  # swap two files
            other = random_.choice(sorted(files))
            changed[path], changed[other] = files[other], data
        case 6:  # reorder, drop or double an entry of a bundle
            name = random_.choice(
                [each for each in sorted(files) if each.startswith("tile/entries")]
            )
            entries = list(export.unbundle(files[name]))
            at = random_.randrange(len(entries))
            one = entries.pop(at)
            if random_.random() < 0.7:
                entries.insert(random_.randrange(len(entries) + 1), one)
            changed[name] = export.bundle(entries)
        case _:  # rewrite a value and the hash beside it
            name = random_.choice(
                [each for each in sorted(files) if each.startswith("tile/entries")]
            )
            entries = list(export.unbundle(files[name]))
            at = random_.randrange(len(entries))
            entries[at] = entries[at].replace(b"refused", b"granted")
            changed[name] = export.bundle(entries)
            leaves = name.replace("entries", "0")
            hashes = bytearray(changed[leaves])
            hashes[at * 32 : at * 32 + 32] = tree.leaf_hash(entries[at])
            changed[leaves] = bytes(hashes)
    return changed


@pytest.mark.promise("P0.4")
@pytest.mark.sweep
@pytest.mark.parametrize(("size", "every"), [(7, 7000), (40, 2400), (SIZE, 600)])
def test_every_edit_of_an_export_is_found_by_both_verifiers(
    size: int, every: int, companies: Make, tmp_path: Path, record_property: sweeps.Record
) -> None:
    rounds = sweeps.points(sample=every // 10, whole=every // 2, every=every)
    company = companies().fill(size)
    folder = write(company, tmp_path / "export").folder
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    random_, missed, tried = random.Random(size), [], 0
    while tried < rounds:
        changed = mutate(random_, files)
        touched = [
            path for path in files.keys() | changed.keys() if files.get(path) != changed.get(path)
        ]
        if not touched or (touched == [export.KEY_FILE] and export.KEY_FILE not in changed):
            continue  # nothing changed, or only the convenience copy of the key is gone
        tried += 1
        put(folder, touched, changed)
        if any(both_verdicts(folder, company.signer.public)):
            missed.append(touched)
        put(folder, touched, files)

    sweeps.record(record_property, "edits of an export, each found", ran=tried, of=every)
    assert missed == []
    assert both_verdicts(folder, company.signer.public) == [True, True]


def put(folder: Path, paths: list[str], files: Files) -> None:
    for path in paths:
        where = folder / path
        if path in files:
            where.parent.mkdir(parents=True, exist_ok=True)
            where.write_bytes(files[path])
        else:
            where.unlink(missing_ok=True)
            if where.parent.is_dir() and not any(where.parent.iterdir()):
                where.parent.rmdir()


@pytest.mark.promise("P0.4")
def test_a_rewritten_history_with_fitting_hashes_is_found(company: Company, tmp_path: Path) -> None:
    company.fill(SIZE)
    true = [line.data for line in company.storage.lines()]
    stranger = checkpoint.Signer(ORIGIN, b"\7" * 32)
    histories = {
        "edited": [data.replace(b"refused", b"granted") for data in true],
        "truncated": true[:200],
        "same": true,
    }

    for name, entries in histories.items():
        forged(company, entries, stranger, tmp_path / name)

        assert both_verdicts(tmp_path / name, company.signer.public) == [False, False]


@pytest.mark.promise("P0.4")
def test_a_time_that_runs_back_is_found_though_the_head_is_rightly_signed(
    company: Company, tmp_path: Path
) -> None:
    """Whoever holds the key can sign an order of events that no clock ever showed."""
    company.fill(6)
    entries = [line.data for line in company.storage.lines()]
    later = json.loads(entries[2])["at"]
    entries[3] = entries[3].replace(
        json.loads(entries[3])["at"].encode(), b"2026-12-07T01:02:03.000005Z"
    )
    forged(company, entries, company.signer, tmp_path / "back")

    found = verify.verify_export(export.FileExport(tmp_path / "back"), company.signer.public)

    assert later > "2026-12-07T01:02:03.000005Z"
    assert [(each.code, each.index) for each in found.problems] == [("time-runs-back", 3)]


@pytest.mark.promise("P0.4")
@pytest.mark.parametrize("at", [0, 3])
def test_an_act_of_an_earlier_time_than_its_entry_stands_only_where_a_time_was_mended(
    company: Company, tmp_path: Path, at: int
) -> None:
    """An entry that took its own time has no other: with one, an act could be told as older."""
    company.fill(6)
    entries = [line.data for line in company.storage.lines()]
    older = replace(entry.decode(entries[at]), acted=START - timedelta(hours=1))
    entries[at] = entry.encode(older)
    forged(company, entries, company.signer, tmp_path / "told")

    found = verify.verify_export(export.FileExport(tmp_path / "told"), company.signer.public)

    assert [(each.code, each.index) for each in found.problems] == [("time-runs-back", at)]
    assert both_verdicts(tmp_path / "told", company.signer.public) == [False, False]


@pytest.mark.promise("P0.4")
def test_a_head_of_another_ledger_is_no_earlier_head_of_this_one(
    company: Company, companies: Make, tmp_path: Path
) -> None:
    company.fill(4)
    target = write(company, tmp_path / "export")
    other = companies(origin="another.example/ledger").fill(4)
    remembered = other.journal.checkpoint()
    head = checkpoint.open_note(remembered, other.signer.public)

    found = verify.verify_export(target, company.signer.public, seen=head)

    assert [each.code for each in found.problems] == ["other-ledger"]


@pytest.mark.promise("P0.4")
def test_a_rolled_back_or_forked_ledger_is_found_by_who_remembers(
    companies: Make, tmp_path: Path
) -> None:
    company = companies().fill(SIZE)
    shutil.copytree(write(company, tmp_path / "export").folder, tmp_path / "old")
    company.fill(20)
    remembered = company.journal.checkpoint()
    fork = companies().fill(SIZE - 1)
    with fork.transaction():
        fork.journal.append(
            "case.filed", subject="C-2026-000009-0", by="system", at=fork_time(fork), body={}
        )
    fork.fill(100)
    write(fork, tmp_path / "fork")
    key = company.signer.public

    assert both_verdicts(tmp_path / "old", key) == [True, True]
    assert both_verdicts(tmp_path / "old", key, remembered) == [False, False]
    assert both_verdicts(tmp_path / "fork", key) == [True, True]
    assert both_verdicts(tmp_path / "fork", key, remembered) == [False, False]
    with pytest.raises(export.ExportRefused):
        write(fork, tmp_path / "export")


def fork_time(company: Company) -> datetime:
    return datetime.fromisoformat(company.storage.head().last_at)


def test_the_first_bad_entry_is_named(company: Company, tmp_path: Path) -> None:
    company.fill(SIZE)
    folder = write(company, tmp_path / "export").folder
    path = folder / "tile/entries/001.p/44"
    entries = list(export.unbundle(path.read_bytes()))
    entries[17] = entries[17].replace(b"refused", b"granted")
    entries[30] = entries[30].replace(b"refused", b"granted")
    path.write_bytes(export.bundle(entries))

    result = verify.verify_export(export.FileExport(folder), company.signer.public)

    assert result.first_bad_entry == 256 + 17


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("UPDATE mamoru_ledger_entry SET data = replace(data, 'ref', 'xef') WHERE position = 7", 7),
        ("DELETE FROM mamoru_ledger_entry WHERE position = 8", 8),
        ("DELETE FROM mamoru_ledger_entry WHERE position = 299", None),
        ("UPDATE mamoru_ledger_entry SET subject = 'C-1/1' WHERE position = 9", 9),
        ("UPDATE mamoru_ledger_entry SET kind = 'x' WHERE position = 10", 10),
        ("UPDATE mamoru_ledger_entry SET data = data || '海野' WHERE position = 4", 4),
        ("UPDATE mamoru_ledger_node SET hash = 'zz' WHERE level = 2 AND position = 3", 12),
        ("DELETE FROM mamoru_ledger_node WHERE level = 0 AND position = 5", 5),
        ("UPDATE mamoru_ledger_head SET note = replace(note, 'a', 'b')", None),
        ("UPDATE mamoru_ledger_head SET last_at = '2026-12-08T00:00:00.000000Z'", None),
    ],
)
def test_an_edit_of_the_live_rows_is_found(
    company: Company, statement: str, index: int | None
) -> None:
    company.fill(SIZE)
    key = company.signer.public
    assert verify.verify_storage(company.storage, key).holds

    company.connection.execute(statement)

    result = verify.verify_storage(company.storage, key)
    assert not result.holds
    assert result.first_bad_entry == index


def test_an_export_of_altered_rows_is_not_written(company: Company, tmp_path: Path) -> None:
    company.fill(5)
    company.connection.execute("UPDATE mamoru_ledger_entry SET data = '{}' WHERE position = 2")

    with pytest.raises(export.ExportBroken):
        write(company, tmp_path / "export")

    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_something_else_is_never_replaced(company: Company, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me")

    with pytest.raises(export.ExportRefused):
        write(company.fill(3), tmp_path)

    assert (tmp_path / "letter.txt").read_text() == "keep me"


@pytest.mark.parametrize("name", [export.CHECKPOINT, export.KEY_FILE, "tile"])
def test_an_earlier_export_with_a_link_in_it_is_not_replaced(
    company: Company, tmp_path: Path, name: str
) -> None:
    folder = write(company.fill(3), tmp_path / "export").folder
    (folder / name).rename(tmp_path / "elsewhere")
    (folder / name).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(export.ExportRefused):
        write(company, folder)

    assert (folder / name).is_symlink()


def test_a_folder_whose_head_is_a_pipe_is_refused_at_once(company: Company, tmp_path: Path) -> None:
    folder = write(company.fill(3), tmp_path / "export").folder
    (folder / export.CHECKPOINT).unlink()
    os.mkfifo(folder / export.CHECKPOINT)

    with pytest.raises(export.ExportRefused):
        write(company, folder)


def test_a_later_export_replaces_an_earlier_one(company: Company, tmp_path: Path) -> None:
    write(company.fill(10), tmp_path / "export")
    write(company.fill(300), tmp_path / "export")

    assert both_verdicts(tmp_path / "export", company.signer.public) == [True, True]


@pytest.mark.promise("P0.4")
def test_no_mutated_proof_is_accepted(company: Company) -> None:
    company.fill(100)
    key, random_ = company.signer.public, random.Random(4)
    proofs = [proof.dump(company.journal.prove(index)) for index in range(0, 100, 7)]
    for data in proofs:
        assert verify.verify_proof(data, key).index == proof.load(data).index
    accepted = 0
    for _ in range(3000):
        data = random_.choice(proofs)
        at = random_.randrange(len(data))
        changed = {
            0: data[:at] + bytes([data[at] ^ 1 << random_.randrange(8)]) + data[at + 1 :],
            1: data[:at] + data[at + 1 :],
            2: data[:at] + random_.randbytes(1) + data[at:],
        }[random_.randrange(3)]
        if changed == data:
            continue
        try:
            verify.verify_proof(changed, key)
        except proof.ProofRejected:
            continue
        accepted += 1

    assert accepted == 0


def test_a_proof_under_another_key_or_head_is_rejected(companies: Make) -> None:
    mine, other = companies().fill(20), companies(seed=2).fill(20)
    made = mine.journal.prove(3)

    with pytest.raises(proof.ProofRejected):
        proof.verify(made, other.signer.public)
    with pytest.raises(proof.ProofRejected):
        proof.verify(
            proof.EntryProof(index=4, entry=made.entry, path=made.path, note=made.note),
            mine.signer.public,
        )
    with pytest.raises(proof.NotInLedger):
        mine.journal.prove(20)


def test_keys_survive_their_files(tmp_path: Path) -> None:
    made = checkpoint.create_signer(tmp_path / "ledger.key", origin=ORIGIN)
    (tmp_path / "ledger.vkey").write_text(made.public.text + "\n")

    assert checkpoint.load_signer(tmp_path / "ledger.key") == made
    assert checkpoint.load_public_key(tmp_path / "ledger.vkey") == made.public
    assert (tmp_path / "ledger.key").stat().st_mode & 0o077 == 0
    assert made.text not in repr(made)
    for text in ("", "a+b", "a+00000000+AAAA", made.text):
        with pytest.raises(checkpoint.LedgerKeyInvalid):
            checkpoint.public_key(text)
    with pytest.raises(FileExistsError):
        checkpoint.create_signer(tmp_path / "ledger.key", origin=ORIGIN)


def test_the_command_verifies_an_export_and_a_proof(company: Company, tmp_path: Path) -> None:
    folder = str(write(company.fill(30), tmp_path / "export").folder)
    key = str(tmp_path / "export" / export.KEY_FILE)
    (tmp_path / "proof.json").write_bytes(proof.dump(company.journal.prove(3)))
    (tmp_path / "seen").write_text(company.journal.checkpoint())
    run = CliRunner().invoke

    good = run(ledger, ["verify", folder, "--key", key, "--seen", str(tmp_path / "seen"), "--json"])
    one = run(ledger, ["verify", "--proof", str(tmp_path / "proof.json"), "--key", key])
    (tmp_path / "export/tile/entries/000.p/30").write_bytes(b"")
    bad = run(ledger, ["verify", folder, "--key", key])
    usage = run(ledger, ["verify", folder])

    assert [each.exit_code for each in (good, one, bad, usage)] == [0, 0, 5, 2]
    assert '"holds": true' in good.stdout


def test_the_command_says_what_its_verdict_does_not_rest_on(
    company: Company, tmp_path: Path
) -> None:
    folder = write(company.fill(30), tmp_path / "export").folder
    inside, outside = folder / export.KEY_FILE, tmp_path / "key"
    outside.write_bytes(inside.read_bytes())
    (tmp_path / "seen").write_text(company.journal.checkpoint())

    def told(*options: object) -> str:
        shown = CliRunner().invoke(ledger, ["verify", str(folder), *map(str, options)])
        assert shown.exit_code == 0
        return shown.output

    kept = ("--key", outside, "--seen", tmp_path / "seen")
    weak, strong = told("--key", inside), told(*kept)
    weak_document = json.loads(told("--key", inside, "--json"))
    strong_document = json.loads(told(*kept, "--json"))

    rests_on = ("holds", "key_in_export", "earlier_head_given")
    assert [weak_document[each] for each in rests_on] == [True, True, False]
    assert [strong_document[each] for each in rests_on] == [True, False, True]
    assert "the key lies in the export itself" in weak
    assert "no earlier head was compared" in weak
    assert "note:" not in strong


@pytest.mark.promise("P0.4")
@pytest.mark.parametrize("name", [export.CHECKPOINT, export.KEY_FILE, "tile/0/000.p/30", "tile"])
def test_a_link_in_an_export_is_no_file_of_it(company: Company, tmp_path: Path, name: str) -> None:
    folder = write(company.fill(30), tmp_path / "export").folder
    elsewhere = tmp_path / "elsewhere"
    (folder / name).rename(elsewhere)
    (folder / name).symlink_to(elsewhere)

    found = verify.verify_export(export.FileExport(folder), company.signer.public)

    assert both_verdicts(folder, company.signer.public) == [False, False]
    assert [each.detail for each in found.problems] == [f"`{name}` is a link, not a file"]


@pytest.mark.promise("P0.4")
@pytest.mark.parametrize("name", [export.CHECKPOINT, export.KEY_FILE, "tile"])
def test_nothing_is_read_through_a_link_of_an_export_that_somebody_handed_over(
    company: Company, tmp_path: Path, name: str
) -> None:
    """What a verdict prints goes to others: a file of the verifier's own would go with it."""
    folder = write(company.fill(30), tmp_path / "export").folder
    key, own = tmp_path / "key", tmp_path / "own"
    key.write_text(f"{company.signer.public.text}\n")
    own.write_text("a secret of the verifier")
    (folder / name).rename(tmp_path / "away")
    (folder / name).symlink_to(own)

    shown = CliRunner().invoke(ledger, ["verify", str(folder), "--key", str(key), "--json"])

    assert shown.exit_code == 5
    assert "a secret of the verifier" not in shown.output


NO_HEADS: dict[str, Callable[[Path], object]] = {
    "nothing": lambda _head: None,
    "a folder": lambda head: head.mkdir(),
    "a pipe": os.mkfifo,
    "other bytes": lambda head: head.write_bytes(b"\xff\xfe"),
}


@pytest.mark.parametrize("put_there", list(NO_HEADS.values()), ids=list(NO_HEADS))
def test_a_folder_without_a_readable_head_is_no_export(
    company: Company, tmp_path: Path, put_there: Callable[[Path], object]
) -> None:
    folder = write(company.fill(3), tmp_path / "export").folder
    (folder / export.CHECKPOINT).unlink()
    put_there(folder / export.CHECKPOINT)

    with pytest.raises(export.ExportUnreadable):
        verify.verify_export(export.FileExport(folder), company.signer.public)


def test_unwritable_is_an_error_of_the_ledger() -> None:
    assert append.JournalUnwritable.exit_code == 4
