"""What is decided, sent back, lifted and done by hand (P3.12 to P3.17)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mamoru.cases.terms import Judgement, RefusalGround
from mamoru.console.forms.fields import Form, Label, line, note

Choices = Iterable[tuple[str, Label]]


class _Unchosen(forms.RadioSelect):
    """Radio buttons of which none is chosen beforehand, also where one of them says nothing."""

    def format_value(self, value: object) -> list[str]:
        """Return what is chosen: nothing where nothing was."""
        return [] if value is None else [str(value)]


class DecideForm(Form):
    """One decision: to meet the demand (no ground), or a ground that the law allows."""

    ground = forms.ChoiceField(label=_("判断"), required=False, widget=_Unchosen)
    law = line(_("法令の名前と条"), needed_when=_("他の法令によるお断りのときは必須"))
    reason = note(_("理由の説明"), needed_when=_("お断りのときは必須"))

    def __init__(
        self,
        choices: Choices,
        data: object = None,
        *,
        position: int,
        explains: bool = True,
    ) -> None:
        """Offer the grounds that are allowed for this kind, and ask for what they need.

        Where nothing can be refused there is nothing to be explained, but for what `explains`.
        """
        super().__init__(data, auto_id=f"demand-{position}-%s")
        ground = self.fields["ground"]
        assert isinstance(ground, forms.ChoiceField)  # noqa: S101 - declared above
        ground.choices = list(choices)
        offered = {code for code, _ in choices}
        if RefusalGround.OTHER_LAW not in offered:
            del self.fields["law"]
        if offered == {""} and not explains:
            del self.fields["reason"]

    def clean_ground(self) -> str:
        """Refuse a form in which nothing was chosen: granting is said, never assumed."""
        if "ground" not in self.data:
            raise forms.ValidationError(_("判断を選んでください。"))
        return str(self.cleaned_data["ground"])

    def clean(self) -> dict[str, Any]:
        """Name the field that a judged ground still needs (Act 36)."""
        given = super().clean()
        ground = given.get("ground")
        if ground and not given.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("お断りする理由を、請求者に伝わる言葉で記入してください。"))
        other = ground == RefusalGround.OTHER_LAW
        if other and not given.get("law") and "law" not in self.errors:
            self.add_error("law", _("根拠となる法令の名前と条を記入してください。"))
        return given

    def judgement(self) -> Judgement:
        """Return the judgement of a valid form."""
        given = self.cleaned_data
        return Judgement(
            ground=RefusalGround(given["ground"]) if given["ground"] else None,
            reason=given.get("reason", ""),
            law=given.get("law", ""),
        )


class ReturnForm(Form):
    """Why the second person does not agree."""

    reason = note(_("差し戻す理由"), required=True)


class LiftingForm(Form):
    """Why a suspension or stop is to be lifted."""

    reason = note(_("停止を解く理由（本人の申し出、原因の解消など）"), required=True)


class CarriedOutForm(Form):
    """What was done by hand, and where."""

    note = note(_("どこで何をしたか"), required=True)
