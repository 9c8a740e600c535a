"""The signed head: a C2SP checkpoint in a C2SP signed note (Ed25519). Pure but for key files.

A key's name is the ledger's origin, so a head of another ledger never passes for ours.
"""

import base64
import binascii
import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mamoru.kit.errors import MamoruError
from mamoru.ledger import tree

_ED25519 = b"\x01"
_KEY_ID = 4
_SIGNATURE = 64
_SECRET = "PRIVATE+KEY+"  # noqa: S105 the C2SP prefix, not a secret
_MAX_NOTE = 16_384
_MAX_SIGNATURES = 16
_ORIGIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:/[a-z0-9][a-z0-9._-]*)*", re.ASCII)
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_LINES = 3


class CheckpointRejected(MamoruError):
    """The signed head is not of this ledger or not in its form. Trust nothing under it."""

    code, exit_code = "ledger-checkpoint-rejected", 5


class LedgerKeyInvalid(MamoruError):
    """The ledger's key file is missing or is not a key. Restore it, or name the right file."""

    code, exit_code = "ledger-key-invalid", 2


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A ledger's head: whose, how long, which root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        root = base64.b64encode(self.root).decode("ascii")
        return f"{self.origin}\n{self.size}\n{root}\n"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What a verifier needs: the ledger's origin and its Ed25519 public key."""

    origin: str
    raw: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return _key_id(self.origin, self.raw)

    @property
    def text(self) -> str:
        """The C2SP verifier key: `origin+id+key`."""
        key = base64.b64encode(_ED25519 + self.raw).decode("ascii")
        return f"{self.origin}+{self.key_id.hex()}+{key}"


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """The ledger's private key; it never leaves its file and this process."""

    origin: str
    secret: bytes

    @property
    def public(self) -> PublicKey:
        """The key to hand to auditors."""
        return PublicKey(self.origin, _public(self.secret))

    def sign(self, size: int, root: bytes) -> str:
        """Return the signed note of a head."""
        text = Checkpoint(self.origin, size, root).text
        signature = _private(self.secret).sign(text.encode())
        sealed = base64.b64encode(self.public.key_id + signature).decode("ascii")
        return f"{text}\n— {self.origin} {sealed}\n"

    @property
    def text(self) -> str:
        """The C2SP signer key, as its file holds it."""
        key = base64.b64encode(_ED25519 + self.secret).decode("ascii")
        return f"{_SECRET}{self.origin}+{self.public.key_id.hex()}+{key}"


# Each entry checks one head and signs the next: a key is brought into its form once a process.


@lru_cache(maxsize=4)
def _private(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret)


@lru_cache(maxsize=4)
def _public(secret: bytes) -> bytes:
    return _private(secret).public_key().public_bytes_raw()


@lru_cache(maxsize=16)
def _opened(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


@lru_cache(maxsize=16)
def _key_id(origin: str, raw: bytes) -> bytes:
    named = origin.encode() + b"\n" + _ED25519 + raw
    return hashlib.sha256(named).digest()[:_KEY_ID]


def open_note(note: str, key: PublicKey) -> Checkpoint:
    """Return the head of a note signed by `key`; CheckpointRejected otherwise.

    Lines of other signers (witnesses) are allowed and not judged.
    """
    head, signatures = _parts(note)
    found = 0
    for name, sealed in signatures:
        if name != key.origin or sealed[:_KEY_ID] != key.key_id:
            continue
        try:
            _opened(key.raw).verify(sealed[_KEY_ID:], head.text.encode())
        except (InvalidSignature, ValueError) as problem:
            raise CheckpointRejected("the signature of the checkpoint is wrong") from problem
        found += 1
    if found != 1:
        raise CheckpointRejected("the checkpoint is not signed once by this key")
    if head.origin != key.origin:
        raise CheckpointRejected("the checkpoint is of another ledger")
    return head


def _parts(note: str) -> tuple[Checkpoint, tuple[tuple[str, bytes], ...]]:
    text, gap, tail = note.rpartition("\n\n")
    lines = text.split("\n")
    if not gap or len(note) > _MAX_NOTE or len(lines) != _LINES or not tail.endswith("\n"):
        raise CheckpointRejected("the checkpoint is not a signed note of three lines")
    origin, size, root = lines
    if not _ORIGIN.fullmatch(origin) or not _SIZE.fullmatch(size):
        raise CheckpointRejected("the checkpoint has no proper origin or size")
    raw = _base64(root)
    if len(raw) != tree.HASH_BYTES:
        raise CheckpointRejected("the checkpoint has no proper root hash")
    signatures = []
    for line in tail[:-1].split("\n"):
        mark, name, sealed = [*line.split(" "), "", ""][:3]
        if mark != "—" or not name or line != f"— {name} {sealed}":
            raise CheckpointRejected("the checkpoint has a line that is no signature")
        signatures.append((name, _base64(sealed)))
        if len(signatures[-1][1]) <= _KEY_ID or len(signatures) > _MAX_SIGNATURES:
            raise CheckpointRejected("the checkpoint has a line that is no signature")
    return Checkpoint(origin, int(size), raw), tuple(signatures)


def _base64(text: str) -> bytes:
    """Decode base64 in its one proper form: a changed spare bit is a changed file."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise CheckpointRejected("the checkpoint holds broken base64") from problem
    if base64.b64encode(raw).decode("ascii") != text:
        raise CheckpointRejected("the checkpoint holds base64 in an unusual form")
    return raw


def public_key(text: str) -> PublicKey:
    """Return the key of its C2SP text; LedgerKeyInvalid if it is not one."""
    origin, raw = _key(text.strip())
    return PublicKey(origin, raw)


def load_public_key(path: Path) -> PublicKey:
    """Read a public key file; LedgerKeyInvalid if it is missing or not a key."""
    return public_key(_read(path))


def load_signer(path: Path) -> Signer:
    """Read the private key file; LedgerKeyInvalid if it is missing or not a key."""
    text = _read(path).strip()
    if not text.startswith(_SECRET):
        raise LedgerKeyInvalid("the file does not hold a private ledger key")
    origin, secret = _key(text.removeprefix(_SECRET), private=True)
    return Signer(origin, secret)


def create_signer(path: Path, *, origin: str) -> Signer:
    """Write a new private key file, readable by its owner only; FileExistsError if there is one.

    `origin` is a host and path without scheme, such as `minato-link.example/ledger`.
    """
    if not _ORIGIN.fullmatch(origin):
        raise LedgerKeyInvalid("a ledger's origin is a host and a path in lower case")
    signer = Signer(origin, os.urandom(32))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, signer.text.encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    return signer


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise LedgerKeyInvalid(f"the key file `{path.name}` cannot be read") from problem


def _key(text: str, *, private: bool = False) -> tuple[str, bytes]:
    problem = LedgerKeyInvalid("the file does not hold a ledger key `origin+id+key`")
    parts = text.split("+", 2)
    if len(parts) != _LINES:
        raise problem
    origin, key_id, encoded = parts
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as broken:
        raise problem from broken
    if not _ORIGIN.fullmatch(origin) or raw[:1] != _ED25519 or len(raw) != 1 + tree.HASH_BYTES:
        raise problem
    public = Signer(origin, raw[1:]).public if private else PublicKey(origin, raw[1:])
    if public.key_id.hex() != key_id:
        raise LedgerKeyInvalid("the key does not fit its own id; the file was altered")
    return origin, raw[1:]
