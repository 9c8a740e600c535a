"""The papers that the people of the cast hand in (P3.10, P3.11, P3.22): made up, marked 見本.

They look like no real document: a title, the printed fields, a mark over the whole
sheet. They serve the demo and the tests, where a member of staff reads them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Literal

import pylopdf_fonts_jp
import typst

from mamoru.kit.calendar import era_year
from mamoru.site.sample.cast import HANAKO, MEGUMI, SAKIKO, SATO, TARO, YO, Someone

_PIXELS_PER_INCH = 110.0


class Kind(StrEnum):
    """The papers that can be made; the words are those of `cases.terms.ProofKind`."""

    DRIVING_LICENCE = "driving-licence"
    RESIDENT_RECORD = "resident-record"
    FAMILY_REGISTER = "family-register"
    POWER_OF_ATTORNEY = "power-of-attorney"
    LAWYER_IDENTIFICATION = "lawyer-identification"


_TITLES = {
    Kind.DRIVING_LICENCE: "運転免許証(見本)",
    Kind.RESIDENT_RECORD: "住民票の写し(見本)",
    Kind.FAMILY_REGISTER: "戸籍全部事項証明書(見本)",
    Kind.POWER_OF_ATTORNEY: "委任状(見本)",
    Kind.LAWYER_IDENTIFICATION: "弁護士身分証明書(見本)",
}
SCOPE = {
    "利用目的の通知の求め": "notice-of-purpose",
    "保有個人データの開示の請求": "disclosure",
    "第三者提供記録の開示の請求": "disclosure-of-provision-records",
}
"""What the 委任状 entrusts, as printed, with the word of `cases.terms.DemandKind`."""
_CARDS = frozenset({Kind.DRIVING_LICENCE, Kind.LAWYER_IDENTIFICATION})
_SEALS = {
    Kind.RESIDENT_RECORD: "市長印",
    Kind.FAMILY_REGISTER: "市長印",
    Kind.POWER_OF_ATTORNEY: "実印",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A sheet: what it is, an opening sentence if it has one, and its printed fields in order."""

    kind: Kind
    fields: Mapping[str, str]
    lead: str = ""
    made_on: date  # the document's date, so that equal papers are equal bytes


def render(paper: Paper, *, form: Literal["pdf", "png"] = "pdf") -> bytes:
    """Return the paper as a PDF or PNG. Equal papers give equal bytes."""
    content = {
        "title": _TITLES[paper.kind],
        "lead": paper.lead,
        "fields": list(paper.fields.items()),
        "card": paper.kind in _CARDS,
        "seal": paper.kind in _SEALS,
        "seal_text": _SEALS.get(paper.kind, ""),
        "made": [paper.made_on.year, paper.made_on.month, paper.made_on.day],
    }
    made = _compiler().compile(
        (resources.files(__package__) / "papers.typ").read_bytes(),
        format=form,
        ppi=_PIXELS_PER_INCH if form == "png" else None,
        sys_inputs={"paper": json.dumps(content, ensure_ascii=False)},
    )
    if not isinstance(made, bytes):
        raise TypeError("a paper is one page")
    return made


@cache
def _compiler() -> typst.Compiler:
    fonts = [str(pylopdf_fonts_jp.sans_path().parent)]
    return typst.Compiler(font_paths=fonts, ignore_system_fonts=True)


def driving_licence(person: Someone, *, today: date, address: str | None = None) -> Paper:
    """Return a licence that shows `address`, or else where the person lives."""
    shown = address or f"{person.home.address} {person.home.building}".strip()
    return Paper(
        kind=Kind.DRIVING_LICENCE,
        made_on=today,
        fields={
            "氏名": person.name,
            "生年月日": _long(person.birth),
            "住所": shown,
            "交付": _long(today - timedelta(days=400)),
            "有効期限": _long(today + timedelta(days=700)) + "まで有効",
            "番号": "第 000000000000 号",
            "免許の条件等": "眼鏡等",
        },
    )


