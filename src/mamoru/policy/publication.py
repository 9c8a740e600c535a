"""Published versions: each an immutable copy that stays readable (P0.2; Act 21, 32(1))."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

from mamoru.kit.errors import MamoruError
from mamoru.policy import diff, document, labels, lint, page
from mamoru.policy.document import Policy
from mamoru.policy.terms import Language


class PublicationRefused(MamoruError):
    """This version may not be published as it is. `.remedy` says what to do."""

    code: ClassVar[str] = "publication-refused"
    exit_code: ClassVar[int] = 3

    def __init__(self, reason: str, remedy: str) -> None:
        """Keep the remedy beside the reason."""
        super().__init__(f"{reason}; {remedy}")
        self.remedy = remedy


class AcceptanceNeeded(PublicationRefused):
    """The version changes something for which people must be told or asked. `.difference` says what."""

    code: ClassVar[str] = "acceptance-needed"

    def __init__(self, difference: diff.Difference) -> None:
        """Keep what has changed."""
        super().__init__(
            f"{len(difference.asking)} of the changes: {labels.word(difference.need, Language.EN)}",
            "arrange it, then publish again with --accept",
        )
        self.difference = difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A version as it was published."""

    policy: Policy
    digest: str
    text_digest: str
    path: Path

    @property
    def version(self) -> str:
        """The version's name, e.g. `2026-04-01`."""
        return self.policy.version


def publish(policy_path: Path, published: Path, *, accepted: bool = False) -> Publication:
    """Keep an immutable copy of `policy.yaml` in `published` under its version.

    Out: the publication; the one already there when the same policy is published again.
    Errors: PolicyInvalid for a broken file; PublicationRefused for a lint error, for another
    text under a version already published and for a date before the newest; AcceptanceNeeded
    when people must be told or asked (Act 18(1), 21(3)) and `accepted` is not given.
    """
    policy = document.load(policy_path)
    earlier = publications(published) if published.is_dir() else ()
    for publication in earlier:
        if publication.version == policy.version:
            if publication.digest == policy.digest:
                return publication
            raise PublicationRefused(
                f"version `{policy.version}` is already published with another text",
                "give the new text a new version",
            )
    faults = lint.errors(policy, today=policy.published_on)
    if faults:
        codes = ", ".join(dict.fromkeys(fault.code for fault in faults))
        raise PublicationRefused(
            f"the policy has lint errors: {codes}", "see `mamoru policy check` and correct them"
        )
    if earlier:
        _check_order(policy, earlier[0].policy)
        difference = diff.compare(earlier[0].policy, policy)
        if difference.asking and not accepted:
            raise AcceptanceNeeded(difference)
    return _keep(policy, policy_path.read_bytes(), published)


def publications(published: Path) -> tuple[Publication, ...]:
    """Return what has been published, newest first; empty when nothing has been.

    Errors: PolicyInvalid when a kept copy no longer reads, PublicationRefused when its name
    is not its version.
    """
    found = []
    for path in sorted(published.glob("*.yaml")):
        policy = document.load(path)
        if path.stem != policy.version:
            raise PublicationRefused(
                f"the published copy `{path.name}` holds version `{policy.version}`",
                "restore the copies from their backup",
            )
        found.append(_publication(policy, path))
    return tuple(sorted(found, key=lambda one: _age(one.policy), reverse=True))


def in_force(publications: Iterable[Publication], on: date) -> Publication | None:
    """Return the version that holds on a day: the newest whose effective date has come."""
    for publication in publications:
        if publication.policy.effective_from <= on:
            return publication
    return None


def _age(policy: Policy) -> tuple[date, date, str]:
    return policy.effective_from, policy.published_on, policy.version


def _check_order(policy: Policy, newest: Policy) -> None:
    if policy.published_on < newest.published_on or policy.effective_from < newest.effective_from:
        raise PublicationRefused(
            f"version `{policy.version}` is dated before the newest one, `{newest.version}`",
            "correct published_on and effective_from",
        )


def _publication(policy: Policy, path: Path) -> Publication:
    shown = page.text(policy, Language.JA).encode()
    return Publication(
        policy=policy,
        digest=policy.digest,
        text_digest=hashlib.sha256(shown).hexdigest(),
        path=path,
    )


def _keep(policy: Policy, raw: bytes, published: Path) -> Publication:
    """Write the copy whole or not at all; `os.link` never replaces a file that is there."""
    published.mkdir(parents=True, exist_ok=True)
    final = published / f"{policy.version}.yaml"
    handle, name = tempfile.mkstemp(dir=published, prefix=".publishing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o444)
        try:
            os.link(name, final)
        except FileExistsError as taken:
            raise PublicationRefused(
                f"version `{policy.version}` has just been published by someone else",
                "look at it with `mamoru policy show`",
            ) from taken
    finally:
        Path(name).unlink(missing_ok=True)
    return _publication(policy, final)
