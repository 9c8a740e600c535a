"""The disclosed data beside the letter, for machines and spreadsheets (P3.24, Act 33(2)).

Both forms hold what the annex of the letter holds, and nothing more.
"""

import csv
import io
import json
import re
from typing import Any

from mamoru.documents.terms import Answer

_HEADS = {
    "ja": ("表", "保管場所", "記録", "項目", "内容"),
    "en": ("Table", "Kept in", "Record", "Item", "Content"),
}
_BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"-(\d+(\.\d+)?)?")


def as_json(answer: Answer) -> bytes:
    """Return the tables of every demand that was met; no bytes where nothing was disclosed."""
    tables: list[dict[str, Any]] = [
        {
            "demand": number,
            "kind": demand.kind,
            "title": table.title,
            "source": table.source,
            "purposes": [each.text for each in table.purposes],
            "columns": list(table.columns),
            "rows": [list(row) for row in table.rows],
        }
        for number, demand in enumerate(answer.demands, start=1)
        if demand.outcome == "fulfilled"
        for table in demand.tables
    ]
    if not tables:
        return b""
    document = {
        "reference": answer.reference,
        "dated_on": answer.dated_on.isoformat(),
        "language": answer.language,
        "tables": tables,
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def as_csv(made: bytes) -> bytes:
    """Return the same data as a sheet, a line for each value: UTF-8 with BOM, CRLF, no formula.

    Tables have different columns; one sheet that holds them all names the item in each line.
    """
    document = json.loads(made)
    sheet = io.StringIO(newline="")
    lines = csv.writer(sheet, lineterminator="\r\n")
    lines.writerow(_HEADS["en" if document["language"] == "en" else "ja"])
    for table in document["tables"]:
        for at, row in enumerate(table["rows"], start=1):
            for column, cell in zip(table["columns"], row, strict=True):
                told = (table["title"], table["source"], str(at), column, cell)
                lines.writerow(map(_plain, told))
    return (_BOM + sheet.getvalue()).encode()


def _plain(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; a negative number stays one."""
    formula = cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA)
    if formula and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
