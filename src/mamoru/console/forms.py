"""What staff type at the desk, shaped for the actions (P3.10 to P3.17, P3.22, P3.24)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from mamoru.cases import actions
from mamoru.cases.terms import (
    AnswerMethod,
    DemandKind,
    DispatchKind,
    Finding,
    Judgement,
    PersonalDetails,
    Proof,
    ProofKind,
    ProofOf,
    RefusalGround,
    Subject,
    TellingWay,
)
from mamoru.consents.terms import ProtectionGround, SafeContact
from mamoru.console import labels
from mamoru.documents import asking, wording
from mamoru.documents.blanks import Blank
from mamoru.identity import birth
from mamoru.kit import text
from mamoru.kit.ids import StaffId

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Label: TypeAlias = "str | _StrPromise"

_TRACKED_LENGTH = 40  # what the row holds
_LINE = 200
_NOTE = 2000

Choices = Iterable[tuple[str, Label]]


class _Form(forms.Form):
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


class _Text(forms.CharField):
    """A field of text; `needed_when` is shown where it is needed in some cases only."""

    needed_when: Label = ""


def _line(
    label: Label, *, required: bool = False, length: int = _LINE, needed_when: Label = ""
) -> _Text:
    field = _Text(
        label=label,
        required=required,
        max_length=length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("記入してください。")},
    )
    field.needed_when = needed_when
    return field


def _note(label: Label, *, required: bool = False, needed_when: Label = "") -> _Text:
    field = _Text(
        label=label,
        required=required,
        max_length=_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("記入してください。")},
    )
    field.needed_when = needed_when
    return field


class _Day(forms.CharField):
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


_PRINTED = _("必須（書類に記載があるとき）")
"""Never refused when empty: a paper in doubt, or one that shows no address, is recorded too."""


class FindingForm(_Form):
    """What is read on one paper: as printed, never copied from the form."""

    family_name = _line(_("姓"), needed_when=_PRINTED)
    given_name = _line(_("名"), needed_when=_PRINTED)
    birth_date = _line(_("生年月日（記載のとおり）"), length=40, needed_when=_PRINTED)
    postal_code = _line(_("郵便番号"), length=20)
    address = _line(_("住所（番地まで）"), needed_when=_PRINTED)
    building = _line(_("建物名・部屋番号"))
    former_address = _line(_("前の住所（記載がある場合）"))
    principal_name = _line(_("本人（委任者）の氏名"), needed_when=_PRINTED)
    agent_name = _line(_("代理人の氏名"), needed_when=_PRINTED)
    issued_on = _Day(_("作成日・発行日"))
    expires_on = _Day(_("有効期限"))
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


class IdentifyForm(_Form):
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


class VerifyForm(_Form):
    """The confirmation; a note where the papers agree only in part."""

    note = _note(_("一致しないところがあっても足りると判断した理由"))


class SupplementForm(_Form):
    """Which papers or answers are asked for."""

    defects = forms.MultipleChoiceField(
        label=_("お願いすること"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("お願いすることを1つ以上選んでください。")},
    )
    message = _note(_("書き添える言葉"))

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


class _Unchosen(forms.RadioSelect):
    """Radio buttons of which none is chosen beforehand, also where one of them says nothing."""

    def format_value(self, value: object) -> list[str]:
        """Return what is chosen: nothing where nothing was."""
        return [] if value is None else [str(value)]


class DecideForm(_Form):
    """One decision: to meet the demand (no ground), or a ground that the law allows."""

    ground = forms.ChoiceField(label=_("判断"), required=False, widget=_Unchosen)
    law = _line(_("法令の名前と条"), needed_when=_("他の法令によるお断りのときは必須"))
    reason = _note(_("理由の説明"), needed_when=_("お断りのときは必須"))

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


class ReturnForm(_Form):
    """Why the second person does not agree."""

    reason = _note(_("差し戻す理由"), required=True)


class LiftingForm(_Form):
    """Why a suspension or stop is to be lifted."""

    reason = _note(_("停止を解く理由（本人の申し出、原因の解消など）"), required=True)


class ProtectionForm(_Form):
    """What a protective flag rests on, and where its person can be written to without danger."""

    basis = forms.ChoiceField(
        label=_("根拠"),
        widget=forms.RadioSelect,
        choices=[(each, labels.PROTECTION_GROUNDS[each]) for each in ProtectionGround],
        error_messages={"required": _("根拠を選んでください。")},
    )
    paper = _line(_("書類の名前・番号・日付（ある場合）"))
    renew_by = _Day(_("更新の確認日（支援措置の期間の終わり。1年以内）"), required=True)
    contact_name = _line(_("安全な連絡先の宛名"), needed_when=_("連絡先を登録するときは必須"))
    contact_postal_code = _line(_("安全な連絡先の郵便番号"), length=20)
    contact_address = _line(_("安全な連絡先の住所"), needed_when=_("郵便で送るときは必須"))
    contact_building = _line(_("安全な連絡先の建物名・部屋番号"))
    contact_email = _line(_("安全な連絡先のメールアドレス"))

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


class UnprotectForm(_Form):
    """Why a flag is to be lifted, and which."""

    reason = _note(_("解除する理由（本人に直接確かめた内容）"), required=True)
    reference = forms.CharField(max_length=80, widget=forms.HiddenInput)


class CarriedOutForm(_Form):
    """What was done by hand, and where."""

    note = _note(_("どこで何をしたか"), required=True)


class HandWrittenForm(_Form):
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


class SendForm(_Form):
    """How the answer left. There is no field for a destination."""

    dispatch = forms.ChoiceField(
        label=_("送り方"),
        widget=forms.RadioSelect,
        error_messages={"required": _("送り方を選んでください。")},
    )
    tracking_number = _line(
        _("追跡番号（引受番号）"), length=_TRACKED_LENGTH, needed_when=_("郵送のときは必須")
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


class ToldForm(_Form):
    """How the person was told at the registered contact. There is no field for another one."""

    way = forms.ChoiceField(
        label=_("知らせた方法"),
        widget=forms.RadioSelect,
        error_messages={"required": _("知らせた方法を選んでください。")},
    )
    tracking_number = _line(
        _("追跡番号（引受番号）"), length=_TRACKED_LENGTH, needed_when=_("書留のときは必須")
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


class PostedCodeForm(_Form):
    """How the letter with a code left. Its destination is the registered address alone."""

    dispatch = forms.ChoiceField(
        label=_("送り方"),
        widget=forms.RadioSelect,
        error_messages={"required": _("送り方を選んでください。")},
    )
    tracking_number = _line(_("追跡番号（引受番号）"), required=True, length=_TRACKED_LENGTH)

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
