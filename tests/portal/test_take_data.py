"""The disclosed data beside an electronic answer: CSV and JSON, to the requester alone (P3.24)."""

import csv
import io
import json
from dataclasses import replace

import pytest
from django.test import Client

from mamoru.cases import actions, store
from mamoru.cases.terms import DispatchKind
from mamoru.documents import data
from mamoru.documents.terms import AnnexTable, Answer
from mamoru.kit.ids import CaseId
from mamoru.site.sample import cast
from tests.console import scenes
from tests.documents.sample import ANSWER
from tests.portal import filling

pytestmark = pytest.mark.django_db
CSV, JSON = "/requests/case/answer/csv/", "/requests/case/answer/json/"


def answered(client: Client, method: str, dispatch: DispatchKind) -> CaseId:
    """花子 asks in this browser; staff answer."""
    filed = filling.file(client, {**filling.complete(), "answer_method": method})
    case = CaseId(filed.reference)
    filling.open_case(client, filed)
    scenes.read(case, scenes.with_licence(case, cast.HANAKO), cast.HANAKO)
    scenes.identified(case, cast.HANAKO)
    scenes.ready(scenes.decided(scenes.verified(case)))
    assert client.get(CSV).status_code == 302  # ready is not sent
    actions.open_letter(case, by=scenes.staff("desk"), now=scenes.now())
    actions.send_answer(
        case,
        dispatch=dispatch,
        tracking_number="" if dispatch is DispatchKind.DOWNLOAD else "123-45-67890-1",
        by=scenes.staff("desk"),
        now=scenes.now(),
    )
    return case


def sheet(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.promise("P3.3", "P3.24")
def test_the_requester_takes_the_data_of_the_annex_and_each_taking_is_noted(
    client: Client,
    client_of: object,
) -> None:
    case = answered(client, "electronic", DispatchKind.DOWNLOAD)

    page = filling.text(client.get("/requests/case/"))
    made = json.loads(client.get(JSON).content)
    taken = client.get(CSV)
    lines = sheet(taken.content)

    values = [cell for each in made["tables"] for row in each["rows"] for cell in row]
    receipts = store.receipts(store.case(case).demands[0].id)
    assert CSV in page
    assert JSON in page
    assert made["reference"] == case
    assert cast.HANAKO.phone in values
    assert {len(each["rows"]) for each in made["tables"]} == {
        each.rows for each in receipts if each.rows
    }
    assert len(lines) == len(values) + 1
    assert taken.content.startswith(b"\xef\xbb\xbf")
    assert taken.content.endswith(b"\r\n")
    assert taken["Content-Disposition"] == f'attachment; filename="data-{case}.csv"'
    assert "no-store" in taken["Cache-Control"]
    kinds = [entry.facts["form"] for entry in actions.trail(case) if "downloaded" in entry.kind]
    assert kinds == ["json", "csv"]


@pytest.mark.promise("P3.24")
def test_nobody_else_takes_it_nor_who_is_answered_on_paper(
    client: Client,
    client_of: object,
) -> None:
    answered(client, "paper", DispatchKind.SIMPLIFIED_REGISTERED_MAIL)

    assert CSV not in filling.text(client.get("/requests/case/"))
    assert client.get(JSON).headers["Location"] == "/requests/case/"
    assert Client().get(CSV).headers["Location"] == "/requests/status/"
    assert client.get("/requests/case/answer/xml/").status_code == 404


def of_cells(*cells: str) -> Answer:
    table = AnnexTable(
        title="備考", source="店舗", columns=("内容",), rows=tuple((each,) for each in cells)
    )
    return replace(ANSWER, demands=(replace(ANSWER.demands[0], tables=(table,)),))


@pytest.mark.parametrize("cell", ["=1+1", "+8190", "@SUM(A1)", "-cmd", "\tx", "＝1", " =1", "\n=1"])
def test_a_cell_is_never_a_formula_in_the_sheet(cell: str) -> None:
    made = data.as_json(of_cells(cell))

    assert sheet(data.as_csv(made))[1][-1] == f"'{cell}"
    assert json.loads(made)["tables"][0]["rows"] == [[cell]]


@pytest.mark.parametrize(
    "cell", ["-", "-5", "-1.5", "髙橋", "𠮷野 﨑子", "葛\U000e0100城", "一\n二"]
)
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert sheet(data.as_csv(data.as_json(of_cells(cell))))[1][-1] == cell


def test_where_nothing_was_disclosed_there_is_no_data() -> None:
    refused = replace(ANSWER.demands[0], outcome="refused")

    assert data.as_json(replace(ANSWER, demands=(refused,))) == b""
