"""From what was decided and read to what is said (P3.24, appi-reference 6.6)."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from mamoru.cases import store
from mamoru.cases.rules import deadline, facts, papers, posting, shielding
from mamoru.cases.rules.shielding import Shield
from mamoru.cases.store import effects as kept
from mamoru.cases.terms import (
    PROVISION_RECORDS,
    AnswerMethod,
    Case,
    Decision,
    Demand,
    DemandKind,
    DemandState,
    Outcome,
    PersonalDetails,
    ProofOf,
    Role,
    Supplement,
    Target,
)
from mamoru.datamap.inventory import DataMap, Table
from mamoru.datamap.spoken import spoken, spoken_day
from mamoru.documents import blanks, letter, pdf
from mamoru.documents.terms import (
    Addressee,
    AgentNotice,
    AnnexTable,
    Answer,
    Change,
    Changed,
    CodeLetter,
    DemandAnswer,
    Purpose,
    Sender,
    SupplementRequest,
)
from mamoru.identity import address
from mamoru.identity.terms import Verdict
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError
from mamoru.kit.text import digits_only, fold
from mamoru.policy.document import Policy

_PROVISION_COLUMNS = {
    "ja": ("提供年月日", "根拠", "提供先の氏名又は名称", "提供先の住所", "代表者", "提供した項目"),
    "en": ("Date", "Basis", "Recipient", "Address", "Representative", "Items"),
}
_PROVISION_TITLE = {"ja": "第三者提供記録", "en": "Records of provision to third parties"}
_PROVISION_SOURCE = {"ja": "第三者提供記録簿", "en": "Register of provisions"}
_BASIS = {
    "ja": {
        "consent": "本人の同意（法第27条第1項）",
        "foreign-consent": "本人の同意（法第28条第1項）",
    },
    "en": {"consent": "consent (Act 27(1))", "foreign-consent": "consent (Act 28(1))"},
}
_EMPTY = "—"
STATUS_PAGE = "/requests/status/"
"""Where number and code open a case; a test holds that it is the page's own address."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the wording of an answer is taken from: the policy and the data map in force."""

    policy: Policy
    datamap: DataMap
    public_url: str
    hidden: frozenset[str] = frozenset()  # columns that this answer must not show

    def hides(self, table: str, column: str) -> bool:
        """Return whether a column of a table (`store/table`) must not be shown."""
        return f"{table}/{column}" in self.hidden


class AddressUnverified(MamoruError):
    """There is no verified address to send the answer to. Look at the papers again."""

    code, exit_code = "address-unverified", 3


class GlyphMissing(MamoruError):
    """The letter holds a character that no font of ours can draw. A person must write it."""

    code, exit_code = "glyph-missing", 4


def compose(
    case: Case, sources: Sources, *, dated_on: date, shield: Shield | None = None
) -> Answer:
    """Return the answer to a decided case; nothing in it comes from anywhere but the receipts.

    INVARIANT: of a protected person it holds no value that may tell where the person is, however
    the receipts came to hold one; and no word in it depends on whether there is a shield.
    """
    if shielding.hides(case, shield):
        hidden = shielding.hidden_columns(sources.policy, sources.datamap)
        sources = replace(sources, hidden=hidden)
    return Answer(
        reference=case.id,
        received_on=clock.date_in_japan(case.received_at),
        dated_on=dated_on,
        language=case.filing.language,
        sender=sender(sources, case.filing.language),
        addressee=addressee(case, shield),
        may_withhold=shielding.may_withhold(case),
        person_name=_person(case).name,
        agent_name=case.filing.agent.name if case.filing.agent else "",
        demands=tuple(
            _demand(case, sources, each, each.decision) for each in case.demands if each.decision
        ),
    )


def compose_supplement(
    case: Case, sources: Sources, asked: Supplement, shield: Shield | None = None
) -> SupplementRequest:
    """Return the request for what is missing; it never shows what is registered."""
    return SupplementRequest(
        reference=case.id,
        received_on=clock.date_in_japan(case.received_at),
        dated_on=clock.date_in_japan(asked.asked_at),
        language=case.filing.language,
        sender=sender(sources, case.filing.language),
        addressee=_safe(case, shield) or _as_given(case),
        person_name=case.filing.person.name,
        defects=asked.defects,
        issued_within=papers.issued_within(papers.of(sources.policy)),
        not_covered=_not_covered(case, sources, at=asked.asked_at),
        message=asked.message,
        due_on=asked.due_on,
    )


