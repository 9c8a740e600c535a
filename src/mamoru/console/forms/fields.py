"""What every form of the desk is made of: fields that come back readable, days as offices write them."""

from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from mamoru.identity import birth
from mamoru.kit import text

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Label: TypeAlias = "str | _StrPromise"

LINE = 200
NOTE = 2000
TRACKED = 40  # what the row holds


class Form(forms.Form):
    """A form of the desk. What cannot be written down is a field error, and not shown again."""

    def __init__(self, data: object = None, **given: Any) -> None:
        """Take what was typed, with U+FFFD in place of what no text may hold."""
        self._unstorable: tuple[str, ...] = ()
        if isinstance(data, QueryDict):
            names = [name for name, each in data.lists() if not all(map(text.storable, each))]
            self._unstorable = tuple(map(text.storable_only, names))
            data = data.copy()
            for name in names:
                data.setlist(text.storable_only(name), map(text.storable_only, data.pop(name)))
        super().__init__(data, **given)  # type: ignore[arg-type]  # what a form is given is its own

    def clean(self) -> dict[str, Any]:
        """Refuse a field that held half a character."""
        given = super().clean() or {}
        for name in self._unstorable:
            if name in self.fields:
                self.add_error(name, _("保存できない文字が含まれています。入力し直してください。"))
        return given


class Text(forms.CharField):
    """A field of text; `needed_when` is shown where it is needed in some cases only."""

    needed_when: Label = ""


def line(
    label: Label, *, required: bool = False, length: int = LINE, needed_when: Label = ""
) -> Text:
    field = Text(
        label=label,
        required=required,
        max_length=length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("記入してください。")},
    )
    field.needed_when = needed_when
    return field


def note(label: Label, *, required: bool = False, needed_when: Label = "") -> Text:
    field = Text(
        label=label,
        required=required,
        max_length=NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("記入してください。")},
    )
    field.needed_when = needed_when
    return field


class Day(forms.CharField):
    """A day in any way that Japanese offices write it; None where nothing is stated."""

    def __init__(self, label: Label, *, required: bool = False) -> None:
        super().__init__(
            label=label,
            required=required,
            error_messages={"required": _("記入してください。")},
            max_length=40,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )

    def clean(self, value: object) -> "date | None":
        """Return the day; ValidationError for a day that the calendar does not have."""
        typed = str(super().clean(value))
        if not typed:
            return None
        found = birth.parse(typed)
        if found is None:
            raise forms.ValidationError(
                _(
                    "この日付は読み取れません。2026年4月1日、2026-04-01、令和8年4月1日のように記入してください。"
                )
            )
        return found
