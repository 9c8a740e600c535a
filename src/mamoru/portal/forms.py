"""The request form (P3.8, P3.9, P3.21, P3.22): shapes what people type into a `Filing`.

Nothing is scolded: widths, dashes and eras are accepted, and every gap is named at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mamoru.cases.terms import (
    AnswerMethod,
    Channel,
    Demand,
    DemandKind,
    Filing,
    PersonalDetails,
    Role,
    Target,
)
from mamoru.identity import birth
from mamoru.kit import clock, ids
from mamoru.kit import text as kit_text
from mamoru.policy.document import Policy
from mamoru.policy.terms import CategoryKind
from mamoru.portal import words

CORRECTING = frozenset({DemandKind.CORRECTION, DemandKind.ADDITION, DemandKind.DELETION})
OPEN_HOURS = 24
"""How long a form may stay open in a browser before it must be loaded afresh."""

_POSTAL_DIGITS = 7
_PHONE_DIGITS = range(9, 16)
_PARTS = (
    "family_name",
    "given_name",
    "family_name_kana",
    "given_name_kana",
    "birth_date",
    "postal_code",
    "address",
    "building",
    "email",
    "phone",
)
_TOKENS = {
    "family_name": "family-name",
    "given_name": "given-name",
    "birth_date": "bday",
    "postal_code": "postal-code",
    "address": "address-line1",
    "building": "address-line2",
    "email": "email",
    "phone": "tel",
}
_signer = signing.TimestampSigner(salt="mamoru.case-form")


def _text(
    label: Any, *, missing: Any = "", support: Any = "", longest: int = 100, kind: str = "text"
) -> forms.CharField:
    attrs = {"type": kind}
    return forms.CharField(
        label=label,
        help_text=support,
        required=bool(missing),
        max_length=longest,
        widget=forms.TextInput(attrs=attrs),
        error_messages={
            "required": missing,
            "max_length": _("%(limit_value)d文字以内で入力してください。"),
            "null_characters_not_allowed": _(
                "使えない文字が含まれています。入力し直してください。"
            ),
        },
    )


class _Text(forms.CharField):
    """A field of text; `needed_when` is shown where it is needed for some requests only."""

    needed_when: Any = ""


def _long_text(label: Any, support: Any, *, needed_when: Any = "") -> _Text:
    field = _Text(
        label=label,
        help_text=support,
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": _("%(limit_value)d文字以内で入力してください。")},
    )
    field.needed_when = needed_when
    return field


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A row of the check page: what was asked, what was answered, where to change it."""

    term: Any
    value: str
    field: str


