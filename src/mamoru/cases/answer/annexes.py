"""What was read and what was erased, table by table in the words of the map (P3.3, P3.4, P3.6)."""

from mamoru.cases import store
from mamoru.cases.answer import printing
from mamoru.cases.answer.sources import Sources
from mamoru.cases.store import effects as kept
from mamoru.cases.terms import (
    PROVISION_RECORDS,
    Case,
    DemandState,
)
from mamoru.datamap.inventory import Table
from mamoru.datamap.spoken import spoken, spoken_day
from mamoru.documents.terms import (
    AnnexTable,
    Changed,
    Purpose,
)

_PROVISION_COLUMNS = {
    "ja": ("提供年月日", "根拠", "提供先の氏名又は名称", "提供先の住所", "代表者", "提供した項目"),
    "en": ("Date", "Basis", "Recipient", "Address", "Representative", "Items"),
}
_PROVISION_TITLE = {"ja": "第三者提供記録", "en": "Records of provision to third parties"}
_PROVISION_SOURCE = {"ja": "第三者提供記録簿", "en": "Register of provisions"}

_BASIS = {
    "ja": {
        "consent": "本人の同意（法第27条第1項）",
        "foreign-consent": "本人の同意（法第28条第1項）",
    },
    "en": {"consent": "consent (Act 27(1))", "foreign-consent": "consent (Act 28(1))"},
}
_EMPTY = "—"


def tables(case: Case, sources: Sources, state: DemandState) -> tuple[AnnexTable, ...]:
    """Return what was read of the person, one table after the other, in the words of the map."""
    language = case.filing.language
    result = []
    for done in store.receipts(state.id):
        location = f"{done.store}/{done.table}"
        if done.table == PROVISION_RECORDS:
            if done.rows and not sources.hidden:
                result.append(_provision_table(state, language))
            continue
        if not done.rows:
            continue
        table = sources.datamap.table(done.store, done.table)
        if any(
            column.personal and column.name in store.values(state.id, location)[0]
            for column in table.columns
            if not sources.hides(location, column.name)
        ):
            result.append(_annex(sources, state, table, location, language))
    return tuple(result)


def changed(sources: Sources, state: DemandState, language: str) -> tuple[Changed, ...]:
    """Return what an erasure did, place by place, in the words of the map."""
    result = []
    for each in kept.effects(state.id):
        if each.wave or not (each.erased or each.written or each.held):
            continue
        table = sources.datamap.table(each.store, each.table)
        if all(sources.hides(each.ref, column.name) for column in table.columns if column.personal):
            continue
        laws = {hold.code: hold.law for hold in table.holds}
        result.append(
            Changed(
                title=table.title.en if language == "en" else table.title.ja,
                source=_store_title(sources, each.store, language),
                erased=each.erased,
                emptied=each.written,
                held=each.held,
                laws=tuple(
                    laws[code].en if language == "en" else laws[code].ja
                    for code in each.holds
                    if code in laws
                ),
                until=each.release_on,
                level=each.level,
                backups_until=each.backups_until,
            )
        )
    return tuple(result)


def _annex(
    sources: Sources, state: DemandState, table: Table, location: str, language: str
) -> AnnexTable:
    rows = store.values(state.id, location)
    titles = {
        column.name: column.title.en if language == "en" else column.title.ja
        for column in table.columns
    }
    names = tuple(name for name in rows[0] if not sources.hides(location, name))
    return AnnexTable(
        title=table.title.en if language == "en" else table.title.ja,
        source=_store_title(sources, location.partition("/")[0], language),
        columns=tuple(titles[name] for name in names),
        rows=tuple(
            tuple(
                printing.printable(spoken(table, name, row[name], language)) or _EMPTY
                for name in names
            )
            for row in rows
        ),
        purposes=_purposes_of(sources, table.purposes, language),
    )


def _provision_table(state: DemandState, language: str) -> AnnexTable:
    tongue = "en" if language == "en" else "ja"
    rows = store.values(state.id, PROVISION_RECORDS)
    return AnnexTable(
        title=_PROVISION_TITLE[tongue],
        source=_PROVISION_SOURCE[tongue],
        columns=_PROVISION_COLUMNS[tongue],
        rows=tuple(
            tuple(_provided(name, _text(value), tongue) for name, value in row.items())
            for row in rows
        ),
    )


def _provided(name: str, text: str, tongue: str) -> str:
    """Return a cell of a record of provision in words: its basis, its day, its items."""
    if name == "basis":
        return _BASIS[tongue].get(text, text)
    return spoken_day(text, tongue) if name == "provided_on" else text


def _store_title(sources: Sources, name: str, language: str) -> str:
    title = next(each.title for each in sources.datamap.stores if each.name == name)
    return title.en if language == "en" else title.ja


def _purposes_of(sources: Sources, codes: tuple[str, ...], language: str) -> tuple[Purpose, ...]:
    stated = {each.id: each.title for each in sources.policy.purposes}
    return tuple(
        Purpose(code=code, text=stated[code].in_(language)) for code in codes if code in stated
    )


def _text(value: object) -> str:
    """Return a cell as people read it; an empty cell is empty text."""
    return "" if value is None else str(value)
