"""支援措置: how the person is protected, what may be done about it, and by whom (P3.11)."""

from django.utils.translation import gettext

from mamoru.cases import actions
from mamoru.console import forms, labels
from mamoru.console.access import Right
from mamoru.console.panels.look import Look
from mamoru.console.shown import Flag, Guarded, Row
from mamoru.console.words import day, moment, word


def guarded(look: Look) -> Guarded | None:
    """Return the protection for whoever reads persons at all; None for others, or for nobody."""
    identity = look.case.identity
    if not look.personal or identity is None or not identity.subjects:
        return None
    shield = actions.shield_of(look.case)
    fresh = forms.ProtectionForm(auto_id="protection-%s")
    form = look.kept_or(forms.ProtectionForm, "protection", fresh) if look.handles else None
    flags = shield.flags if shield is not None else ()
    return Guarded(
        in_force=shield is not None,
        overdue=shield is not None and shield.overdue(look.today),
        unreachable=shield is not None and shield.details is None,
        unconfirmed=shield is not None and shield.unconfirmed,
        conflicting=len({each.contact for each in flags if each.contact}) > 1,
        marked=tuple(look.place(each) for each in (shield.marked if shield else ())),
        flags=tuple(_flag(look, index, each) for index, each in enumerate(flags, start=1)),
        form=form,
    )


def withheld(look: Look, refs: tuple[str, ...]) -> str:
    """Return in counts what a plan leaves out for a protected person, for who decides and approves."""
    if not refs or not look.personal:
        return ""
    return gettext(
        "支援措置の対象の方のため、所在の手がかりになる%(places)s表・%(columns)s項目を、読み出しと回答から除いています（法第33条第2項第1号、施行令第5条第1号）。除いたことは、相手に分からない書き方にしています。「理由の説明」にも書かないでください。"
    ) % {"places": len({each.rpartition("/")[0] for each in refs}), "columns": len(refs)}


def _flag(look: Look, position: int, flag: actions.Protection) -> Flag:
    asked = actions.lifting_of_protection_asked_by(flag.reference)
    form = None
    if asked is None and look.desk.may(Right.DECIDE):
        key = f"unprotect-{position}"
        form = look.kept_or(forms.UnprotectForm, key, forms.UnprotectForm(auto_id=f"{key}-%s"))
    to = flag.contact
    rows = [
        Row(label=gettext("根拠"), text=word(labels.PROTECTION_GROUNDS, flag.ground)),
        Row(label=gettext("書類"), text=flag.paper or "—"),
        Row(label=gettext("更新の確認日"), text=day(flag.renew_by)),
        Row(label=gettext("登録"), text=f"{look.who(flag.by)} {moment(flag.at)}"),
    ]
    if to is not None:
        where = " ".join(
            part
            for part in (f"〒{to.postal_code}" if to.postal_code else "", to.address, to.building)
            if part
        )
        rows.append(Row(label=gettext("安全な連絡先"), text=to.name))
        if where:
            rows.append(Row(label=gettext("住所"), text=where))
        if to.email:
            rows.append(Row(label=gettext("メール"), text=to.email))
        seen = (
            look.who(flag.confirmed_by)
            if flag.confirmed_by
            else gettext("別の人はまだ確かめていません")
        )
        rows.append(Row(label=gettext("連絡先を確かめた人"), text=seen))
    else:
        rows.append(Row(label=gettext("安全な連絡先"), text=gettext("登録されていません")))
    return Flag(
        position=position,
        reference=flag.reference,
        facts=tuple(rows),
        asked=asked is not None,
        form=form,
        may_confirm=to is not None
        and flag.confirmed_by is None
        and flag.by != look.desk.by
        and look.handles,
        may_lift=asked not in {None, look.desk.by} and look.desk.may(Right.APPROVE),
    )
