"""How letters leave, and what a person writes into them (P3.24). There is no field for a destination."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mamoru.cases import actions
from mamoru.cases.terms import AnswerMethod, DispatchKind, TellingWay
from mamoru.console import labels
from mamoru.console.forms.fields import TRACKED, Form, line
from mamoru.documents import wording
from mamoru.documents.blanks import Blank


class HandWrittenForm(Form):
    """Which characters without a glyph a person writes, by code point and place."""

    points = forms.MultipleChoiceField(
        label=_("手書きで補う文字"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("手書きで補う文字を選んでください。")},
    )

    def __init__(
        self, blanks: Iterable[Blank], data: object = None, *, language: str = "ja"
    ) -> None:
        """Offer the characters that the letter needs and no others."""
        super().__init__(data, auto_id="by-hand-%s")
        offered: dict[str, list[str]] = {}
        for each in blanks:
            offered.setdefault(each.code, []).append(str(labels.LETTER_PARTS[each.part]))
        points = self.fields["points"]
        assert isinstance(points, forms.MultipleChoiceField)  # noqa: S101 - declared above
        between, open_, close = ("、", "(", ")") if language == "ja" else (", ", " (", ")")
        points.choices = [
            (code, f"{code}{open_}{between.join(parts)}{close}") for code, parts in offered.items()
        ]

    def points_chosen(self) -> frozenset[int]:
        """Return the code points of a valid form."""
        return frozenset(int(each.removeprefix("U+"), 16) for each in self.cleaned_data["points"])


class SendForm(Form):
    """How the answer left. There is no field for a destination."""

    dispatch = forms.ChoiceField(
        label=_("送り方"),
        widget=forms.RadioSelect,
        error_messages={"required": _("送り方を選んでください。")},
    )
    tracking_number = line(
        _("追跡番号（引受番号）"), length=TRACKED, needed_when=_("郵送のときは必須")
    )

    def __init__(self, method: AnswerMethod, data: object = None, *, language: str = "ja") -> None:
        """Offer the ways that the person chose."""
        super().__init__(data, auto_id="send-%s")
        offered = [
            kind
            for kind in DispatchKind
            if (kind is DispatchKind.DOWNLOAD) == (method is AnswerMethod.ELECTRONIC)
        ]
        dispatch = self.fields["dispatch"]
        assert isinstance(dispatch, forms.ChoiceField)  # noqa: S101 - declared above
        dispatch.choices = [
            (kind, wording.said(wording.DISPATCH, kind, language)) for kind in offered
        ]
        if len(offered) == 1:
            self.initial["dispatch"] = offered[0]
            del self.fields["tracking_number"]

    def clean(self) -> dict[str, object]:
        """A letter sent by registered mail has a number (P3.24)."""
        given = super().clean() or {}
        number = str(given.get("tracking_number") or "")
        if "tracking_number" in self.fields and not number:
            self.add_error("tracking_number", _("郵便物の追跡番号を記入してください。"))
        elif (
            given.get("dispatch")
            and actions.tracked_number(DispatchKind(str(given["dispatch"])), number) is None
        ):
            self.add_error(
                "tracking_number",
                _(
                    "追跡番号は受領証のとおりに記入してください（11～13桁の数字）。例：123-45-67890-1"
                ),
            )
        return given


class ToldForm(Form):
    """How the person was told at the registered contact. There is no field for another one."""

    way = forms.ChoiceField(
        label=_("知らせた方法"),
        widget=forms.RadioSelect,
        error_messages={"required": _("知らせた方法を選んでください。")},
    )
    tracking_number = line(
        _("追跡番号（引受番号）"), length=TRACKED, needed_when=_("書留のときは必須")
    )

    def __init__(
        self, ways: Iterable[TellingWay], data: object = None, *, key: str = "telling"
    ) -> None:
        """Offer the ways for which a contact is registered."""
        super().__init__(data, auto_id=f"{key}-%s")
        way = self.fields["way"]
        assert isinstance(way, forms.ChoiceField)  # noqa: S101 - declared above
        said = labels.NOTICE if key == "change" else labels.TELLING
        way.choices = [(each, said[each]) for each in ways]

    def clean(self) -> dict[str, Any]:
        """Registered mail has a number of its carrier, other mail has none."""
        given = super().clean()
        number = str(given.get("tracking_number") or "")
        registered = given.get("way") == TellingWay.REGISTERED_MAIL
        kind = DispatchKind.SIMPLIFIED_REGISTERED_MAIL if registered else DispatchKind.DOWNLOAD
        if given.get("way") and actions.tracked_number(kind, number) is None:
            self.add_error(
                "tracking_number",
                _(
                    "書留のときは、受領証のとおりに記入してください（11～13桁の数字）。ほかの方法のときは空欄にしてください。"
                ),
            )
        return given


class PostedCodeForm(Form):
    """How the letter with a code left. Its destination is the registered address alone."""

    dispatch = forms.ChoiceField(
        label=_("送り方"),
        widget=forms.RadioSelect,
        error_messages={"required": _("送り方を選んでください。")},
    )
    tracking_number = line(_("追跡番号（引受番号）"), required=True, length=TRACKED)

    def __init__(self, data: object = None, *, language: str = "ja") -> None:
        """Offer the registered mails of the carrier."""
        super().__init__(data, auto_id="posted-%s")
        dispatch = self.fields["dispatch"]
        assert isinstance(dispatch, forms.ChoiceField)  # noqa: S101 - declared above
        dispatch.choices = [
            (kind, wording.said(wording.DISPATCH, kind, language)) for kind in actions.POSTED_WAYS
        ]

    def clean_tracking_number(self) -> str:
        """Take the number of a carrier's receipt and nothing else."""
        number = str(self.cleaned_data["tracking_number"])
        if actions.tracked_number(actions.POSTED_WAYS[0], number) is None:
            raise forms.ValidationError(
                _(
                    "追跡番号は受領証のとおりに記入してください（11～13桁の数字）。例：123-45-67890-1"
                )
            )
        return number