def compose_posted_code(
    case: Case, sources: Sources, to: PersonalDetails, code: str, made_at: datetime
) -> CodeLetter:
    """Return the letter that takes a one-time code to the registered address.

    It names no demand and nobody but its addressee: whoever asked may be a stranger.
    """
    return CodeLetter(
        reference=case.id,
        dated_on=clock.date_in_japan(made_at),
        language=case.filing.language,
        sender=sender(sources, case.filing.language),
        addressee=addressee_of(to),
        code=code,
        page=f"{sources.public_url.rstrip('/')}{STATUS_PAGE}",
        days=posting.DAYS,
        tries=posting.TRIES,
    )


def render_posted_code(composed: CodeLetter) -> bytes:
    """Return that letter as PDF, with boxes where a character of the name is written by hand."""
    return render_to_registered(letter.build_code(composed))


def compose_telling(
    case: Case, sources: Sources, to: PersonalDetails, made_at: datetime
) -> AgentNotice:
    """Return the letter that tells the person of an agent's request, at the registered address."""
    return AgentNotice(
        reference=case.id,
        received_on=clock.date_in_japan(case.received_at),
        dated_on=clock.date_in_japan(made_at),
        language=case.filing.language,
        sender=sender(sources, case.filing.language),
        addressee=addressee_of(to),
    )


def render_telling(composed: AgentNotice) -> bytes:
    """Return that letter as PDF, with boxes where a character of the name is written by hand."""
    return render_to_registered(letter.build_notice(composed))


def render_to_registered(built: letter.Letter) -> bytes:
    """Return a letter as PDF, whatever the registered name holds: boxes where no font has it."""
    return _render(built, "".join(pdf.missing_glyphs(built.text())))


def render(composed: Answer, *, by_hand: str = "") -> bytes:
    """Return the letter as PDF, with a box for each character that a person writes by hand.

    GlyphMissing if another character cannot be drawn.
    """
    return _render(letter.build(composed), by_hand)


def render_supplement(composed: SupplementRequest, *, by_hand: str = "") -> bytes:
    """Return the request for a supplement as PDF; boxes and GlyphMissing as above."""
    return _render(letter.build_supplement(composed), by_hand)


def sender(sources: Sources, language: str) -> Sender:
    """Return the company as the policy names it."""
    policy = sources.policy
    company, desk = policy.company, policy.requests.desk
    who = company.representative
    representative = f"{who.title.in_(language)} {who.name.in_(language)}" if who else ""
    return Sender(
        name=company.name.in_(language),
        representative=representative,
        postal_code=company.postal_code or "",
        address=company.address.in_(language) if company.address else "",
        desk=desk.title.in_(language) if desk else "",
        contact=_contact(desk.form, desk.mail, sources.public_url, language) if desk else "",
    )


def _contact(form: str, mail: str | None, public_url: str, language: str) -> str:
    """Return where to write, as it must stand on paper: a whole address, and the mail if any."""
    page = f"{public_url.rstrip('/')}{form}" if form.startswith("/") else form
    return f"{page}、{mail}" if mail and language == "ja" else f"{page}, {mail}" if mail else page


def expect_printable(*texts: str) -> None:
    """Raise GlyphMissing while the writer can still choose other characters."""
    missing = pdf.missing_glyphs("".join(texts))
    if missing:
        raise GlyphMissing(f"{len(missing)} characters of the text have no glyph")


def _printable(text: str) -> str:
    """Return data with 〓 and the code point for each character that our fonts cannot draw.

    A name in the head of a letter stops the letter instead; here the answer must not wait
    for ever because an inquiry held a picture sign.
    """
    for character in pdf.missing_glyphs(text):
        text = text.replace(character, f"〓(U+{ord(character):04X})")
    return text


