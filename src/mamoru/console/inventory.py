"""The data map at the desk: what lies where, as a picture, and whether it is still true (P0.1)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import get_language, gettext

from mamoru.cases import execute
from mamoru.datamap import picture, register
from mamoru.datamap.inventory import DataMap

State = tuple[str, str, str]
"""State (ok, problem), detail and remedy of one store."""
Look = Callable[[DataMap], list[tuple[str, State]]]

_look: list[Look] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreLine:
    """A store and how it stands against the map."""

    title: str
    name: str
    state: str
    word: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPage:
    """What the page shows."""

    picture: str
    lines: tuple[StoreLine, ...]
    heads: tuple[str, ...]
    rows: tuple[
        tuple[tuple[str, str], ...], ...
    ]  # head and cell: on a phone each stands by its head


def install(look: Look) -> None:
    """Hand over how the live stores are looked at; the wiring does, once."""
    _look[:] = [look]


def page() -> MapPage:
    """Return the page in the reader's language; every store is asked for its shape now."""
    language = "en" if (get_language() or "ja").startswith("en") else "ja"
    datamap = execute.hands().datamap
    states = dict(_look[0](datamap)) if _look else {}
    words = {"ok": gettext("台帳のとおり"), "problem": gettext("台帳と異なる、又は届かない")}
    unseen = ("problem", gettext("まだ確かめていません"), "")
    heads = register.heads(language)
    lines = []
    for store in datamap.stores:
        state, detail, remedy = states.get(store.name, unseen)
        lines.append(
            StoreLine(
                title=register.word(store.title, language),
                name=store.name,
                state=state,
                word=words.get(state, state),
                detail=detail,
                remedy=remedy,
            )
        )
    return MapPage(
        picture=picture.picture(datamap, language),
        lines=tuple(lines),
        heads=heads,
        rows=tuple(tuple(zip(heads, row, strict=True)) for row in register.rows(datamap, language)),
    )
