"""The font that pages fall back on for a name's rare characters: 𠮷 is no empty box (U16)."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

from mamoru.documents import fonts


class NameFont(BaseFinder):
    """Finds one file under `fonts/`: the sans of our letters, where its package keeps it.

    A copy in the repository was rejected: the package is pinned, and the two could differ.
    """

    def __init__(self, app_names: object = None, *args: Any, **kwargs: Any) -> None:
        """Look where the letters take it from."""
        file = fonts.sans()
        self._name = file.name
        self._storage = FileSystemStorage(location=file.parent)
        self._storage.prefix = "fonts"  # type: ignore[attr-defined]  # as Django's own finders do

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's own signature
        """Return the file for its address, nothing for any other."""
        if path != f"fonts/{self._name}":
            return []
        found = self._storage.path(self._name)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield the one file."""
        yield self._name, self._storage
