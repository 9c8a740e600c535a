"""Tags of the frame that all pages share, and the words of codes."""

from typing import Any

from django import forms, template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from mamoru.cases.terms import Case, DemandState
from mamoru.kit.errors import MamoruError
from mamoru.portal import published, words

register = template.Library()

_NAMELESS = frozenset({"day", "hidden", "max_length", "null_characters_not_allowed"})
"""Codes of errors whose sentences hold for any field."""


@register.simple_tag
def company_name() -> str:
    """Return the company's name from the policy; empty rather than failing on an error page."""
    try:
        return published.in_force().company.name.in_(words.language())
    except (MamoruError, OSError):
        return ""


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any], *names: str) -> SafeString:
    """Return the mark of the current page for a link that leads to one of `names`."""
    match = getattr(context.get("request"), "resolver_match", None)
    return mark_safe(' aria-current="page"') if match and match.view_name in names else SafeString()


@register.filter
def has_desk(user: Any) -> bool:
    """Whether an account has a role that finds anything at the desk: marketing finds nothing."""
    return any(group.name not in _WITHOUT_DESK for group in user.groups.all())


_WITHOUT_DESK = frozenset({"marketing"})


@register.filter
def said(code: str, table: str) -> str:
    """Return the words of a code: `{{ kind|said:"kinds" }}`."""
    return words.said(table, code)


@register.filter
def demanded(case: Case, position: int) -> str:
    """Return what one demand of a case asks for: `{{ case|demanded:1 }}`."""
    return words.demanded(case, position)


@register.filter
def outcome(state: DemandState) -> str:
    """Return how a decided demand ended, in words."""
    return words.outcome(state)


@register.filter
def refusal(state: DemandState, case: Case) -> tuple[str, ...]:
    """Return why a demand of a case was refused, as its letter says, line by line."""
    return words.refusal(case, state)


@register.filter
def day(value: Any) -> str:
    """Return a date with its weekday."""
    return words.day(value)


@register.simple_tag
def problems(form: forms.Form) -> tuple[tuple[str, str], ...]:
    """Return (anchor, sentence) of every error of a form, in the order of the page.

    A sentence that would not say on its own which field it is about is led by
    the field's label.
    """
    found = [("form", str(each)) for each in form.non_field_errors()]
    for name in form.fields:
        bound = form[name]
        several = isinstance(bound.field.widget, (forms.CheckboxSelectMultiple, forms.RadioSelect))
        anchor = f"{bound.auto_id}_0" if several else bound.auto_id
        codes = [each.code for each in bound.errors.as_data()]
        for code, sentence in zip(codes, bound.errors, strict=True):
            named = {"label": bound.label, "problem": sentence}
            shown = (
                gettext("%(label)s：%(problem)s") % named if code in _NAMELESS else str(sentence)
            )
            found.append((anchor, shown))
    return tuple(found)


@register.filter
def megabytes(count: int) -> str:
    """Return a number of bytes in whole megabytes, as limits are spoken."""
    return f"{count / 1_000_000:g}"