class CaseForm(forms.Form):
    """The form of 開示等の請求. Field names are stable: the API uses the same."""

    use_required_attribute = False

    kinds = forms.MultipleChoiceField(
        label=_("請求の種類"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("請求の種類を1つ以上選んでください。"),
            "invalid_choice": _("請求の種類を選び直してください。"),
        },
    )
    items = forms.MultipleChoiceField(
        label=_("対象の情報"),
        help_text=_("絞り込む必要はありません。わからないときは「すべて」を選んでください。"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _(
                "対象の情報を選んでください。わからないときは「すべて」を選んでください。"
            ),
            "invalid_choice": _("対象の情報を選び直してください。"),
        },
    )
    before = _long_text(
        _("現在の内容"),
        _("今どのように登録されているかを書いてください。追加だけのときは空欄にします。"),
        needed_when=_("※訂正・削除のときは必須"),
    )
    after = _long_text(
        _("改めるべき内容"),
        _("正しい内容を書いてください。削除だけのときは空欄にします。"),
        needed_when=_("※訂正・追加のときは必須"),
    )
    reason = _long_text(
        _("補足"),
        _("対象の期間やサービス、請求の理由など、お伝えになりたいことがあれば書いてください。"),
    )
    family_name = _text(_("姓"), missing=_("ご本人の姓を入力してください。"))
    given_name = _text(_("名"), missing=_("ご本人の名を入力してください。"))
    family_name_kana = _text(
        _("姓のふりがな"), support=_("ひらがな・カタカナのどちらでも入力できます。")
    )
    given_name_kana = _text(
        _("名のふりがな"), support=_("ひらがな・カタカナのどちらでも入力できます。")
    )
    birth_date = _text(
        _("生年月日"),
        missing=_("ご本人の生年月日を入力してください。"),
        support=_("例：昭和55年3月5日、S55.3.5、1980-03-05、19800305"),
    )
    postal_code = _text(
        _("郵便番号"), support=_("例：108-0023。国外にお住まいの方は空欄のままで構いません。")
    )
    address = _text(
        _("住所（都道府県から番地まで）"),
        missing=_("ご本人の住所を都道府県から番地まで入力してください。"),
        support=_(
            "確認書類に書かれているとおりに入力してください。ご登録のあとに引っ越しをされたときは、"
            "前の住所の記載がある住民票の写し、または戸籍の附票の写しがあると、確認が早く済みます。"
        ),
        longest=300,
    )
    building = _text(
        _("建物名・部屋番号"),
        support=_("集合住宅のときは、部屋番号まで入力してください。"),
        longest=200,
    )
    email = _text(
        _("メールアドレス"), support=_("ご登録のメールアドレスがあれば、情報を探す手がかりになります。"),
        longest=254, kind="email",
    )  # fmt: skip
    phone = _text(_("電話番号"), support=_("例：03-0000-0000"), kind="tel")
    agent_family_name = _text(_("代理人の姓"), missing=_("代理人の姓を入力してください。"))
    agent_given_name = _text(_("代理人の名"), missing=_("代理人の名を入力してください。"))
    agent_family_name_kana = _text(_("代理人の姓のふりがな"))
    agent_given_name_kana = _text(_("代理人の名のふりがな"))
    agent_postal_code = _text(_("代理人の郵便番号"), support=_("例：108-0023"))
    agent_address = _text(
        _("代理人の住所（都道府県から番地まで）"),
        missing=_("代理人の住所を都道府県から番地まで入力してください。"),
        support=_("弁護士の方は事務所の所在地を入力してください。"),
        longest=300,
    )
    agent_building = _text(_("代理人の建物名・部屋番号"), longest=200)
    agent_email = _text(_("代理人のメールアドレス"), longest=254, kind="email")
    agent_phone = _text(_("代理人の電話番号"), kind="tel")
    answer_method = forms.ChoiceField(
        label=_("回答の受取方法"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("回答の受取方法を選んでください。"),
            "invalid_choice": _("回答の受取方法を選び直してください。"),
        },
    )
    website = forms.CharField(required=False, label=_("この欄には何も入力しないでください"))
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, role: Role, policy: Policy, **kwargs: Any) -> None:
        """Show the fields of a role, and the kinds and categories that the policy names."""
        super().__init__(*args, **kwargs)
        self.role, self.policy = role, policy
        if role is Role.PERSON:
            for name in [each for each in self.fields if each.startswith("agent_")]:
                del self.fields[name]
        elif role is not Role.LAWYER:
            self.fields["agent_address"].help_text = ""  # what stands there is for lawyers
        language = words.language()
        self._choose("kinds", [(kind, words.said("kinds", kind)) for kind in _kinds(policy)])
        self._choose("items", list(_items(policy, language)))
        self._choose("answer_method", [(way, words.said("methods", way)) for way in AnswerMethod])
        own = "agent_" if self.by_agent else ""
        for part, token in _TOKENS.items():
            for name in (part, f"agent_{part}"):
                if name in self.fields:
                    mine = name == f"{own}{part}"
                    self.fields[name].widget.attrs["autocomplete"] = token if mine else "off"

    @property
    def by_agent(self) -> bool:
        """Whether somebody else than the person fills the form in."""
        return self.role is not Role.PERSON

    def seal(self) -> Mapping[str, str]:
        """Return the hidden fields: a fresh one-time key, or the one that came if it is ours."""
        given = self.data if self.is_bound else self.initial
        key, stamp = str(given.get("key", "")), str(given.get("stamp", ""))
        if not _is_ours(key, stamp):
            key = ids.token()
            stamp = _signer.sign(key)
        return {"key": key, "stamp": stamp}

    # --- what is typed --------------------------------------------------------------------

    def clean_items(self) -> list[str]:
        """Return the categories; everything stands for all of them."""
        chosen: list[str] = self.cleaned_data["items"]
        return [Target.ALL] if Target.ALL in chosen else chosen

    def clean(self) -> dict[str, Any]:
        """Check each text for what no reader sees, then what belongs together."""
        super().clean()
        for name in self.fields:
            value = self.cleaned_data.get(name)
            if isinstance(value, str) and value and name not in {"stamp", "key", "website"}:
                self._clean_text(name, value)
        self._clean_corrections()
        if self.cleaned_data.get("website"):
            self.add_error(
                None, _("自動送信と区別できませんでした。もう一度この画面から送信してください。")
            )
        elif not _is_ours(self.cleaned_data.get("key", ""), self.cleaned_data.get("stamp", "")):
            self.add_error(
                None,
                _(
                    "画面を開いてから時間がたちました。内容をお確かめのうえ、もう一度送信してください。"
                ),
            )
        return self.cleaned_data

    def _clean_text(self, name: str, value: str) -> None:
        part = name.removeprefix("agent_")
        if kit_text.hidden_characters(value) or _has_controls(value):
            hidden = _("目に見えない文字が含まれています。いったん消してから入力し直してください。")
            self.add_error(name, ValidationError(hidden, code="hidden"))
        elif part == "birth_date":
            day = birth.parse(value)
            if day is None:
                self.add_error(name, ValidationError(_IMPOSSIBLE_DAY, code="day"))
            elif day > clock.date_in_japan(clock.now()):
                self.add_error(name, ValidationError(_FUTURE_DAY, code="day"))
        elif part == "postal_code":
            digits = kit_text.digits_only(value)
            if len(digits) == _POSTAL_DIGITS:
                self.cleaned_data[name] = f"{digits[:3]}-{digits[3:]}"
            else:
                self.add_error(name, _("郵便番号は7桁の数字で入力してください。例：108-0023"))
        elif part == "phone":
            if len(kit_text.digits_only(value)) in _PHONE_DIGITS:
                self.cleaned_data[name] = kit_text.fold(value)
            else:
                self.add_error(
                    name, _("電話番号は市外局番から数字で入力してください。例：03-0000-0000")
                )
        elif part == "email":
            self._clean_email(name, kit_text.fold(value))

    def _clean_email(self, name: str, value: str) -> None:
        try:
            self.cleaned_data[name] = forms.EmailField().clean(value)
        except ValidationError:
            self.add_error(name, _("メールアドレスの形を確かめてください。例：name@mail.example"))

    def _clean_corrections(self) -> None:
        kinds = set(self.cleaned_data.get("kinds", ()))
        before = self.cleaned_data.get("before", "")
        after = self.cleaned_data.get("after", "")
        if (
            kinds & {DemandKind.CORRECTION, DemandKind.DELETION}
            and not before
            and "before" not in self.errors
        ):
            self.add_error("before", _("訂正または削除を求める、現在の内容を入力してください。"))
        if (
            kinds & {DemandKind.CORRECTION, DemandKind.ADDITION}
            and not after
            and "after" not in self.errors
        ):
            self.add_error("after", _("訂正または追加する内容を入力してください。"))
        if DemandKind.CORRECTION in kinds and before and before == after:
            self.add_error("after", _("現在の内容と同じです。改めるべき内容を入力してください。"))

    def _choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(choices)

    # --- what becomes of it ---------------------------------------------------------------

    def to_filing(self, *, language: str) -> Filing:
        """Return what was typed as the value that `actions.file_case` takes; one demand a kind."""
        given = self.cleaned_data
        return Filing(
            role=self.role,
            channel=Channel.WEB_FORM,
            person=self._details(""),
            agent=self._details("agent_") if self.by_agent else None,
            demands=tuple(self._demand(DemandKind(kind)) for kind in given["kinds"]),
            answer_method=AnswerMethod(given["answer_method"]),
            policy_version=self.policy.version,
            purpose_codes=tuple(self.policy.requests.purposes),
            language=language,
            one_time_key=given["key"],
        )

    def _demand(self, kind: DemandKind) -> Demand:
        given = self.cleaned_data
        corrects = kind in CORRECTING
        return Demand(
            kind=kind,
            items=tuple(given["items"]),
            before=given["before"] if corrects and kind is not DemandKind.ADDITION else None,
            after=given["after"] if corrects and kind is not DemandKind.DELETION else None,
            reason=given["reason"],
        )

    def _details(self, prefix: str) -> PersonalDetails:
        return PersonalDetails(
            **{part: self.cleaned_data.get(f"{prefix}{part}", "") for part in _PARTS}
        )

    def answers(self) -> tuple[Answer, ...]:
        """Return the rows of the check page, in the order of the form."""
        filing = self.to_filing(language=words.language())
        chosen = {*self.cleaned_data["kinds"]}
        rows = [
            Answer(
                term=self.fields["kinds"].label,
                value="\n".join(words.said("kinds", each.kind) for each in filing.demands),
                field="kinds",
            ),
            Answer(term=self.fields["items"].label, value=self._item_words(), field="items"),
        ]
        if chosen & CORRECTING:
            rows += self._plain("before", "after")
        rows += self._plain("reason")
        rows += self._of_person("", filing.person)
        if filing.agent is not None:
            rows += self._of_person("agent_", filing.agent)
        rows.append(
            Answer(
                term=self.fields["answer_method"].label,
                value=words.said("methods", filing.answer_method),
                field="answer_method",
            )
        )
        return tuple(rows)

    def _item_words(self) -> str:
        titles = dict(_items(self.policy, words.language()))
        return "\n".join(titles[item] for item in self.cleaned_data["items"])

    def _plain(self, *names: str) -> Iterable[Answer]:
        for name in names:
            yield Answer(term=self.fields[name].label, value=self.cleaned_data[name], field=name)

    def _of_person(self, prefix: str, details: PersonalDetails) -> Iterable[Answer]:
        agent = bool(prefix)
        kana = f"{details.family_name_kana} {details.given_name_kana}".strip()
        yield Answer(
            term=_("代理人のお名前") if agent else _("ご本人のお名前"),
            value=details.name,
            field=f"{prefix}family_name",
        )
        yield Answer(
            term=_("代理人のふりがな") if agent else _("ご本人のふりがな"),
            value=kana,
            field=f"{prefix}family_name_kana",
        )
        if not agent:
            day = birth.parse(details.birth_date)
            shown = words.plain_day(day) if day else ""
            yield Answer(
                term=_("生年月日"),
                value=f"{details.birth_date}（{shown}）"
                if words.language() == "ja"
                else f"{details.birth_date} ({shown})",
                field="birth_date",
            )
        for part in ("postal_code", "address", "building", "email", "phone"):
            name = f"{prefix}{part}"
            yield Answer(term=self.fields[name].label, value=getattr(details, part), field=name)


