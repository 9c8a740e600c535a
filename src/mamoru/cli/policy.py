"""`mamoru policy`: check, show, compare, publish and trace the privacy policy (P0.2)."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from mamoru.cli.options import as_json, company, home, say, show_json
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError
from mamoru.policy import diff as comparing
from mamoru.policy import document, labels, lint, page, publication, sentences
from mamoru.policy.document import Policy, PolicyInvalid
from mamoru.policy.terms import Language, Severity

_REFUSED = 3
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTICE: "cyan"}


class NoSuchVersion(MamoruError):
    """The version asked for is neither a file nor published. Look with `mamoru policy show --versions`."""

    code, exit_code = "no-such-version", 2


class TextUnreadable(MamoruError):
    """The text to trace cannot be read. Name a file of UTF-8 text that holds sentences."""

    code, exit_code = "text-unreadable", 2


def _language(default: str) -> Callable[..., Any]:
    return click.option(
        "--language",
        type=click.Choice([language.value for language in Language]),
        default=default,
        show_default=True,
        help="The language of what is shown.",
    )


_policy_file = click.option(
    "--policy",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The policy file.  [default: policy.yaml in the company's folder]",
)


@click.group()
def policy() -> None:
    """The privacy policy as data."""


@policy.command()
@click.argument("given", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@_policy_file
@home
@_language("ja")
@as_json
def check(given: Path | None, file: Path | None, home: Path, language: str, as_json: bool) -> None:
    """Read the policy and judge it by rules L01 to L18.

    Ends with 2 if the file is broken, 3 if a rule refuses it, 0 otherwise.
    """
    path = given or file or home / "policy.yaml"
    try:
        read = document.load(path)
    except PolicyInvalid as invalid:
        if as_json:
            show_json({"valid": False, "problems": [asdict(one) for one in invalid.problems]})
            sys.exit(PolicyInvalid.exit_code)
        _show_problems(invalid)
        raise
    findings = lint.lint(read, today=clock.date_in_japan(clock.now()))
    refused = any(finding.severity is Severity.ERROR for finding in findings)
    if as_json:
        show_json(
            {
                "valid": True,
                "version": read.version,
                "digest": read.digest,
                "refused": refused,
                "findings": [asdict(finding) for finding in findings],
            }
        )
    else:
        for finding in findings:
            click.secho(
                f"{finding.code} {finding.severity}", fg=_COLOURS[finding.severity], nl=False
            )
            click.echo(f"  {finding.key}: {finding.message(language)} [{finding.cites(language)}]")
            click.echo(f"     → {finding.remedy(language)}")
        click.echo(_verdict(read, findings))
    sys.exit(_REFUSED if refused else 0)


def _verdict(read: Policy, findings: Iterable[lint.Finding]) -> str:
    counts = [(s, sum(finding.severity is s for finding in findings)) for s in Severity]
    said = ", ".join(f"{count} {severity}{'' if count == 1 else 's'}" for severity, count in counts)
    return (
        f"version {read.version}: {len(read.clauses)} clauses, {len(read.purposes)} purposes, "
        f"L01-L{len(lint.RULES):02d}: {said}"
    )


def _show_problems(invalid: PolicyInvalid) -> None:
    for problem in invalid.problems:
        say(f"{problem.file}:{problem.line}: {problem.key}: {problem.message}")
        say(f"    → {problem.remedy}")


def _load(path: Path) -> Policy:
    """Load for a command that needs a sound file: problems are shown before the error ends it."""
    try:
        return document.load(path)
    except PolicyInvalid as invalid:
        _show_problems(invalid)
        raise


@policy.command()
@click.argument("version", required=False)
@click.option("--versions", is_flag=True, help="List what has been published.")
@home
@_language("ja")
@as_json
def show(version: str | None, versions: bool, home: Path, language: str, as_json: bool) -> None:
    """Show the policy as people read it: the file's, or a published VERSION."""
    if versions:
        _show_versions(home, as_json)
        return
    read = _load(_find(version, home)) if version else _load(home / "policy.yaml")
    if as_json:
        parts = [asdict(part) for part in page.sections(read, language)]
        show_json({"version": read.version, "digest": read.digest, "sections": parts})
    else:
        click.echo(page.text(read, language), nl=False)


def _show_versions(home: Path, as_json: bool) -> None:
    rows = [
        {
            "version": one.version,
            "published_on": one.policy.published_on.isoformat(),
            "effective_from": one.policy.effective_from.isoformat(),
            "digest": one.digest,
            "text_digest": one.text_digest,
        }
        for one in publication.publications(home / "published")
    ]
    if as_json:
        show_json({"versions": rows})
        return
    for row in rows:
        click.echo(
            f"{row['version']}  published {row['published_on']}  "
            f"in force from {row['effective_from']}  {row['digest'][:16]}"
        )
    if not rows:
        say("nothing has been published yet")


