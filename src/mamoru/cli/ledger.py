"""`mamoru ledger`: verify, export, prove, checkpoint (contract, sections 3 and 5)."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from mamoru.cli.options import as_json, company, in_home, say, show_json
from mamoru.ledger import checkpoint, entry, export, proof, verify

_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
_KEY = click.option("--key", type=_FILE, help="The ledger's public key (`origin+id+key`).")
_INTEGRITY = 5


@click.group()
def ledger() -> None:
    """The ledger: verify it, export it, prove one entry, print the signed head."""


@ledger.command("verify")
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@_KEY
@click.option("--proof", "proof_file", type=_FILE, help="Verify one entry's proof instead.")
@click.option("--seen", type=_FILE, help="A checkpoint that you kept: the ledger must extend it.")
@in_home
@as_json
def verify_command(
    folder: Path | None,
    key: Path | None,
    proof_file: Path | None,
    seen: Path | None,
    as_json: bool,
) -> None:
    """Verify an export FOLDER offline with a public key, or without FOLDER the live ledger.

    Ends with 0 if everything holds and with 5 if anything does not.
    """
    if folder is not None and proof_file is not None:
        raise click.UsageError("give FOLDER or --proof, not both")
    if (folder is not None or proof_file is not None) and key is None:
        raise click.UsageError("an export or a proof is verified with --key: the public key's file")
    if proof_file is not None and key is not None:
        found = verify.verify_proof(proof_file.read_bytes(), checkpoint.load_public_key(key))
        _show_entry(found, as_json=as_json)
        return
    journal = company().journal() if folder is None else None
    public = checkpoint.load_public_key(key) if key else None
    if public is None and journal is not None:
        public = journal.signer.public
    if public is None:
        raise click.UsageError("give --key: the public key's file")
    known = _seen(seen, public)
    with _bar("verifying") as progress:
        if journal is not None:
            result = verify.verify_storage(journal.storage, public, seen=known, progress=progress)
        else:
            target = export.FileExport(folder or Path())
            result = verify.verify_export(target, public, seen=known, progress=progress)
    own_key = folder is not None and key is not None and _lies_in(folder, key)
    _show(result, as_json=as_json, key_in_export=own_key, earlier_head_given=known is not None)


def _lies_in(folder: Path, file: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())


@ledger.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@in_home
@as_json
def export_command(folder: Path, as_json: bool) -> None:
    """Write the whole ledger to FOLDER in the tlog-tiles layout."""
    journal = company().journal()
    note = journal.checkpoint()
    size = checkpoint.open_note(note, journal.signer.public).size
    with _bar("exporting") as progress:
        head = export.FileExport(folder).write(
            (line.data for line in journal.storage.lines(0, size)),
            note,
            journal.signer.public,
            progress=progress,
        )
    if as_json:
        show_json({"folder": str(folder), "size": head.size, "root": head.root.hex()})
    else:
        say(f"{head.size} entries written to {folder}; verify with:")
        say(f"  mamoru ledger verify {folder} --key {folder / export.KEY_FILE}")


@ledger.command("prove")
@click.argument("index", type=click.IntRange(min=0))
@in_home
def prove_command(index: int) -> None:
    """Print the proof of entry INDEX, one JSON document that verifies by itself.

    Keep it in a FILE; whoever has it and the public KEY (`mamoru ledger
    checkpoint --public-key`) verifies it offline, with

    \b
      mamoru ledger verify --proof FILE --key KEY
    """
    click.echo(proof.dump(company().journal().prove(index)), nl=False)


@ledger.command("checkpoint")
@click.option("--public-key", is_flag=True, help="Print the public key instead of the head.")
@in_home
@as_json
def checkpoint_command(public_key: bool, as_json: bool) -> None:
    """Print the signed head; keep it, and a later `verify --seen` finds a rolled-back ledger."""
    journal = company().journal()
    if public_key:
        click.echo(journal.signer.public.text)
        return
    note = journal.checkpoint()
    if not as_json:
        click.echo(note, nl=False)
        return
    head = checkpoint.open_note(note, journal.signer.public)
    show_json(
        {"origin": head.origin, "size": head.size, "root": head.root.hex(), "checkpoint": note}
    )


def _seen(path: Path | None, key: checkpoint.PublicKey) -> checkpoint.Checkpoint | None:
    if path is None:
        return None
    try:
        text = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as problem:
        raise checkpoint.CheckpointRejected("the checkpoint file cannot be read") from problem
    return checkpoint.open_note(text, key)


@contextmanager
def _bar(title: str) -> Iterator[export.Progress]:
    """Show a progress bar on a terminal, on standard error; nothing elsewhere."""
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as shown:
        task = shown.add_task(title, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def _show(
    result: verify.Verification,
    *,
    as_json: bool,
    key_in_export: bool,
    earlier_head_given: bool,
) -> None:
    """Print the verdict, and what it does not rest on: another's key, a head that was kept."""
    if as_json:
        show_json(
            {
                "holds": result.holds,
                "size": result.size,
                "root": result.root,
                "checkpoint": result.note,
                "first_bad_entry": result.first_bad_entry,
                "key_in_export": key_in_export,
                "earlier_head_given": earlier_head_given,
                "problems": [
                    {"code": each.code, "detail": each.detail, "index": each.index}
                    for each in result.problems
                ],
            }
        )
    elif result.holds:
        click.echo(f"holds: {result.size} entries, root {result.root}")
    for each in result.problems:
        where = "" if each.index is None else f" (entry {each.index})"
        say(f"{each.code}: {each.detail}{where}", fg="red")
    if not result.holds:
        sys.exit(_INTEGRITY)
    if key_in_export and not as_json:
        say("note: the key lies in the export itself; compare it with one that you got elsewhere")
    if not earlier_head_given and not as_json:
        say("note: no earlier head was compared; with --seen FILE a ledger rolled back is found")


def _show_entry(found: entry.Entry, *, as_json: bool) -> None:
    document = {
        "holds": True,
        "index": found.index,
        "kind": found.kind,
        "at": entry.moment(found.at),
        "by": found.by,
        "subject": found.subject,
        "body": dict(found.body),
    }
    if as_json:
        show_json(document)
    else:
        click.echo(f"holds: entry {found.index} `{found.kind}` of {found.subject}")
