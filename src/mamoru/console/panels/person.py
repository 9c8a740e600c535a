"""Who it is: the records, the three sources compared, what is still open (P3.10, P3.11)."""

from django.utils.translation import gettext

from mamoru.cases import actions, execute
from mamoru.cases.terms import (
    PostedState,
    Stage,
)
from mamoru.console import forms, labels
from mamoru.console.panels.look import Look
from mamoru.console.shaping import (
    pair_of,
)
from mamoru.console.shown import (
    Asked,
    Compared,
    Comparison,
    Posted,
    Row,
)
from mamoru.console.words import day, language, listed, moment, said, word
from mamoru.documents import asking, wording
from mamoru.identity import verify
from mamoru.identity.terms import Verdict


def records(look: Look) -> tuple[str, ...]:
    """Return the records that were identified, by their key only for who may read it."""
    if look.case.identity is None:
        return ()
    return tuple(
        look.place(f"{each.store}/{each.table}") + (f" ({each.key})" if look.personal else "")
        for each in look.case.identity.subjects
    )


def searched(look: Look) -> str:
    """Return the stores that were asked for the person's records, in the words of the map."""
    return listed(look.titles.get(name, name) for name in actions.searched_stores(look.case))


def identify_form(
    look: Look, candidates: tuple[execute.Candidate, ...] | None
) -> forms.IdentifyForm | None:
    """Return the form to choose records, once somebody has searched."""
    kept = look.kept is not None and look.kept.key == "identify"
    if candidates is None and not kept:
        return None
    return look.kept_or(forms.IdentifyForm, "identify", forms.IdentifyForm(auto_id="identify-%s"))


def comparison(look: Look) -> Comparison | None:
    """Return the three sources side by side; None before there is a paper to compare."""
    found = look.check.comparison
    if found is None:
        return None
    paper = next((each for each in look.case.proofs if each.id == look.check.proof), None)
    chain: tuple[Row, ...] = ()
    if found.chain:
        first, second = found.chain
        chain = (
            Row(label=gettext("請求書の住所"), text=first.a),
            Row(label=gettext("確認書類の今の住所"), text=first.b),
            Row(label=gettext("確認書類の前の住所"), text=second.a),
            Row(label=gettext("登録されている住所"), text=second.b),
        )
    return Comparison(
        paper=said(wording.PROOF_KINDS, paper.kind) if paper else "",
        parts=(
            _compared(look, "address", gettext("住所"), found.addresses, found.address),
            _compared(look, "name", gettext("氏名"), found.names, found.name),
            _compared(look, "birth", gettext("生年月日"), found.births, found.birth),
        ),
        chain=chain,
    )


def _compared(
    look: Look, key: str, title: str, pairs: tuple[verify.PairVerdict, ...], verdict: str
) -> Compared:
    """Return one part; before somebody is identified there is nothing registered to compare."""
    first, second, _third = pairs
    registered, agreed = second.b, word(labels.VERDICTS, verdict)
    if not look.check.identified:
        pairs, verdict, registered = (first,), first.verdict, gettext("（未特定）")
        agreed = word(labels.VERDICTS, verdict)
        if verdict == Verdict.MATCH:
            verdict = Verdict.CANNOT_TELL
            agreed = gettext("請求書と確認書類は一致（登録内容は未照合）")
    elif verdict == Verdict.MATCH and not registered.strip():
        agreed = gettext("請求書と確認書類は一致（登録なし）")
    return Compared(
        key=key,
        title=title,
        verdict=str(verdict),
        word=agreed,
        sources=(
            Row(label=gettext("請求書"), text=first.a),
            Row(label=gettext("確認書類"), text=first.b),
            Row(label=gettext("登録内容"), text=registered),
        ),
        pairs=tuple(pair_of(each) for each in pairs),
    )


def verify_hint(look: Look) -> str:
    """Return what is needed before the identity can be confirmed."""
    check = look.check
    if not look.open or check.by_login:
        return ""
    if look.case.stage is Stage.SUPPLEMENT_ASKED:
        text = gettext("お願いした書類が提出されると、確定できるようになります。")
    elif not look.handles:
        text = gettext("確定は、受付担当または個人情報保護管理者が行います。")
    elif not check.identified:
        text = gettext("本人の特定が済むと、確定できるようになります。")
    elif check.comparison is None:
        text = gettext("本人の確認書類の記載を記録すると、照合できるようになります。")
    elif check.open_points:
        text = gettext(
            "残っている点があるあいだは、確定しようとしても受け付けられません。不足書類をお願いしてください。"
        )
    elif check.unread_points:
        text = gettext("届いている書類の記載を記録すると、確定できるようになります。")
    elif not check.acceptable(note=""):
        text = gettext("一部だけの一致です。足りると判断した理由を記入すると確定できます。")
    else:
        text = gettext("すべて一致しています。理由の記入は要りません。")
    return text


def verified(look: Look) -> str:
    """Return who confirmed it and when."""
    if look.case.verified_by is None:
        return ""
    at = look.case.complete_at
    return f"{look.who(look.case.verified_by)} {moment(at) if at else ''}".strip()


def posted(look: Look) -> Posted | None:
    """Return how a code by registered post stands; None where none was made and none can be."""
    case, stand = look.case, actions.posted_state(look.case, now=look.now)
    may_make = look.handles and look.personal and actions.may_post_code(case, now=look.now)
    if case.posted is None or stand is None:
        if not may_make:
            return None
        return Posted(facts=(), may_make=True, again=False, form=None, note="")
    state, until = stand
    facts = [Row(label=gettext("状態"), text=word(labels.POSTED, state))]
    facts.append(
        Row(label=gettext("作成"), text=f"{look.who(case.posted.by)} {moment(case.posted.made_at)}")
    )
    if case.posted.sent_at is not None and case.posted.dispatch is not None:
        way = said(wording.DISPATCH, case.posted.dispatch)
        sent = f"{look.who(case.posted.sent_by)} {moment(case.posted.sent_at)}"
        facts.append(Row(label=gettext("発送"), text=f"{sent} {way}"))
        if look.personal:
            facts.append(Row(label=gettext("追跡番号"), text=case.posted.tracking_number))
    if until is not None:
        facts.append(Row(label=gettext("番号の期限"), text=day(until)))
    if case.posted.entered_at is not None:
        facts.append(Row(label=gettext("入力"), text=moment(case.posted.entered_at)))
    note = ""
    if actions.posted_for_others(case, now=look.now):
        note = gettext(
            "番号を送ったあとに、本人の記録または登録の住所が変わりました。この番号は確認に使えません。"
        )
    elif look.check.by_post:
        note = gettext(
            "請求した人が登録の住所で郵便を受け取れることを確認できました。氏名と生年月日は、書類で確かめてください。"
        )
    recording = look.handles and look.open and state is PostedState.MADE
    fresh = forms.PostedCodeForm(language=language())
    return Posted(
        facts=tuple(facts),
        may_make=may_make and not look.check.by_post,
        again=True,
        form=look.kept_or(forms.PostedCodeForm, "posted", fresh) if recording else None,
        note=note,
    )


def asked(look: Look, index: int) -> Asked:
    """Return one request for what was missing."""
    asked = look.case.supplements[index]
    return Asked(
        at=moment(asked.asked_at),
        by=look.who(asked.by),
        due=day(asked.due_on),
        received=moment(asked.received_at) if asked.received_at else "",
        points=tuple(
            asking.defect(code, language(), actions.issued_within()) for code in asked.defects
        ),
        message=asked.message if look.personal else "",
    )