def _find(version: str, home: Path) -> Path:
    """Return the file that a person means: a path, or a published version."""
    for path in (Path(version), home / "published" / f"{version}.yaml"):
        if path.is_file():
            return path
    raise NoSuchVersion(f"`{version}` is neither a file nor a published version")


@policy.command(name="diff")
@click.argument("before")
@click.argument("after")
@home
@_language("ja")
@as_json
def compare(before: str, after: str, home: Path, language: str, as_json: bool) -> None:
    """Say what changes for people from BEFORE to AFTER (files or published versions)."""
    found = comparing.compare(_load(_find(before, home)), _load(_find(after, home)))
    if as_json:
        show_json({**asdict(found), "need": found.need})
    else:
        _show_difference(found, Language(language), click.echo)


def _show_difference(
    found: comparing.Difference, language: Language, tell: Callable[[str], Any]
) -> None:
    needed = labels.word(found.need, language)
    count = len(found.changes)
    if language is Language.JA:
        tell(f"{found.before} → {found.after}: 変更 {count} 件。全体として: {needed}")
    else:
        changes = "1 change" if count == 1 else f"{count} changes"
        tell(f"{found.before} → {found.after}: {changes}; as a whole: {needed}")
    for change in found.changes:
        tell(
            f"- {change.words(language)}({change.asks(language)})"
            if language is Language.JA
            else f"- {change.words(language)} ({change.asks(language)})"
        )


@policy.command()
@click.option("--accept", is_flag=True, help="Notice or consent for the changes is arranged.")
@home
@_language("ja")
@as_json
def publish(accept: bool, home: Path, language: str, as_json: bool) -> None:
    """Publish the folder's policy: an immutable copy, an entry in the ledger; show what changes."""
    read = _load(home / "policy.yaml")
    folder = home / "published"
    earlier = [
        one
        for one in (publication.publications(folder) if folder.is_dir() else ())
        if one.version != read.version
    ]
    if earlier:
        found = comparing.compare(earlier[0].policy, read)
        _show_difference(found, Language(language), say)
    made = company().publish(accept=accept)
    if as_json:
        show_json(dict(made))
    else:
        click.echo(f"published {made['version']} ({made['digest']})")


@policy.command()
@click.argument("text_file", metavar="FILE", type=click.Path(path_type=Path))
@_policy_file
@home
@as_json
def trace(text_file: Path, file: Path | None, home: Path, as_json: bool) -> None:
    """Bind every sentence of a published text to promises; ends with 3 if one is unbound."""
    own = home / "policy.yaml"
    chosen = file or (own if own.is_file() else None)
    read = _load(chosen) if chosen is not None else None
    found = sentences.trace(_words(text_file), read)
    if not found.pieces:
        raise TextUnreadable(f"`{text_file}` holds no sentence: give the text that is published")
    if chosen is None:
        say(f"no policy.yaml in {home}: bound by the product's own words alone; see --policy")
    if as_json:
        show_json(
            {
                "pieces": [asdict(bound) for bound in found.pieces],
                "bound": len(found.pieces) - len(found.unbound),
                "unbound": len(found.unbound),
                "share": found.share,
                "silent_promises": found.silent,
                "unkept_promises": found.unkept,
                "clauses_left_out": found.left_out,
            }
        )
    else:
        _show_trace(found)
    sys.exit(_REFUSED if found.unbound else 0)


def _words(text_file: Path) -> str:
    try:
        return text_file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise TextUnreadable(f"`{text_file}` does not exist: name the text to trace") from None
    except IsADirectoryError:
        raise TextUnreadable(f"`{text_file}` is a folder: name a file in it") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise TextUnreadable(f"`{text_file}` cannot be read as UTF-8 text") from problem


def _show_trace(found: sentences.Trace) -> None:
    for bound in found.pieces:
        piece = bound.piece
        where = f"{piece.line:>4} {piece.kind:<10}"
        if bound.promises:
            click.echo(f"{where} {_some(bound.promises)}  {piece.mark}{piece.text}")
        else:
            click.secho(f"{where} UNBOUND  {piece.mark}{piece.text}", fg="red")
            if bound.suggestions:
                click.echo(f"{'':15} → perhaps {', '.join(bound.suggestions)}")
    total, open_ = len(found.pieces), len(found.unbound)
    # Rounded down: 100 % is said only when nothing is unbound.
    click.echo(f"{total - open_} of {total} pieces bound ({int(found.share * 1000) / 10} %)")
    if found.silent:
        click.echo(f"promises without a sentence here: {', '.join(found.silent)}")
    if found.left_out:
        click.echo(
            f"sentences of policy.yaml that this text leaves out: {', '.join(found.left_out)}"
        )
    if found.unkept:
        click.echo(
            "promised here, and not yet kept by this version, so people must keep them: "
            f"{', '.join(found.unkept)}"
        )


def _some(ids: tuple[str, ...], most: int = 4) -> str:
    return ", ".join(ids[:most]) + (f", … ({len(ids)})" if len(ids) > most else "")