def addressee(case: Case, shield: Shield | None = None) -> Addressee:
    """Return where the answer may go: the address that a paper proved, nobody's typed one.

    An agent gets it where a paper of the agent shows the address; else it goes
    to the person. A member who signed in reads it on the member page. Who was not confirmed
    is refused at the address of the form, and hears nothing but what the form said
    (INVARIANT: then nothing of anybody is in the letter). A protected person is written to at
    the safe contact; SafeContactMissing where there is none.
    """
    safe = _safe(case, shield)
    if safe is not None:
        return safe
    if case.verified_by is None:
        if any(each.decision and each.decision.outcome is not _REFUSED for each in case.demands):
            raise AddressUnverified(f"case `{case.id}` has nobody confirmed to answer to")
        return _as_given(case)
    if case.filing.role is not Role.PERSON:
        agent = _proven(case, ProofOf.AGENT)
        if agent is not None:
            return addressee_of(agent, on_behalf_of=_person(case).name)
    if shield is not None:
        # An agent whose papers show no address: the person gets it, at the safe contact.
        return _unseen(case, shield)
    person = _proven(case, ProofOf.PERSON) or _registered(case)
    if person is None:
        raise AddressUnverified(f"case `{case.id}` has no address that a paper proves")
    return addressee_of(person)


def _safe(case: Case, shield: Shield | None) -> Addressee | None:
    """Return where a protected person who asks without an agent is written to; None for others."""
    if shield is None or case.filing.role is not Role.PERSON:
        return None
    return _unseen(case, shield)


def _unseen(case: Case, shield: Shield) -> Addressee:
    """Return the safe contact, or in what is fetched from a page the form's own words."""
    if case.filing.answer_method is AnswerMethod.ELECTRONIC:
        return _as_given(case)
    return addressee_of(shielding.destination(case, shield))


def _registered(case: Case) -> PersonalDetails | None:
    """Return the registered details where a login, or a code by post, proves that they are theirs."""
    if case.identity is None:
        return None
    if case.filing.member_ref:
        return case.identity.registered
    details = (each.registered for each in case.identity.records)
    return next((each for each in details if each.address), None) if posting.proves(case) else None


_REFUSED = Outcome.REFUSED


def _proven(case: Case, of: ProofOf) -> PersonalDetails | None:
    """Return the details of the paper whose address the form gives too: a mover's old licence
    shows where the person no longer lives."""
    form = case.filing.person if of is ProofOf.PERSON else case.filing.agent
    shown = [
        proof.finding.details
        for proof in case.proofs
        if proof.of is of and proof.finding and proof.finding.genuine
        if proof.finding.details.address
    ]
    stated = form.full_address if form else ""
    shown.sort(key=lambda each: _LIKENESS.index(address.compare(each.full_address, stated).verdict))
    if not shown or form is None or shown[0].postal_code:
        return shown[0] if shown else None
    return replace(shown[0], postal_code=_postal_code(shown[0], form))


def _postal_code(shown: PersonalDetails, form: PersonalDetails) -> str:
    """Return the postal code for an address on a paper, since few papers show one.

    The form's, where it gives the very same address and the town has that code; else the town's
    own where it has but one. A code that nobody can vouch for is left out.
    """
    codes = address.postal_codes(shown.full_address)
    typed = digits_only(form.postal_code)
    same = address.compare(shown.full_address, form.full_address).verdict is Verdict.MATCH
    if same and typed and (not codes or typed in codes):
        return typed
    return next(iter(codes)) if len(codes) == 1 else ""


_LIKENESS = (Verdict.MATCH, Verdict.PARTIAL, Verdict.CANNOT_TELL, Verdict.MISMATCH)


def _as_given(case: Case) -> Addressee:
    details = case.filing.agent or case.filing.person
    behalf = case.filing.person.name if case.filing.agent else ""
    return addressee_of(details, on_behalf_of=behalf)


def addressee_of(details: PersonalDetails, *, on_behalf_of: str = "") -> Addressee:
    """Return details as the head of a letter shows them."""
    lines = tuple(line for line in (details.address, details.building) if line)
    return Addressee(
        postal_code=_HYPHEN.sub(r"\1-\2", fold(details.postal_code)),
        address_lines=lines,
        name=details.name,
        on_behalf_of=on_behalf_of,
    )


_HYPHEN = re.compile(r"\A〒?\s*(\d{3})-?(\d{4})\Z")


def _person(case: Case) -> PersonalDetails:
    if case.filing.member_ref and case.identity:
        return case.identity.registered
    return case.filing.person


