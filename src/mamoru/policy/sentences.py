"""Which promise does each published sentence make? A sentence nobody answers for is reported (P0.2).

A text is split into pieces that together are the text; each is bound by the digest of its
normalised words, either to a clause of `policy.yaml` or to a list of digests kept with the package.
"""

import hashlib
import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

from mamoru.policy import page, promises
from mamoru.policy.document import Policy
from mamoru.policy.terms import Language


class PieceKind(StrEnum):
    """What a piece of a published text is."""

    NAVIGATION = "navigation"
    TITLE = "title"
    HEADING = "heading"
    SENTENCE = "sentence"
    BULLET = "bullet"
    NOTE = "note"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a text: its leading mark (bullet, number) and its words."""

    kind: PieceKind
    line: int
    mark: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A piece and what it is bound to; `suggestions` only where nothing is."""

    piece: Piece
    promises: tuple[str, ...]
    clauses: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Every piece of a text with its promises."""

    pieces: tuple[Bound, ...]
    left_out: tuple[str, ...] = ()
    """The clauses of the policy that the text does not say; empty where another list binds it."""

    @property
    def unbound(self) -> tuple[Bound, ...]:
        """The pieces that no promise answers for."""
        return tuple(bound for bound in self.pieces if not bound.promises)

    @property
    def share(self) -> float:
        """The part of the pieces that is bound, 0 to 1; an empty text is wholly bound."""
        return 1 - len(self.unbound) / len(self.pieces) if self.pieces else 1.0

    @property
    def silent(self) -> tuple[str, ...]:
        """The promises to which no piece of the text is bound."""
        said = {promise for bound in self.pieces for promise in bound.promises}
        return tuple(promise for promise in promises.PROMISES if promise not in said)

    @property
    def unkept(self) -> tuple[str, ...]:
        """The promises that the text makes and that this version is not shown to keep."""
        said = {promise for bound in self.pieces for promise in bound.promises}
        return _ordered(said & promises.UNKEPT)


_BULLET = re.compile(
    r"[•・●○◦■□◆◇▪▶►‣⁃*]\s*|[-‐–]\s+|[①-⑳]\s*|[(（](?:[0-9０-９]{1,2}|[ア-ンa-z])[)）]\s*"
)
_NOTE = re.compile(r"[※＊]\s*(?:[0-9０-９]+\s*)?")
_NUMBER = re.compile(
    r"(?:第?[0-9０-９]{1,2}(?:条|章)?[.．、)）]?|[0-9]{1,2}(?:\.[0-9]{1,2})+\.?)\s+"
)
_CRUMB = re.compile(r"(?:[0-9]{1,2}[.．]\s*|[>›»/]\s*)")
_HOME = {"トップ", "ホーム", "home", "top", "トップページ"}
_DATED = re.compile(
    r"(?:[0-9]{4}年|(?:令和|平成|昭和)[0-9元]{1,2}年)[0-9]{1,2}月[0-9]{1,2}日\s*(?:制定|改正|改定|改訂|施行)?"
    r"|(?:Established|Revised|Effective)\s+[0-9]{1,2} [A-Z][a-z]+ [0-9]{4}"
)
_LONGEST_HEADING = 60
_LONGEST_SIGNATURE = 60
_OPENING, _CLOSING = "（(「『【［[", "）)」』】］]"
_STOPS = "。！？!?"
_ENGLISH_STOP = re.compile(r"(?<=[.!?])\s+(?=[A-Z(\"])")
_ABBREVIATION = re.compile(r"(?:\b[A-Z]\.|\b(?:No|Art|Co|Ltd|Inc|Pte|e\.g|i\.e|Mr|Ms|K\.K)\.)$")


def split(text: str) -> tuple[Piece, ...]:
    """Return the pieces of a text, in order; joined, they are the text but for white space."""
    lines = [(at, line.strip()) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    kinds = _line_kinds([line for _, line in lines])
    pieces: list[Piece] = []
    for (at, line), kind in zip(lines, kinds, strict=True):
        mark = _mark(line, kind)
        pieces.extend(
            Piece(kind=kind, line=at, mark=mark if first else "", text=words)
            for first, words in _numbered(_sentences(line[len(mark) :], kind))
        )
    return tuple(pieces)


def _numbered(words: Iterable[str]) -> Iterator[tuple[bool, str]]:
    for at, sentence in enumerate(words):
        yield at == 0, sentence


def _line_kinds(lines: list[str]) -> list[PieceKind]:
    kinds: list[PieceKind] = []
    in_crumbs = in_signature = False
    for at, line in enumerate(lines):
        crumb = _CRUMB.match(line)
        words = line[crumb.end() :] if crumb else line
        in_crumbs = at < 5 and (words.lower() in _HOME or (in_crumbs and crumb is not None))  # noqa: PLR2004 - the head of a page
        dated = _DATED.fullmatch(line) is not None
        in_signature = dated or (
            in_signature
            and len(line) <= _LONGEST_SIGNATURE
            and _mark_of(line)[0] is None
            and _NUMBER.match(line) is None
            and not _ends(line)
            and _signs(line)
        )
        if in_crumbs:
            kinds.append(PieceKind.NAVIGATION)
        elif in_signature:
            kinds.append(PieceKind.SIGNATURE)
        elif (found := _mark_of(line)[0]) is not None:
            kinds.append(found)
        elif len(line) <= _LONGEST_HEADING and not _ends(line):
            first = not any(kind is not PieceKind.NAVIGATION for kind in kinds)
            kinds.append(PieceKind.TITLE if first else PieceKind.HEADING)
        else:
            kinds.append(PieceKind.SENTENCE)
    return kinds


_SIGNERS = re.compile(
    r"株式会社|有限会社|合同会社|法人|代表|取締役|社長|K\.K\.|Co\.|Ltd|Inc|Director|President"
)


def _signs(line: str) -> bool:
    return _SIGNERS.search(line) is not None


def _ends(line: str) -> bool:
    return line.rstrip(_CLOSING)[-1:] in {*_STOPS, "."}


def _mark_of(line: str) -> tuple[PieceKind | None, str]:
    for kind, pattern in ((PieceKind.NOTE, _NOTE), (PieceKind.BULLET, _BULLET)):
        found = pattern.match(line)
        if found is not None and found.end() < len(line):
            return kind, found[0]
    return None, ""


def _mark(line: str, kind: PieceKind) -> str:
    if kind in {PieceKind.NOTE, PieceKind.BULLET}:
        return _mark_of(line)[1]
    if kind is PieceKind.NAVIGATION:
        pattern = _CRUMB
    elif kind in {PieceKind.HEADING, PieceKind.TITLE}:
        pattern = _NUMBER
    else:
        return ""
    found = pattern.match(line)
    return found[0] if found is not None and found.end() < len(line) else ""


def _sentences(line: str, kind: PieceKind) -> list[str]:
    if kind in {PieceKind.HEADING, PieceKind.TITLE, PieceKind.NAVIGATION, PieceKind.SIGNATURE}:
        return [line]
    found: list[str] = []
    start = depth = 0
    for at, character in enumerate(line):
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth = max(0, depth - 1)
        following = line[at + 1 : at + 2]
        ends = character in "。！？" and depth == 0 and following not in {*_STOPS, *_CLOSING}
        if ends and line[start : at + 1].strip():
            found.append(line[start : at + 1])
            start = at + 1
    if line[start:].strip():
        found.append(line[start:])
    return [part.strip() for words in found for part in _english(words)]


def _english(words: str) -> list[str]:
    """Split where the text is English; abbreviations and initials do not end a sentence."""
    parts = _ENGLISH_STOP.split(words)
    joined: list[str] = []
    for part in parts:
        open_bracket = joined and joined[-1].count("(") > joined[-1].count(")")
        if joined and (_ABBREVIATION.search(joined[-1]) or open_bracket):
            joined[-1] = f"{joined[-1]} {part}"
        else:
            joined.append(part)
    return joined


_BLANKS = re.compile(r"\s+")
_BLANK_BY_JAPANESE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")


def normalise(words: str) -> str:
    """Return words in NFKC with single blanks, none beside Japanese characters.

    Invisible characters stay: a text that holds them is not the text that was agreed.
    """
    plain = _BLANKS.sub(" ", unicodedata.normalize("NFKC", words)).strip()
    return _BLANK_BY_JAPANESE.sub("", plain)


def digest(words: str) -> str:
    """Return the SHA-256 (hex) of the normalised words."""
    return hashlib.sha256(normalise(words).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Binding:
    """What a digest is bound to."""

    promises: tuple[str, ...]
    clauses: tuple[str, ...] = ()


def bindings_of(policy: Policy) -> Mapping[str, Binding]:
    """Return the digests of every line that the policy shows, in both languages."""
    promised: dict[str, dict[str, None]] = defaultdict(dict)
    clauses: dict[str, dict[str, None]] = defaultdict(dict)
    for language in Language:
        for line in page.bound_lines(policy, language):
            number = _NUMBER.match(line.text)
            words = line.text[number.end() :] if number and not line.clause else line.text
            parts = _sentences(words, PieceKind.SENTENCE) if line.clause else [words]
            for part in parts:
                promised[digest(part)].update(dict.fromkeys(line.promises))
                clauses[digest(part)].update(dict.fromkeys([line.clause] if line.clause else []))
    return MappingProxyType(
        {key: Binding(_ordered(promised[key]), tuple(clauses[key])) for key in promised}
    )


@lru_cache(maxsize=1)
def packaged_bindings() -> Mapping[str, Binding]:
    """Return the bindings kept with the package: digests and promise ids, no sentences."""
    found: dict[str, Binding] = {}
    for file in sorted(
        resources.files("mamoru.policy").joinpath("bindings").iterdir(), key=lambda file: file.name
    ):
        if file.name.endswith(".toml"):
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            for row in table["unit"]:
                found[row["digest"]] = Binding(tuple(row["promises"]))
    return MappingProxyType(found)


def trace(text: str, policy: Policy | None = None) -> Trace:
    """Bind every piece of a published text to promises.

    In: the text, and the policy whose clauses may bind it, beside the packaged bindings.
    Out: each piece with its promises, or with suggestions where it is bound to none. A text is
    one company's: it is bound by what binds most of it, so that a sentence of somebody else's
    policy in it is bound to nothing.
    """
    pieces = split(text)
    own = _bound(pieces, bindings_of(policy)) if policy is not None else None
    packaged = _bound(pieces, packaged_bindings())
    if policy is None or own is None or len(packaged.unbound) < len(own.unbound):
        return packaged
    return replace(own, left_out=_left_out(pieces, policy))


def _left_out(pieces: Iterable[Piece], policy: Policy) -> tuple[str, ...]:
    """The clauses of which the text lacks words, in the language in which it lacks the fewest."""
    there = {digest(words) for each in pieces for words in (each.text, f"{each.mark}{each.text}")}
    return min(
        (
            tuple(
                line.clause
                for line in page.bound_lines(policy, language)
                if line.clause
                and any(digest(p) not in there for p in _sentences(line.text, PieceKind.SENTENCE))
            )
            for language in Language
        ),
        key=len,
    )


def _bound(pieces: Iterable[Piece], source: Mapping[str, Binding]) -> Trace:
    return Trace(pieces=tuple(_bind(piece, source) for piece in pieces))


def _bind(piece: Piece, source: Mapping[str, Binding]) -> Bound:
    for words in (piece.text, f"{piece.mark}{piece.text}"):
        found = source.get(digest(words))
        if found is not None:
            return Bound(piece=piece, promises=found.promises, clauses=found.clauses)
    return Bound(piece=piece, promises=(), suggestions=suggest(piece.text))


def suggest(words: str, *, most: int = 3) -> tuple[str, ...]:
    """Return the promises whose key terms the words hold, the likeliest first."""
    plain = normalise(words)
    scores = {
        promise.id: sum(len(term) ** 2 for term in promise.terms if term in plain)
        for promise in promises.PROMISES.values()
    }
    likely = sorted((one for one in scores if scores[one]), key=lambda one: -scores[one])
    return tuple(likely[:most])


def _ordered(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(ids, key=promises.order))
