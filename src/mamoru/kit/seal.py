"""Sealed storage: one data key per case, wrapped by the master key (AES-GCM, RFC 3394).

Destroying a wrapped key makes everything under it unreadable, in backups too.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from mamoru.kit.errors import MamoruError

_NONCE = 12
_KEY = 32


class SealBroken(MamoruError):
    """The sealed bytes do not open: wrong key, wrong place, or altered. Restore the key file."""

    code, exit_code = "seal-broken", 5


class KeyMissing(MamoruError):
    """There is no master key file where the settings point. Restore it from its backup."""

    code, exit_code = "key-missing", 2


@dataclass(frozen=True, slots=True)
class DataKey:
    """The opened key of one case; never stored as it is."""

    secret: bytes

    def seal(self, plain: bytes, *, context: str) -> bytes:
        """Return nonce + ciphertext bound to `context` (which case and which field it is)."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.secret).encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """Return the plain bytes; SealBroken if key, context or bytes are not the sealer's."""
        try:
            return AESGCM(self.secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
        except (InvalidTag, ValueError) as broken:  # ValueError: cut shorter than a nonce
            raise SealBroken(f"sealed data of `{context}` does not open") from broken


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The key from which all others hang. It lies in a file of its own, apart from the database."""

    secret: bytes

    def new_data_key(self) -> tuple[DataKey, bytes]:
        """Return a fresh data key and its wrapped form (40 bytes), which may be stored."""
        secret = os.urandom(_KEY)
        return DataKey(secret), aes_key_wrap(self.secret, secret)

    def unwrap(self, wrapped: bytes) -> DataKey:
        """Return the data key of its wrapped form; SealBroken under another master key."""
        try:
            return DataKey(aes_key_unwrap(self.secret, wrapped))
        except (InvalidUnwrap, ValueError) as broken:
            raise SealBroken("a wrapped key does not open under this master key") from broken

    def derive(self, label: str) -> bytes:
        """Return a 32-byte secret for one named use, so that no two uses share a key."""
        return _derived(self.secret, label)

    def data_key(self, label: str) -> DataKey:
        """Return a data key for one named use that is not a case's (sessions, workflow data)."""
        return DataKey(self.derive(label))

    def digest(self, label: str, text: str) -> str:
        """Return a keyed digest (64 hex digits) that only holders of the key can recompute."""
        return hmac.digest(self.derive(label), text.encode(), hashlib.sha256).hex()


@lru_cache(maxsize=64)
def _derived(secret: bytes, label: str) -> bytes:
    return hmac.digest(secret, b"mamoru/" + label.encode(), hashlib.sha256)


def create_master_key(path: Path) -> MasterKey:
    """Write a new key file, readable by its owner only; FileExistsError if there is one."""
    secret = os.urandom(_KEY)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, secret.hex().encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    return MasterKey(secret)


def load_master_key(path: Path) -> MasterKey:
    """Read the key file; KeyMissing if it is absent or is not 64 hex digits."""
    try:
        secret = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as problem:
        raise KeyMissing(f"the key file `{path.name}` is missing or is not a key") from problem
    if len(secret) != _KEY:
        raise KeyMissing(f"the key file `{path.name}` does not hold 64 hex digits")
    return MasterKey(secret)
