"""What is read on papers, and which others are asked for (P3.10 to P3.12, P3.22)."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from mamoru.cases import actions
from mamoru.cases.terms import DemandKind, Finding, PersonalDetails, Proof, ProofKind, ProofOf
from mamoru.console.forms.fields import Day, Form, line, note
from mamoru.documents import asking, wording
from mamoru.kit.ids import StaffId

_PRINTED = _("必須（書類に記載があるとき）")
"""Never refused when empty: a paper in doubt, or one that shows no address, is recorded too."""


class FindingForm(Form):
    """What is read on one paper: as printed, never copied from the form."""

    family_name = line(_("姓"), needed_when=_PRINTED)
    given_name = line(_("名"), needed_when=_PRINTED)
    birth_date = line(_("生年月日（記載のとおり）"), length=40, needed_when=_PRINTED)
    postal_code = line(_("郵便番号"), length=20)
    address = line(_("住所（番地まで）"), needed_when=_PRINTED)
    building = line(_("建物名・部屋番号"))
    former_address = line(_("前の住所（記載がある場合）"))
    principal_name = line(_("本人（委任者）の氏名"), needed_when=_PRINTED)
    agent_name = line(_("代理人の氏名"), needed_when=_PRINTED)
    issued_on = Day(_("作成日・発行日"))
    expires_on = Day(_("有効期限"))
    scope = forms.MultipleChoiceField(
        label=_("委任の範囲（記載されている請求）"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    genuine = forms.ChoiceField(
        label=_("書類に不審な点はないか"),
        choices=[("on", _("不審な点はない")), ("off", _("疑義がある"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("どちらかを選んでください。")},
    )

    def __init__(self, proof: Proof, data: object = None, *, language: str = "ja") -> None:
        """Show only what a paper of this kind can state, with what was recorded before."""
        super().__init__(
            data,
            initial=_recorded(proof.finding),
            auto_id=f"paper-{proof.id}-%s",
        )
        self.proof = proof
        for name in set(self.fields) - _fields_of(proof):
            del self.fields[name]
        if "scope" in self.fields:
            scope = self.fields["scope"]
            assert isinstance(scope, forms.MultipleChoiceField)  # noqa: S101 - declared above
            scope.choices = [
                (kind, wording.said(wording.KINDS, kind, language)) for kind in DemandKind
            ]

    def finding(self, *, by: StaffId, at: datetime) -> Finding:
        """Return the finding of a valid form."""
        given = self.cleaned_data
        return Finding(
            by=by,
            at=at,
            details=PersonalDetails(
                **{name: given.get(name, "") for name in _DETAILS},
            ),
            former_address=given.get("former_address", ""),
            principal_name=given.get("principal_name", ""),
            agent_name=given.get("agent_name", ""),
            issued_on=given.get("issued_on"),
            expires_on=given.get("expires_on"),
            scope=tuple(DemandKind(each) for each in given.get("scope", ())),
            genuine=given["genuine"] == "on",
        )


_DETAILS = ("family_name", "given_name", "birth_date", "postal_code", "address", "building")
_AUTHORITY = frozenset({"principal_name", "agent_name", "issued_on", "genuine"})
_PERSON = frozenset({*_DETAILS, "former_address", "issued_on", "expires_on", "genuine"})


def _fields_of(proof: Proof) -> frozenset[str]:
    if proof.of is ProofOf.AUTHORITY:
        scoped = proof.kind is ProofKind.POWER_OF_ATTORNEY
        return _AUTHORITY | ({"scope"} if scoped else frozenset())
    return _PERSON


def _recorded(finding: Finding | None) -> dict[str, object]:
    if finding is None:
        return {}
    return {
        **{name: getattr(finding.details, name) for name in _DETAILS},
        "former_address": finding.former_address,
        "principal_name": finding.principal_name,
        "agent_name": finding.agent_name,
        "issued_on": finding.issued_on,
        "expires_on": finding.expires_on,
        "scope": list(finding.scope),
        "genuine": "on" if finding.genuine else "off",
    }


class SupplementForm(Form):
    """Which papers or answers are asked for."""

    defects = forms.MultipleChoiceField(
        label=_("お願いすること"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("お願いすることを1つ以上選んでください。")},
    )
    message = note(_("書き添える言葉"))

    def __init__(
        self, open_points: tuple[str, ...], data: object = None, *, language: str = "ja"
    ) -> None:
        """Offer the open points, already chosen, and everything else that can be asked for."""
        super().__init__(
            data,
            initial={"defects": list(open_points)},
            auto_id="supplement-%s",
        )
        codes = dict.fromkeys((*open_points, *asking.DEFECTS))
        defects = self.fields["defects"]
        assert isinstance(defects, forms.MultipleChoiceField)  # noqa: S101 - declared above
        within = actions.issued_within()
        defects.choices = [(code, asking.defect(code, language, within)) for code in codes]
