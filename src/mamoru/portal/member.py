"""A member's own page: everything registered, and its correction (P3.18, P3.19)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mamoru.cases import actions, execute
from mamoru.cases.execute import MemberField
from mamoru.consents.actions import ChoiceUnknown, PersonErased
from mamoru.datamap.inventory import CHOICES_JOINED_BY
from mamoru.kit import clock, ids
from mamoru.kit import text as kit_text
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import MEMBER
from mamoru.portal import drafts, published, words
from mamoru.portal.views import UNPROCESSABLE, keep_receipt

LONGEST = 300
View = Callable[..., HttpResponse]
_KEY = re.compile(r"[0-9a-f]{32}[0-9]{1,3}", re.ASCII)  # of the page, and which button


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A registered value on the page of its correction."""

    id: str
    title: str
    ref: str
    kind: str
    choices: Mapping[str, str]  # stored value -> words
    before: str
    shown: str  # the value before, in words
    after: str
    needed: bool = False  # what says who somebody is may be changed, never emptied
    error: str = ""

    @property
    def several(self) -> bool:
        """Whether any number of the choices may be registered."""
        return self.kind == "choices"

    @property
    def offered(self) -> Mapping[str, str]:
        """The choices, and what is registered beside them: it is not lost by an unrelated change."""
        beside = [each for each in self.parts(self.before) if each not in self.choices]
        return {**self.choices, **{each: each for each in beside}}

    @property
    def chosen(self) -> tuple[str, ...]:
        """What is ticked."""
        return self.parts(self.after)

    def parts(self, value: str) -> tuple[str, ...]:
        """Return the single values of a stored one, `export;law`."""
        if not self.several:
            return (value,) if value else ()
        return tuple(part for each in value.split(CHOICES_JOINED_BY) if (part := each.strip()))

    def said(self, value: str) -> str:
        """Return a value of this field in words."""
        if not self.choices:
            return value
        between = ", " if words.language() == "en" else "、"
        return between.join(self.choices.get(each, each) for each in self.parts(value))


def members_only(view: View) -> View:
    """Let a member in; other accounts see why not, and a store that fails gets a calm page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except actions.NotConfirmed:
            return render(request, "portal/no_member.html", status=403)
        except PersonErased:
            return redirect("member")  # which says why nothing can be corrected
        except MamoruError as problem:
            if not problem.code.startswith("store-"):
                raise
            response = render(request, "portal/unreachable.html", status=503)
            response["Retry-After"] = "60"
            return response

    return never_cache(login_required(guarded))


@require_safe
@members_only
def member(request: HttpRequest) -> HttpResponse:
    """Show everything registered about the member, and the member's own cases (P3.18)."""
    tables = _tables(request)
    context = {
        "tables": tables,
        "erased": any(table["erased"] for table in tables),
        "cases": actions.own_cases(_user(request)),
        "choices": _choices(request),
        "choice_key": ids.token(),
    }
    return render(request, "portal/member.html", context)


@require_POST
@members_only
def choose_own(request: HttpRequest) -> HttpResponse:
    """Take a yes or a no of the member: it holds from this answer on (P2.1, P2.13)."""
    actions.own_cases(_user(request))  # who is no member hears so, whatever was sent
    key = request.POST.get("key", "")
    if not _KEY.fullmatch(key) or request.POST.get("wanted") not in {"0", "1"}:
        return redirect("member")
    wanted = request.POST["wanted"] == "1"
    try:
        choice = actions.choose_own(
            _user(request),
            request.POST.get("choice", ""),
            wanted=wanted,
            policy_version=published.in_force().version,
            one_time_key=key,
            now=clock.now(),
        )
    except ChoiceUnknown:
        raise Http404 from None
    title = _titles(choice)["title"]
    messages.success(
        request,
        gettext("「%(title)s」への利用を承りました。") % {"title": title}
        if wanted
        else gettext("「%(title)s」への利用を止めました。今から有効です。") % {"title": title},
    )
    return redirect("member")


def _choices(request: HttpRequest) -> list[dict[str, Any]]:
    """Return what is the member's to decide, in the published words."""
    found = actions.own_choices(_user(request), now=clock.now())
    return [
        {"id": each.id, "open": each.open, "suspended": each.suspended, **_titles(each)}
        for each in found
    ]