def _demand(case: Case, sources: Sources, state: DemandState, decision: Decision) -> DemandAnswer:
    asked = state.demand
    language = case.filing.language
    done = decision.outcome is Outcome.FULFILLED
    tables = _tables(case, sources, state) if done and asked.kind in _SHOWING else ()
    return DemandAnswer(
        kind=asked.kind,
        items=_item_titles(sources, _spoken_of(case, sources, state), language),
        outcome=decision.outcome,
        grounds=decision.grounds,
        reason=decision.reason,
        law=decision.law,
        purposes=_purposes(sources, state, language)
        if asked.kind is DemandKind.NOTICE_OF_PURPOSE
        else (),
        changes=_changes(sources, _spoken_of(case, sources, state), language) if done else (),
        tables=tables,
        changed=_changed(sources, state, language) if asked.kind is DemandKind.ERASURE else (),
        suit_from=_suit_from(case, asked),
        not_covered=asked.kind in _not_covered(case, sources, at=decision.at),
    )


def _spoken_of(case: Case, sources: Sources, state: DemandState) -> Demand:
    """Return a demand as the letter speaks of it: of a protected person as the form did.

    Which registered value staff found it to be about, and what stood there, is not told.
    """
    if not sources.hidden:
        return state.demand
    return case.filing.demands[int(state.id.rpartition("/")[2]) - 1]


def refusal(case: Case, state: DemandState, sources: Sources, language: str) -> tuple[str, ...]:
    """Return what the letter says of a refusal, the Act named in full; nothing of what is not."""
    decision, asked = state.decision, state.demand
    if decision is None or decision.outcome is not Outcome.REFUSED:
        return ()
    said = DemandAnswer(
        kind=asked.kind,
        items=(),
        outcome=decision.outcome,
        grounds=decision.grounds,
        reason=decision.reason,
        law=decision.law,
        suit_from=_suit_from(case, asked),
        not_covered=asked.kind in _not_covered(case, sources, at=decision.at),
    )
    return tuple(letter.refusal(said, language, in_full=True))


def _suit_from(case: Case, asked: Demand) -> date | None:
    return deadline.suit_from(clock.date_in_japan(case.received_at), asked.kind)


def _not_covered(case: Case, sources: Sources, *, at: datetime) -> tuple[str, ...]:
    """Return the kinds of demand that the power of attorney did not cover, as it was read by then."""
    read = tuple(each for each in case.proofs if each.finding and each.finding.at <= at)
    rules = papers.of(sources.policy)
    today = clock.date_in_japan(at)
    found = facts.check(replace(case, proofs=read), today=today, rules=rules).open_findings
    lacking = {kind for each in found for kind in each.lacks}
    asked = dict.fromkeys(each.demand.kind for each in case.demands)
    return tuple(kind for kind in asked if kind in lacking)


_SHOWING = frozenset({DemandKind.DISCLOSURE, DemandKind.DISCLOSURE_OF_PROVISION_RECORDS})


def _item_titles(sources: Sources, asked: Demand, language: str) -> tuple[str, ...]:
    if Target.ALL in asked.items:
        return ()
    categories = {each.id: each.title for each in sources.policy.categories}
    titles = []
    for item in asked.items:
        if item in categories:
            titles.append(categories[item].in_(language))
        elif item.count("/") == 3:  # noqa: PLR2004 - store/table/row/column
            titles.append(_column_title(sources, item, language))
        else:
            titles.append(item)
    return tuple(titles)


def _column_title(sources: Sources, ref: str, language: str) -> str:
    store_name, table_name, _, column_name = ref.split("/")
    table = sources.datamap.table(store_name, table_name)
    title = next(column.title for column in table.columns if column.name == column_name)
    return title.en if language == "en" else title.ja


def _changes(sources: Sources, asked: Demand, language: str) -> tuple[Change, ...]:
    if asked.before is None and asked.after is None:
        return ()
    item = "、".join(_item_titles(sources, asked, language))
    before, after = (_said(sources, asked, each, language) for each in (asked.before, asked.after))
    return (Change(item=item, before=_printable(before), after=_printable(after)),)


def _said(sources: Sources, asked: Demand, value: str | None, language: str) -> str:
    """Return a value of a correction in the words of its column, where one column is named."""
    if len(asked.items) != 1 or asked.items[0].count("/") != 3:  # noqa: PLR2004 - as above
        return value or ""
    store_name, table_name, _, column_name = asked.items[0].split("/")
    return spoken(sources.datamap.table(store_name, table_name), column_name, value, language)


