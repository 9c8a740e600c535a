"""A registered contact that changed a short time ago: since when, until when, whom to tell (P3.10)."""

from django.utils.translation import gettext

from mamoru.cases import actions
from mamoru.cases.terms import TellingWay
from mamoru.console import forms, labels
from mamoru.console.panels.look import Look
from mamoru.console.shown import Recent, Row
from mamoru.console.words import day, moment, word


def recent(look: Look) -> Recent | None:
    """Return the sign with its days and the notice to the earlier contact; None without one."""
    case = look.case
    signs = actions.contact_signs(case, now=look.now)
    if not signs:
        return None
    facts = [
        Row(
            label=word(labels.CONTACTS, each.contact),
            text=gettext("%(changed)s に変更。変更前の連絡先を使う期間：%(until)s まで")
            % {"changed": day(each.changed_on), "until": day(each.until)},
        )
        for each in signs
    ]
    waits = actions.waits_until(case, now=look.now)
    if waits is not None:
        text = gettext("%s まで、この宛先には送れません") % day(waits)
        facts.append(Row(label=gettext("回答"), text=text))
    told = case.told_of_change
    if told is not None:
        facts.append(
            Row(
                label=gettext("変更前の連絡先へのお知らせ"),
                text=f"{word(labels.NOTICE, told.way)} {look.who(told.by)} {moment(told.at)}",
            )
        )
        if told.tracking_number and look.personal:
            facts.append(Row(label=gettext("追跡番号"), text=told.tracking_number))
    ways = actions.change_contacts(case, now=look.now)
    owed = actions.may_tell_of_change(case, now=look.now)
    if owed and look.personal:
        titles = {"address": gettext("お知らせ先の住所"), "email": gettext("お知らせ先のメール")}
        facts += [Row(label=titles[at], text=to) for at, to in actions.shown(ways).items()]
    fresh = forms.ToldForm(ways, key="change")
    return Recent(
        facts=tuple(facts),
        unknown=not all(each.known for each in signs),
        nobody=owed and not ways,
        by_letter=owed and look.personal and TellingWay.ORDINARY_MAIL in ways,
        by_mail=look.handles and actions.mails_change(case, now=look.now),
        form=(
            look.kept_or(forms.ToldForm, "change", fresh)
            if owed and ways and look.handles
            else None
        ),
    )


def mailed(look: Look) -> tuple[Row, ...]:
    """Return how far a code by mail has come, and that it is a finding and no proof."""
    case, state = look.case, actions.mailed_state(look.case, now=look.now)
    if case.mailed is None or state is None:
        return ()
    rows = [
        Row(label=gettext("状態"), text=word(labels.MAILED, state)),
        Row(label=gettext("送信"), text=moment(case.mailed.made_at)),
    ]
    if case.mailed.entered_at is not None:
        rows.append(Row(label=gettext("入力"), text=moment(case.mailed.entered_at)))
        reads = actions.reads_registered_mail(case, now=look.now)
        text = (
            gettext("請求した人は登録のメールを読めます。本人であることの確認にはなりません。")
            if reads
            else gettext("番号を送ったあとに、本人の記録または登録のメールが変わりました。")
        )
        rows.append(Row(label=gettext("分かること"), text=text))
    return tuple(rows)
