"""Session data is sealed before it reaches the database: a half-filled form names its writer."""

import base64
import json
from typing import Any

from django.conf import settings

from mamoru.kit import seal


class SealedSerializer:
    """JSON under AES-GCM, in the shape that Django's sessions ask for."""

    def dumps(self, obj: Any) -> bytes:
        """Return `obj` as sealed bytes."""
        plain = json.dumps(obj, separators=(",", ":")).encode()
        return base64.b85encode(_key().seal(plain, context="session"))

    def loads(self, data: bytes) -> Any:
        """Return what was sealed; SealBroken under another key."""
        return json.loads(_key().open(base64.b85decode(data), context="session"))


def _key() -> seal.DataKey:
    return seal.DataKey(seal.MasterKey(settings.SECRET_KEY.encode()).derive("session"))