def _tables(case: Case, sources: Sources, state: DemandState) -> tuple[AnnexTable, ...]:
    language = case.filing.language
    result = []
    for done in store.receipts(state.id):
        location = f"{done.store}/{done.table}"
        if done.table == PROVISION_RECORDS:
            if done.rows and not sources.hidden:
                result.append(_provision_table(state, language))
            continue
        if not done.rows:
            continue
        table = sources.datamap.table(done.store, done.table)
        if any(
            column.personal and column.name in store.values(state.id, location)[0]
            for column in table.columns
            if not sources.hides(location, column.name)
        ):
            result.append(_annex(sources, state, table, location, language))
    return tuple(result)


def _changed(sources: Sources, state: DemandState, language: str) -> tuple[Changed, ...]:
    """Return what an erasure did, place by place, in the words of the map."""
    result = []
    for each in kept.effects(state.id):
        if each.wave or not (each.erased or each.written or each.held):
            continue
        table = sources.datamap.table(each.store, each.table)
        if all(sources.hides(each.ref, column.name) for column in table.columns if column.personal):
            continue
        laws = {hold.code: hold.law for hold in table.holds}
        result.append(
            Changed(
                title=table.title.en if language == "en" else table.title.ja,
                source=_store_title(sources, each.store, language),
                erased=each.erased,
                emptied=each.written,
                held=each.held,
                laws=tuple(
                    laws[code].en if language == "en" else laws[code].ja
                    for code in each.holds
                    if code in laws
                ),
                until=each.release_on,
                level=each.level,
                backups_until=each.backups_until,
            )
        )
    return tuple(result)


def _annex(
    sources: Sources, state: DemandState, table: Table, location: str, language: str
) -> AnnexTable:
    rows = store.values(state.id, location)
    titles = {
        column.name: column.title.en if language == "en" else column.title.ja
        for column in table.columns
    }
    names = tuple(name for name in rows[0] if not sources.hides(location, name))
    return AnnexTable(
        title=table.title.en if language == "en" else table.title.ja,
        source=_store_title(sources, location.partition("/")[0], language),
        columns=tuple(titles[name] for name in names),
        rows=tuple(
            tuple(_printable(spoken(table, name, row[name], language)) or _EMPTY for name in names)
            for row in rows
        ),
        purposes=_purposes_of(sources, table.purposes, language),
    )


def _provision_table(state: DemandState, language: str) -> AnnexTable:
    tongue = "en" if language == "en" else "ja"
    rows = store.values(state.id, PROVISION_RECORDS)
    return AnnexTable(
        title=_PROVISION_TITLE[tongue],
        source=_PROVISION_SOURCE[tongue],
        columns=_PROVISION_COLUMNS[tongue],
        rows=tuple(
            tuple(_provided(name, _text(value), tongue) for name, value in row.items())
            for row in rows
        ),
    )


def _provided(name: str, text: str, tongue: str) -> str:
    """Return a cell of a record of provision in words: its basis, its day, its items."""
    if name == "basis":
        return _BASIS[tongue].get(text, text)
    return spoken_day(text, tongue) if name == "provided_on" else text


def _store_title(sources: Sources, name: str, language: str) -> str:
    title = next(each.title for each in sources.datamap.stores if each.name == name)
    return title.en if language == "en" else title.ja


def _purposes(sources: Sources, state: DemandState, language: str) -> tuple[Purpose, ...]:
    """The actual purposes of this person's data, in the published words (P3.2, Act 32(2))."""
    codes: dict[str, None] = {}
    for done in store.receipts(state.id):
        if done.rows and done.table != PROVISION_RECORDS:
            table = sources.datamap.table(done.store, done.table)
            codes |= dict.fromkeys(table.purposes)
    return tuple(
        Purpose(code=each.id, text=sources.policy.clause(each.clause).in_(language))
        for each in sources.policy.purposes  # in its order: a purpose speaks of those that follow
        if each.id in codes
    )


def _purposes_of(sources: Sources, codes: tuple[str, ...], language: str) -> tuple[Purpose, ...]:
    stated = {each.id: each.title for each in sources.policy.purposes}
    return tuple(
        Purpose(code=code, text=stated[code].in_(language)) for code in codes if code in stated
    )


def _render(built: letter.Letter, by_hand: str) -> bytes:
    built = blanks.leave(built, by_hand)
    missing = pdf.missing_glyphs(built.text())
    if missing:
        raise GlyphMissing(f"{len(missing)} characters of the letter have no glyph")
    return pdf.render(built)


def _text(value: object) -> str:
    """Return a cell as people read it; an empty cell is empty text."""
    return "" if value is None else str(value)
