"""台帳の一覧 (P0.1, GL 10-3(3)): the inventory as rows, one a column, for a sheet that people read."""

from collections.abc import Iterator, Mapping

from mamoru.datamap.inventory import (
    Authority,
    Column,
    DataMap,
    OnCorrection,
    OnErasure,
    OnSuspension,
    PersonPath,
    Store,
    Table,
    Title,
)

_HEADS: Mapping[str, tuple[str, ...]] = {
    "ja": (
        "保管場所", "保管場所の種類", "表", "表の名前", "項目", "列の名前", "分類", "型",
        "本人のたどり方", "利用目的", "保存期間", "法令上の保存", "開示", "訂正", "利用停止", "消去",
        "第三者の情報", "自由記述", "権限", "委託元", "契約", "バックアップの保存",
    ),
    "en": (
        "Store", "Kind of store", "Table", "Name of the table", "Item", "Name of the column",
        "Category", "Type", "How a person is found", "Purposes of use", "Retention", "Held by law",
        "Disclosed", "Correction", "Suspension", "Erasure", "About a third party", "Free text",
        "Authority", "Client", "Contract", "Backups kept",
    ),
}  # fmt: skip
ERASURE: Mapping[str, Mapping[OnErasure, str]] = {
    "ja": {
        OnErasure.DELETE_ROW: "記録を丸ごと削除する",
        OnErasure.CLEAR: "この項目だけ空欄にする",
        OnErasure.REPLACE: "この項目だけ決まった語に置き換える",
        OnErasure.KEEP: "消さずに残す",
    },
    "en": {
        OnErasure.DELETE_ROW: "the whole record is deleted",
        OnErasure.CLEAR: "emptied",
        OnErasure.REPLACE: "replaced by a fixed word",
        OnErasure.KEEP: "kept",
    },
}
_CORRECTION: Mapping[str, Mapping[OnCorrection, str]] = {
    "ja": {OnCorrection.REPLACE: "書き換える", OnCorrection.KEEP: "変えない"},
    "en": {OnCorrection.REPLACE: "rewritten", OnCorrection.KEEP: "not changed"},
}
_SUSPENSION: Mapping[str, Mapping[OnSuspension, str]] = {
    "ja": {OnSuspension.HIDE: "使わない", OnSuspension.KEEP: "法令上の利用を続ける"},
    "en": {OnSuspension.HIDE: "not used", OnSuspension.KEEP: "used where a law obliges"},
}
_AUTHORITY: Mapping[str, Mapping[Authority, str]] = {
    "ja": {Authority.OWN: "自社", Authority.ENTRUSTED: "受託"},
    "en": {Authority.OWN: "own", Authority.ENTRUSTED: "entrusted"},
}
_YES: Mapping[str, str] = {"ja": "○", "en": "yes"}


def heads(language: str) -> tuple[str, ...]:
    """Return the heads of the sheet, in `ja` or `en`."""
    return _HEADS[language]


def rows(datamap: DataMap, language: str) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the sheet in the order of the map; keys inside JSON have rows of their own."""
    for store in datamap.stores:
        for table in store.tables:
            for column in table.columns:
                yield _row(datamap, store, table, column, language)
                for key in column.json_keys:
                    inner = column.model_copy(
                        update={
                            "name": f"{column.name} {key.path}",
                            "title": key.title,
                            "category": key.category,
                            "fate": table.fate_of_key(column, key),
                        }
                    )
                    yield _row(datamap, store, table, inner, language)


def word(title: Title, language: str) -> str:
    """Return a title in a language."""
    return title.en if language == "en" else title.ja


def found_by(datamap: DataMap, store: Store, way: PersonPath, language: str) -> str:
    """Return in words how rows reach a person."""
    if way.through is not None:
        parent = word(store.table(way.through).title, language)
        return f"{parent} ({way.column})" if language == "en" else f"{parent}を経て({way.column})"
    kinds = {key.kind: word(key.title, language) for key in datamap.keys}
    return f"{kinds.get(way.kind or '', way.kind or '')} ({way.column})"


def _row(
    datamap: DataMap, store: Store, table: Table, column: Column, language: str
) -> tuple[str, ...]:
    fate = table.fate_of(column)
    yes = _YES[language]
    sep = "; " if language == "en" else "、"
    backups = "" if store.backups is None else store.backups.kept
    if store.backups is not None and store.backups.text is not None:
        backups = word(store.backups.text, language)
    return (
        word(store.title, language),
        store.kind.value,
        word(table.title, language),
        table.name,
        word(column.title, language),
        column.name,
        column.category,
        column.type.value,
        sep.join(found_by(datamap, store, way, language) for way in table.person),
        " ".join(table.purposes),
        sep.join(word(each.text, language) for each in table.retention),
        sep.join(f"{word(hold.law, language)} {hold.period or ''}".strip() for hold in table.holds),
        yes if column.disclose else "",
        _CORRECTION[language][fate.correction],
        _SUSPENSION[language][fate.suspension],
        ERASURE[language][fate.erasure],
        yes if column.about.value == "third-party" else "",
        yes if column.free_text else "",
        _AUTHORITY[language][table.authority],
        table.client or "",
        table.contract or "",
        backups,
    )