_IMPOSSIBLE_DAY = _(
    "暦にある日付として読み取れません。例のように年・月・日を入力してください。"
    "元号の終わりにもご注意ください（昭和は64年1月7日まで、平成は31年4月30日まで）。"
)

_FUTURE_DAY = _("生年月日は、今日までの日付で入力してください。")


class StatusForm(forms.Form):
    """受付番号 and 照会コード. Neither is shown again: every failure is the same page."""

    use_required_attribute = False

    reference = forms.CharField(
        label=_("受付番号"),
        help_text=_("例：C-2026-000123-4"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        max_length=40,
        error_messages={"required": _("受付番号を入力してください。")},
    )
    code = forms.CharField(
        label=_("照会コード"),
        help_text=_("受付のときに表示された12桁の数字です。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "numeric"}
        ),
        max_length=40,
        error_messages={"required": _("照会コードを入力してください。")},
    )


def _kinds(policy: Policy) -> tuple[DemandKind, ...]:
    return tuple(DemandKind(each.kind) for each in policy.requests.kinds)


def _items(policy: Policy, language: str) -> Iterable[tuple[str, str]]:
    yield Target.ALL, str(_("すべて（対象を絞らない）"))
    for category in policy.categories:
        if category.kind is CategoryKind.PERSONAL:
            yield category.id, category.title.in_(language)


def _is_ours(key: str, stamp: str) -> bool:
    try:
        return bool(key) and _signer.unsign(stamp, max_age=OPEN_HOURS * 3600) == key
    except signing.BadSignature:
        return False


def _has_controls(value: str) -> bool:
    return any(ord(each) < ord(" ") and each not in "\r\n\t" for each in value)
