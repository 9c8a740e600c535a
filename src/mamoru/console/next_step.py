"""What is to be done next in a case, and which parts of its page that opens (P3.17, P3.26)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mamoru.cases import actions
from mamoru.cases.terms import (
    Case,
    Stage,
    Work,
)
from mamoru.console.access import Desk, Right
from mamoru.console.shown import (
    NextStep,
    Part,
)
from mamoru.console.words import day

# What stands open at a stage, in this order; the next step's own part comes before all of them.
_NOW: Final[Mapping[Stage, tuple[str, ...]]] = {
    Stage.RECEIVED: ("papers", "person", "request"),
    Stage.SUPPLEMENT_ASKED: ("supplements",),
    Stage.VERIFIED: ("decisions", "request"),
    Stage.DECIDED: ("work",),
    Stage.ANSWERED: ("answer",),
    Stage.WITHDRAWN: ("request",),
}

# Where the anchor of a next step, or the form that came back, stands.
_ANCHORED: Final = {
    "paper": "papers",
    "person": "person",
    "identify": "person",
    "verify": "person",
    "posted": "person",
    "telling": "answer",
    "change": "person",
    "supplement": "supplements",
    "decide": "decisions",
    "approve": "decisions",
    "demand": "decisions",
    "return": "decisions",
    "reopen": "work",
    "hand": "work",
    "lifting": "work",
    "by": "answer",
    "work": "work",
    "answer": "answer",
    "send": "answer",
    "protection": "protection",
    "unprotect": "protection",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A case as one person at the desk meets it today."""

    case: Case
    check: actions.Check
    desk: Desk
    today: date
    now: datetime
    stale: bool  # a decision can no longer be carried out as it was approved
    to_write: bool  # characters wait to be recorded as written by hand
    kept: str  # the key of a form that came back

    @property
    def handles(self) -> bool:
        """Whether this person works on cases, and does not only look."""
        return self.desk.may(Right.HANDLE)


def parts(at: Situation) -> tuple[Part, ...]:
    """Return the parts of the page: first what the stage asks for, then the rest, folded."""
    titles = {
        "request": gettext("請求の内容"),
        "papers": gettext("書類"),
        "person": gettext("本人の特定と照合"),
        "supplements": gettext("不足書類のお願い"),
        "decisions": gettext("判断と承認"),
        "work": gettext("実行"),
        "answer": gettext("回答書"),
        "protection": gettext("支援措置"),
    }
    now = ("answer",) if at.case.work is Work.READY else _NOW[at.case.stage]
    anchor = next_step(at).anchor.partition("-")[0]
    first = _ANCHORED.get(anchor, now[0])
    kept = _ANCHORED.get(at.kept.partition("-")[0], "")
    unfolded = dict.fromkeys((first, *now, *([kept] if kept else [])))
    order = [*unfolded, *(key for key in titles if key not in unfolded)]
    withheld = {"papers", "person", "supplements"} if at.check.by_login else set()
    return tuple(
        Part(
            key=key,
            template=f"console/{key}.html",
            title=titles[key],
            open=key in unfolded,
        )
        for key in order
        if key not in withheld
    )


def next_step(at: Situation) -> NextStep:
    """Return the one thing to do now, by when and by whom."""
    by = day(at.case.due_on)
    match at.case.stage:
        case Stage.RECEIVED:
            step = _next_of_received(at, by)
        case Stage.SUPPLEMENT_ASKED:
            step = _next_of_asked(at, by)
        case Stage.VERIFIED:
            step = _next_of_verified(at, by)
        case Stage.DECIDED:
            step = _next_of_decided(at, by)
        case Stage.ANSWERED:
            step = NextStep(text=gettext("回答は送り終わりました。することはありません。"), by="")
        case _:
            step = NextStep(text=gettext("請求は取り下げられました。することはありません。"), by="")
    return step


def _next_of_asked(at: Situation, by: str) -> NextStep:
    until = at.case.supplements[-1].due_on
    came = actions.arrived_papers(at.case)
    if came:
        return NextStep(
            text=gettext(
                "お願いしたあとに書類が%(count)s点届いています。請求者はまだ提出を終えていません。足りるときは確認を再開してください。"
            )
            % {"count": came},
            by=day(until),
            anchor="supplement",
            link=gettext("確認の再開へ"),
            who="" if at.handles else gettext("受付担当または個人情報保護管理者"),
        )
    if until < at.today:
        return NextStep(
            text=gettext("お願いした書類の期限が過ぎました。届いていなければ判断に進めます。"),
            by=by,
            anchor="decide",
            link=gettext("判断へ"),
        )
    return NextStep(
        text=gettext("お願いした書類の到着を待っています。届くまで、することはありません。"),
        by=day(until),
        anchor="supplement",
        link=gettext("お願いした内容"),
    )


