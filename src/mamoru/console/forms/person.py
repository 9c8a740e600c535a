"""Who the person is, and whom a flag protects (P3.10, P3.14)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mamoru.cases.terms import Subject
from mamoru.consents.terms import ProtectionGround, SafeContact
from mamoru.console import labels
from mamoru.console.forms.fields import Day, Form, line, note


class IdentifyForm(Form):
    """Which records are the person: some of those found, or expressly none."""

    subjects = forms.CharField(required=False)  # read as a list below
    none = forms.BooleanField(label=_("この人の記録は見つからない"), required=False)

    def clean(self) -> dict[str, object]:
        """Refuse an empty choice and a contradictory one: nothing held is said in words."""
        given = super().clean() or {}
        chosen = self._chosen()
        if not chosen and not given.get("none"):
            raise forms.ValidationError(
                _(
                    "記録を選んでください。どれも違うときは「この人の記録は見つからない」を選んでください。"
                )
            )
        if chosen and given.get("none"):
            raise forms.ValidationError(_("記録と「見つからない」の両方が選ばれています。"))
        if any(each.count("/") < _PARTS - 1 for each in chosen):
            raise forms.ValidationError(
                _("記録の指定が正しくありません。もう一度検索してください。")
            )
        return given

    def chosen(self) -> tuple[Subject, ...]:
        """Return the records of a valid form."""
        return self.ticked()

    def ticked(self) -> tuple[Subject, ...]:
        """Return the records that are ticked, also where the form came back."""
        parted = (each.split("/", _PARTS - 1) for each in self._chosen())
        return tuple(
            Subject(store=each[0], table=each[1], key=each[2])
            for each in parted
            if len(each) == _PARTS
        )

    def _chosen(self) -> list[str]:
        data = self.data
        return list(data.getlist("subjects")) if hasattr(data, "getlist") else []


_PARTS = 3


class VerifyForm(Form):
    """The confirmation; a note where the papers agree only in part."""

    note = note(_("一致しないところがあっても足りると判断した理由"))


class ProtectionForm(Form):
    """What a protective flag rests on, and where its person can be written to without danger."""

    basis = forms.ChoiceField(
        label=_("根拠"),
        widget=forms.RadioSelect,
        choices=[(each, labels.PROTECTION_GROUNDS[each]) for each in ProtectionGround],
        error_messages={"required": _("根拠を選んでください。")},
    )
    paper = line(_("書類の名前・番号・日付（ある場合）"))
    renew_by = Day(_("更新の確認日（支援措置の期間の終わり。1年以内）"), required=True)
    contact_name = line(_("安全な連絡先の宛名"), needed_when=_("連絡先を登録するときは必須"))
    contact_postal_code = line(_("安全な連絡先の郵便番号"), length=20)
    contact_address = line(_("安全な連絡先の住所"), needed_when=_("郵便で送るときは必須"))
    contact_building = line(_("安全な連絡先の建物名・部屋番号"))
    contact_email = line(_("安全な連絡先のメールアドレス"))

    def clean(self) -> dict[str, Any]:
        """Ask for the name of a contact."""
        given = super().clean()
        rest = [given.get(name) for name in _CONTACT if name != "contact_name"]
        if any(rest) and not given.get("contact_name"):
            self.add_error("contact_name", _("宛名を記入してください。"))
        return given

    def ground(self) -> ProtectionGround:
        """Return what the flag rests on."""
        return ProtectionGround(self.cleaned_data["basis"])

    def contact(self) -> SafeContact | None:
        """Return the safe contact; None where nothing of one was typed."""
        given = {name.removeprefix("contact_"): str(self.cleaned_data[name]) for name in _CONTACT}
        return SafeContact(**given) if any(given.values()) else None


_CONTACT = (
    "contact_name",
    "contact_postal_code",
    "contact_address",
    "contact_building",
    "contact_email",
)


class UnprotectForm(Form):
    """Why a flag is to be lifted, and which."""

    reason = note(_("解除する理由（本人に直接確かめた内容）"), required=True)
    reference = forms.CharField(max_length=80, widget=forms.HiddenInput)