def resident_record(person: Someone, *, today: date) -> Paper:
    """Return a 住民票: for who has moved, with the former address, as the chain needs it."""
    fields = {
        "氏名": person.name,
        "生年月日": _long(person.birth),
        "住所": f"{person.home.address} {person.home.building}".strip(),
    }
    if person.registered is not None:
        fields["前住所"] = person.registered.address
        fields["住所を定めた日"] = _long(today - timedelta(days=200))
    fields["個人番号"] = "省略"
    fields["交付日"] = _long(today - timedelta(days=10))
    return Paper(
        kind=Kind.RESIDENT_RECORD,
        made_on=today,
        lead="この写しは、世帯の一員について、住民票の原本と相違ないことを証明する体裁の見本です。",
        fields=fields,
    )


def family_register(child: Someone, parent: Someone, *, today: date) -> Paper:
    """Return a 戸籍 that shows who has parental authority over a minor."""
    return Paper(
        kind=Kind.FAMILY_REGISTER,
        made_on=today,
        fields={
            "戸籍に記録されている者": child.name,
            "生年月日": _long(child.birth),
            "親権者": parent.name,
            "交付日": _long(today - timedelta(days=10)),
        },
    )


def power_of_attorney(principal: Someone, agent: Someone, *, today: date) -> Paper:
    """Return a 委任状 for `SCOPE`, signed a week ago."""
    return Paper(
        kind=Kind.POWER_OF_ATTORNEY,
        made_on=today,
        lead=f"私は、{agent.name} を代理人と定め、みなとリンク株式会社に対する次の事項を委任します。",
        fields={
            "委任する事項": "、".join((*SCOPE, "回答の受領")),
            "委任の日": _long(today - timedelta(days=7)),
            "委任者 住所": f"{principal.home.address} {principal.home.building}".strip(),
            "委任者 氏名": principal.name,
            "受任者 住所": f"{agent.home.address} {agent.home.building}".strip(),
            "受任者 氏名": f"弁護士 {agent.name}",
        },
    )


def lawyer_identification(lawyer: Someone, *, today: date) -> Paper:
    """Return a lawyer's card."""
    return Paper(
        kind=Kind.LAWYER_IDENTIFICATION,
        made_on=today,
        fields={
            "氏名": lawyer.name,
            "登録番号": "第 00000 号",
            "所属": "架空弁護士会",
            "事務所": f"{lawyer.home.address} {lawyer.home.building}".strip(),
            "有効期限": _long(today + timedelta(days=500)) + "まで有効",
        },
    )


def as_read(paper: Paper) -> dict[str, str | tuple[str, ...]]:
    """Return what whoever reads the paper writes down at the desk: what is printed, nothing else."""
    read: dict[str, str | tuple[str, ...]] = {"genuine": "on"}
    for title, text in paper.fields.items():
        if title == "氏名":
            read["family_name"], read["given_name"] = text.split(" ")
        elif title == "委任する事項":
            printed = text.split("、")
            read["scope"] = tuple(kind for words, kind in SCOPE.items() if words in printed)
        elif (title, paper.kind) != ("生年月日", Kind.FAMILY_REGISTER) and title in _READ_AS:
            read[_READ_AS[title]] = text.removesuffix("まで有効").removeprefix("弁護士 ")
    return read


_READ_AS = {
    "生年月日": "birth_date",
    "住所": "address",
    "事務所": "address",
    "前住所": "former_address",
    "交付": "issued_on",
    "交付日": "issued_on",
    "委任の日": "issued_on",
    "有効期限": "expires_on",
    "委任者 氏名": "principal_name",
    "受任者 氏名": "agent_name",
    "戸籍に記録されている者": "principal_name",
    "親権者": "agent_name",
}


def for_demo(today: date) -> Mapping[str, Paper]:
    """Return the papers of the demo's stories by file name (without ending).

    悪田 has no paper of his own: he uses 花子's licence with a wrong address.
    """
    return {
        "taro-driving-licence": driving_licence(TARO, today=today),
        "taro-resident-record": resident_record(TARO, today=today),
        "taro-power-of-attorney": power_of_attorney(TARO, SATO, today=today),
        "sato-lawyer-identification": lawyer_identification(SATO, today=today),
        "sato-driving-licence": driving_licence(SATO, today=today),
        "hanako-driving-licence": driving_licence(HANAKO, today=today),
        "sakiko-driving-licence": driving_licence(SAKIKO, today=today),
        "megumi-driving-licence": driving_licence(MEGUMI, today=today),
        "yo-family-register": family_register(YO, MEGUMI, today=today),
    }


def _long(day: date) -> str:
    return f"{era_year(day)}{day.month}月{day.day}日"