def _next_of_received(at: Situation, by: str) -> NextStep:
    check = at.check
    who = "" if at.handles else gettext("受付担当または個人情報保護管理者")
    unread = [proof for proof in at.case.proofs if proof.finding is None]
    if not at.case.proofs:
        return NextStep(
            text=gettext("書類がまだ届いていません。届かなければ、不足書類をお願いしてください。"),
            by=by,
            anchor="supplement",
            link=gettext("不足書類のお願いへ"),
            who=who,
        )
    if unread:
        return NextStep(
            text=gettext("届いた書類を開き、記載を記録してください（残り%(count)s点）。")
            % {"count": len(unread)},
            by=by,
            anchor=f"paper-{unread[0].id}",
            link=gettext("書類へ"),
            who=who,
        )
    if not check.identified:
        return NextStep(
            text=gettext("会社の記録から本人を検索し、どの記録が本人かを特定してください。"),
            by=by,
            anchor="person",
            link=gettext("本人の特定へ"),
            who=who,
        )
    if check.open_points:
        return NextStep(
            text=gettext("一致しない点があります。お断りの前に、不足書類をお願いしてください。"),
            by=by,
            anchor="supplement",
            link=gettext("不足書類のお願いへ"),
            who=who,
        )
    return NextStep(
        text=gettext("照合の結果を見て、本人の確認を確定してください。"),
        by=by,
        anchor="verify",
        link=gettext("照合へ"),
        who=who,
    )


def _next_of_verified(at: Situation, by: str) -> NextStep:
    undecided = [each for each in at.case.demands if each.decision is None]
    if undecided:
        return NextStep(
            text=gettext("請求ごとに判断してください（残り%(count)s件）。")
            % {"count": len(undecided)},
            by=by,
            anchor="decide",
            link=gettext("判断へ"),
            who="" if at.desk.may(Right.DECIDE) else gettext("個人情報保護管理者"),
        )
    return NextStep(
        text=gettext("判断した人とは別の人が承認してください（残り%(count)s件）。")
        % {"count": sum(not each.decided for each in at.case.demands)},
        by=by,
        anchor="approve",
        link=gettext("承認へ"),
        who="" if at.desk.may(Right.APPROVE) else gettext("承認者"),
    )


def _next_of_decided(at: Situation, by: str) -> NextStep:
    case = at.case
    if case.work is Work.READY:
        return _next_of_ready(at, by)
    if at.stale:
        return NextStep(
            text=gettext("承認のあとに対象の範囲が変わりました。判断に差し戻してください。"),
            by=by,
            anchor="reopen",
            link=gettext("変わったところへ"),
            who="" if at.handles else gettext("受付担当または個人情報保護管理者"),
        )
    if case.work is Work.WAITING and at.to_write:
        return NextStep(
            text=gettext("印字できない文字があります。手書きで補う文字を記録してください。"),
            by=by,
            anchor="by-hand",
            link=gettext("手書きする文字へ"),
        )
    by_people = _WAITS_FOR_PEOPLE.get(case.work_note.partition(":")[0])
    if case.work is Work.WAITING and by_people is not None:
        return NextStep(
            text=str(by_people.text),
            by=by,
            anchor=by_people.anchor,
            link=str(by_people.link),
            who="" if at.handles else gettext("受付担当または個人情報保護管理者"),
        )
    if case.work is Work.WAITING:
        return NextStep(
            text=gettext("実行が止まっています。原因を確かめてください。期限は進んでいます。"),
            by=by,
            anchor="work",
            link=gettext("実行へ"),
        )
    return NextStep(
        text=gettext("自動処理が終わるのを待っています。することはありません。"),
        by=by,
        anchor="work",
        link=gettext("実行へ"),
    )


@dataclass(frozen=True, slots=True)
class _ByPeople:
    """What people do before the machine goes on, and where."""

    text: "str | Promise"
    anchor: str
    link: "str | Promise"


_WAITS_FOR_PEOPLE: Final = {
    "hand-work": _ByPeople(
        _("手で行う作業があります。行ってから記録してください。"), "work", _("実行へ")
    ),
    "people": _ByPeople(_("担当者の対応を待っています。"), "work", _("実行へ")),
    "person-untold": _ByPeople(
        _("何かを読む前に、安全な連絡先で本人に知らせてください。"),
        "telling",
        _("本人へのお知らせへ"),
    ),
}


def _next_of_ready(at: Situation, by: str) -> NextStep:
    who = "" if at.handles else gettext("受付担当または個人情報保護管理者")
    if actions.waits_for_telling(at.case):
        return NextStep(
            text=gettext("代理人に回答を送る前に、登録の連絡先で本人に知らせてください。"),
            by=by,
            anchor="telling",
            link=gettext("本人へのお知らせへ"),
            who=who,
        )
    if (waits := actions.waits_until(at.case, now=at.now)) is not None:
        return NextStep(
            text=gettext(
                "登録の連絡先が最近変わったため、回答は %(until)s までこの宛先に送れません。"
            )
            % {"until": day(waits)},
            by=by,
            anchor="change",
            link=gettext("連絡先の最近の変更へ"),
            who=who,
        )
    if actions.waits_for_change(at.case, now=at.now):
        return NextStep(
            text=gettext("回答を送る前に、変更前の連絡先に知らせてください。"),
            by=by,
            anchor="change",
            link=gettext("連絡先の最近の変更へ"),
            who=who,
        )
    return NextStep(
        text=gettext("回答書を開いて確かめ、送ってください。"),
        by=by,
        anchor="answer",
        link=gettext("回答書へ"),
        who=who,
    )