def _titles(choice: actions.OwnChoice) -> dict[str, str]:
    """Return title and sentence of a choice, and who receives where one is named."""
    policy, language = execute.hands().policy, words.language()
    purpose = policy.purpose(choice.purpose)
    named = policy.recipient(choice.recipient) if choice.recipient else None
    return {
        "title": (named or purpose).title.in_(language),
        "sentence": policy.clause((named or purpose).clause).in_(language),
        "purpose": purpose.title.in_(language) if named else "",
        "items": (", " if language == "en" else "、").join(
            policy.category(each).title.in_(language) for each in actions.items_of(choice)
        ),
    }


@require_POST
@members_only
def open_own_case(request: HttpRequest) -> HttpResponse:
    """Open one of the member's own cases; the login is the proof."""
    asked = request.POST.get("reference", "")
    for line in actions.own_cases(_user(request)):
        if line.id == asked:
            drafts.keep(request, drafts.CASE, {"id": line.id, "by": MEMBER}, now=clock.now())
            return redirect("own-case")
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def correct_own(request: HttpRequest) -> HttpResponse:
    """Show the present values of a row beside their corrections; identical ones are refused."""
    part = request.POST.get("part") or request.GET.get("part", "")
    fields = _fields(request, part)
    if request.method != "POST":
        if "again" not in request.GET:  # opened afresh: what was abandoned does not come back
            drafts.drop(request, drafts.CORRECTION)
        kept = drafts.find(request, drafts.CORRECTION, now=clock.now())
        changes = kept["changes"] if kept and kept["part"] == part else {}
        fields = [_with(each, after=changes.get(each.ref, ("", each.before))[1]) for each in fields]
        return _correction(request, part, fields)
    fields = [_with(each, after=_given(request, each)) for each in fields]
    fields = [_with(each, error=_wrong(each)) for each in fields]
    fields = [each if each.error else _with(each, after=_plain(each)) for each in fields]
    changed = {
        each.ref: (request.POST.get(f"before-{each.id}", each.before), each.after)
        for each in fields
        if each.after != each.before
    }
    colon = pgettext("after a label", "：")
    problems = [(each.id, f"{each.title}{colon}{each.error}") for each in fields if each.error]
    if not changed:
        problems = [
            (
                fields[0].id,
                gettext("登録されている内容と同じです。改める項目を書き直してください。"),
            )
        ]
    if problems:
        return _correction(request, part, fields, problems=problems)
    value = {"part": part, "changes": changed, "key": ids.token()}
    drafts.keep(request, drafts.CORRECTION, value, now=clock.now())
    return redirect("check-correction")


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def check_correction(request: HttpRequest) -> HttpResponse:
    """Show before and after once more; the button writes the correction, once (P3.19)."""
    now = clock.now()
    kept = drafts.find(request, drafts.CORRECTION, now=now)
    if kept is None:
        again = request.method == "POST" and drafts.find(request, drafts.CORRECTED, now=now)
        return redirect("correction-filed" if again else "member")
    fields = {each.ref: each for each in _fields(request, kept["part"])}
    if request.method != "POST":
        rows = [
            (fields[ref].title, *map(fields[ref].said, pair))
            for ref, pair in kept["changes"].items()
            if ref in fields
        ]
        context = {
            "rows": rows,
            "part": kept["part"],
            "purposes": published.purposes_of_requests(published.in_force(), words.language()),
        }
        return render(request, "portal/check_correction.html", context)
    receipt = actions.correct_own(
        _user(request),
        {ref: (before, after) for ref, (before, after) in kept["changes"].items()},
        policy_version=published.in_force().version,
        one_time_key=kept["key"],
        now=now,
    )
    keep_receipt(request, drafts.CORRECTED, receipt)
    drafts.drop(request, drafts.CORRECTION)
    return redirect("correction-filed")


@require_safe
@members_only
def correction_filed(request: HttpRequest) -> HttpResponse:
    """Show the 受付番号 of a correction."""
    receipt = drafts.find(request, drafts.CORRECTED, now=clock.now())
    if receipt is None:
        return redirect("member")
    return render(request, "portal/correction_filed.html", {"receipt": receipt})


def _correction(
    request: HttpRequest,
    part: str,
    fields: list[Field],
    *,
    problems: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    context = {
        "fields": fields,
        "part": part,
        "problems": problems or [],
        "purposes": published.purposes_of_requests(published.in_force(), words.language()),
        "longest": LONGEST,
    }
    status = UNPROCESSABLE if problems else 200
    return render(request, "portal/correct_own.html", context, status=status)


def _user(request: HttpRequest) -> int:
    return int(str(request.user.pk))


def _tables(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the tables of the page; a row is named by its place, so that no URL tells anything."""
    english = words.language() == "en"
    return [
        {
            "title": table.title_en if english else table.title,
            "erased": table.erased,
            "rows": [
                {
                    "part": f"{number}-{place}",
                    "fields": row,
                    "shown": [(_title(field), field.shown[english]) for field in row],
                    "open": any(field.ref for field in row),
                }
                for place, row in enumerate(table.rows)
            ],
        }
        for number, table in enumerate(actions.registered_of(_user(request), now=clock.now()))
    ]


def _title(field: MemberField) -> str:
    return field.title_en if words.language() == "en" else field.title


def _fields(request: HttpRequest, part: str) -> list[Field]:
    english = words.language() == "en"
    for table in _tables(request):
        if table["erased"]:
            raise PersonErased("the person was erased: nothing may be written back")
        for row in table["rows"]:
            if row["part"] == part and row["open"]:
                return [
                    Field(
                        id=f"value-{number}",
                        title=_title(each),
                        ref=each.ref,
                        kind=each.kind,
                        choices={
                            choice: shown[english]
                            for choice, shown in zip(each.choices, each.choices_shown, strict=True)
                        },
                        before=each.value,
                        shown=each.shown[english],
                        after=each.value,
                        needed=not execute.fits(each.ref, "", before=each.value),
                    )
                    for number, each in enumerate(row["fields"])
                    if each.ref
                ]
    raise Http404


def _given(request: HttpRequest, field: Field) -> str:
    if field.several:
        ticked = request.POST.getlist(field.id)
        same = set(ticked) == set(field.parts(field.before))
        if same or f"before-{field.id}" not in request.POST:
            return field.before
        known = [each for each in field.offered if each in ticked]
        return CHOICES_JOINED_BY.join(dict.fromkeys((*known, *ticked)))
    return request.POST.get(field.id, field.before).strip()


def _plain(field: Field) -> str:
    """Return a value as stores hold it: numbers and addresses of mail in half width."""
    changed = field.kind in _HALF_WIDTH and field.after != field.before
    return kit_text.fold(field.after) if changed else field.after


_HALF_WIDTH = frozenset({"phone", "postal-code", "email"})


def _wrong(field: Field) -> str:
    """Return what is wrong with a new value, empty if nothing is."""
    after = field.after
    if after == field.before:
        return ""
    if len(after) > LONGEST:
        return gettext("300文字以内で入力してください。")
    if kit_text.hidden_characters(after):
        return gettext("目に見えない文字が含まれています。いったん消してから入力し直してください。")
    mail = field.kind != "email" or not after.strip() or _is_mail(_plain(field))
    if mail and execute.fits(field.ref, _plain(field), before=field.before):
        return ""
    if not after.strip():
        return gettext("この項目は空欄にできません。")
    forms = {
        "choice": gettext("選択肢から選んでください。"),
        "choices": gettext("選択肢から選んでください。"),
        "date": gettext(
            "1873年（明治6年）からの、暦にある日付を入力してください。生年月日は今日までの日付です。例：1980-03-05"
        ),
        "phone": gettext("電話番号は市外局番から数字で入力してください。例：03-0000-0000"),
        "email": gettext("メールアドレスの形を確かめてください。例：name@mail.example"),
        "postal-code": gettext("郵便番号は7桁の数字で入力してください。例：108-0023"),
    }
    return forms.get(field.kind, gettext("この項目に書けない内容です。入力し直してください。"))


def _is_mail(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _with(field: Field, *, after: str | None = None, error: str | None = None) -> Field:
    return replace(
        field,
        after=field.after if after is None else after,
        error=field.error if error is None else error,
    )
