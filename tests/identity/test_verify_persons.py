"""P3.10, P3.11: application, paper and record agree, and the agent may ask."""

from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner

from mamoru.cases import terms as cases
from mamoru.cli.identity import TableUnreadable, identity
from mamoru.identity import agent, reasons, verify
from mamoru.identity.agent import Paper, Role
from mamoru.identity.terms import NameParts, Particulars, Verdict

TARO = NameParts(family="山田", given="太郎", family_kana="ヤマダ", given_kana="タロウ")
SATO = NameParts(family="佐藤", given="健", family_kana="サトウ", given_kana="ケン")
NEW, OLD = "東京都港区芝浦3丁目4番1号", "神奈川県川崎市中原区木月2-3-4"
FORM = Particulars(name=TARO, birth="1980-05-06", address=NEW)
PAPER = Particulars(name=TARO, birth="昭和55年5月6日", address="東京都港区芝浦三丁目４－１")
RECORD = Particulars(name=TARO, birth="1980/5/6", address="東京都港区芝浦3-4-1")
TODAY = date(2026, 12, 7)


@pytest.mark.promise("P3.10")
def test_confirms_when_all_three_agree() -> None:
    found = verify.verify_person(FORM, PAPER, RECORD)

    assert found.confirmed
    assert not found.by_chain
    assert [each.pair for each in found.addresses] == [str(each) for each in verify.Pair]
    assert found.addresses[0].a == NEW


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(
    ("change", "component"),
    [
        ({"address": OLD}, "address"),
        ({"birth": "1980-05-07"}, "birth"),
        ({"name": SATO}, "name"),
    ],
)
@pytest.mark.parametrize("source", [0, 1, 2])
def test_one_difference_in_any_source_is_a_mismatch(
    change: dict[str, str], component: str, source: int
) -> None:
    sources = [FORM, PAPER, RECORD]
    sources[source] = replace(sources[source], **change)  # type: ignore[arg-type]

    found = verify.verify_person(*sources)

    assert not found.confirmed
    assert getattr(found, component) is Verdict.MISMATCH


@pytest.mark.promise("P3.10")
def test_a_mover_s_paper_with_both_addresses_links_the_three() -> None:
    moved = replace(RECORD, address="神奈川県川崎市中原区木月２丁目３番４号")

    plain = verify.verify_person(FORM, PAPER, moved)
    linked = verify.verify_person(FORM, PAPER, moved, document_former=OLD)
    stranger = verify.verify_person(FORM, PAPER, moved, document_former=OLD.replace("3-4", "3-5"))
    elsewhere = verify.verify_person(
        replace(FORM, address="東京都港区芝浦9-9-9"), PAPER, moved, document_former=OLD
    )

    assert plain.address is Verdict.MISMATCH
    assert (linked.confirmed, linked.by_chain, linked.warnings) == (True, True, ("former-address",))
    assert linked.addresses[1].verdict is Verdict.MISMATCH
    assert not stranger.confirmed
    assert not elsewhere.confirmed


def test_a_former_registered_address_is_a_warning_not_a_match() -> None:
    found = verify.verify_person(
        replace(FORM, address=OLD), replace(PAPER, address=OLD), RECORD, former_registered=[OLD]
    )

    assert found.address is Verdict.MISMATCH
    assert found.warnings == ("former-address",)


@pytest.mark.promise("P3.10")
def test_a_paper_without_address_is_cannot_tell_not_a_failure() -> None:
    found = verify.verify_person(FORM, replace(PAPER, address=""), RECORD)

    assert found.address is Verdict.CANNOT_TELL
    assert found.addresses[0].reasons == ("not-given",)
    assert not found.confirmed


def test_a_record_without_birth_date_does_not_hinder() -> None:
    assert verify.verify_person(FORM, PAPER, replace(RECORD, birth="")).confirmed
    assert not verify.verify_person(FORM, replace(PAPER, birth=""), RECORD).confirmed


ISSUED = date(2026, 11, 20)
SCOPE = frozenset({"disclosure", "cease-use"})
IDENTITY = Paper(kind="driving-licence", of="person", holder=TARO, address=NEW)
AGENT_IDENTITY = Paper(kind="my-number-card-front", of="agent", holder=SATO)
POWER = Paper(
    kind="power-of-attorney",
    of="authority",
    principal_name="山田太郎",
    agent_name="佐藤　健",
    issued_on=ISSUED,
    scope=SCOPE,
)
SEAL = Paper(kind="seal-certificate", of="person", holder=TARO, address=NEW, issued_on=ISSUED)
REGISTER = Paper(
    kind="family-register",
    of="authority",
    principal_name="山田 太郎",
    agent_name="佐藤 健",
    issued_on=ISSUED,
)
GUARDIANSHIP = replace(REGISTER, kind="guardianship-certificate")
LAWYER = Paper(kind="lawyer-identification", of="agent", holder=SATO)
COMPLETE = {
    Role.PARENT: (IDENTITY, AGENT_IDENTITY, REGISTER),
    Role.GUARDIAN: (IDENTITY, AGENT_IDENTITY, GUARDIANSHIP),
    Role.ENTRUSTED_AGENT: (IDENTITY, AGENT_IDENTITY, POWER, SEAL),
    Role.LAWYER: (IDENTITY, LAWYER, POWER),
}
BIRTH = {Role.PARENT: "2015-01-01"}


def judge(role: Role, *papers: Paper, born: str | None = None) -> agent.Authority:
    return agent.verify_authority(
        role=role,
        person=TARO,
        agent=SATO,
        papers=papers,
        demands=["disclosure"],
        today=TODAY,
        person_birth=BIRTH.get(role, "") if born is None else born,
    )


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize("role", list(COMPLETE))
def test_confirms_each_kind_of_agent_with_complete_papers(role: Role) -> None:
    found = judge(role, *COMPLETE[role])

    assert found.codes == ()
    assert found.confirmed


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize("role", list(COMPLETE))
def test_no_agent_is_confirmed_with_a_paper_missing(role: Role) -> None:
    papers = COMPLETE[role]

    for left_out in range(len(papers)):
        found = judge(role, *papers[:left_out], *papers[left_out + 1 :])

        assert not found.confirmed
        assert all(code.endswith("-missing") for code in found.codes)


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"issued_on": date(2026, 9, 6)}, "power-of-attorney-too-old"),
        ({"issued_on": date(2026, 12, 8)}, "power-of-attorney-dated-in-future"),
        ({"issued_on": None}, "power-of-attorney-undated"),
        ({"expires_on": date(2026, 12, 6)}, "power-of-attorney-expired"),
        ({"genuine": False}, "power-of-attorney-not-genuine"),
        ({"scope": frozenset({"cease-use"})}, "scope-too-narrow"),
        ({"scope": frozenset()}, "scope-missing"),
        ({"principal_name": "山田次郎"}, "principal-name-differs"),
        ({"principal_name": "ヤマダタロウ"}, "principal-name-differs"),
        ({"principal_name": ""}, "principal-name-differs"),
        ({"agent_name": "斎藤健"}, "agent-name-differs"),
    ],
)
def test_a_defective_power_of_attorney_is_named(change: dict[str, object], code: str) -> None:
    power = replace(POWER, **change)  # type: ignore[arg-type]

    found = judge(Role.ENTRUSTED_AGENT, IDENTITY, AGENT_IDENTITY, power, SEAL)

    assert found.codes == (code,)


@pytest.mark.promise("P3.11")
def test_a_paper_of_exactly_three_months_is_accepted() -> None:
    power = replace(POWER, issued_on=date(2026, 9, 7))

    assert judge(Role.ENTRUSTED_AGENT, IDENTITY, AGENT_IDENTITY, power, SEAL).confirmed


def test_old_forms_of_a_name_are_one_name() -> None:
    person, written = NameParts(family="髙橋", given="花子"), "高橋花子"
    papers = (replace(IDENTITY, holder=person), LAWYER, replace(POWER, principal_name=written))

    found = agent.verify_authority(
        role="lawyer", person=person, agent=SATO, papers=papers, demands=["disclosure"], today=TODAY
    )

    assert found.confirmed


@pytest.mark.promise("P3.11")
def test_every_failing_point_is_returned() -> None:
    power = replace(POWER, issued_on=date(2026, 1, 1), scope=frozenset({"cease-use"}))
    seal = replace(SEAL, address=OLD)

    found = judge(Role.ENTRUSTED_AGENT, IDENTITY, power, seal)

    assert set(found.codes) == {
        "agent-identity-missing",
        "power-of-attorney-too-old",
        "scope-too-narrow",
        "seal-certificate-address-differs",
    }


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize(
    ("born", "codes"),
    [
        ("2008-12-08", ()),
        ("2008-12-07", ("person-is-of-age",)),
        ("1980-05-06", ("person-is-of-age",)),
        ("", ("person-age-unknown",)),
    ],
)
def test_a_parent_asks_for_a_minor_only(born: str, codes: tuple[str, ...]) -> None:
    assert judge(Role.PARENT, *COMPLETE[Role.PARENT], born=born).codes == codes


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize("role", [Role.ENTRUSTED_AGENT, Role.LAWYER])
@pytest.mark.parametrize(
    ("born", "codes"), [("2008-12-08", ("person-is-minor",)), ("2008-12-07", ())]
)
def test_a_minor_entrusts_nobody_alone(role: Role, born: str, codes: tuple[str, ...]) -> None:
    assert judge(role, *COMPLETE[role], born=born).codes == codes


@pytest.mark.promise("P3.11")
def test_papers_of_another_role_never_confirm() -> None:
    for role, other in product(COMPLETE, COMPLETE):
        needed = {group.missing for group in agent.required_proofs(role)}
        offered = {group.missing for group in agent.required_proofs(other)}
        born = BIRTH.get(role)

        assert judge(role, *COMPLETE[other], born=born).confirmed == (needed <= offered)


def test_a_person_s_own_request_has_no_authority() -> None:
    assert judge(Role.PERSON, IDENTITY).codes == ("not-an-agent",)


def test_two_papers_without_a_photograph_replace_one_with() -> None:
    (group,) = agent.required_proofs("person")

    assert group.is_met_by(["driving-licence"])
    assert group.is_met_by(["resident-record", "pension-document"])
    assert not group.is_met_by(["resident-record", "resident-record"])
    assert not group.is_met_by(["power-of-attorney"])


def test_the_codes_are_those_of_the_cases() -> None:
    groups = [group for role in Role for group in agent.required_proofs(role)]

    assert {role.value for role in Role} == {role.value for role in cases.Role}
    assert {each.of for each in groups} <= {each.value for each in cases.ProofOf}
    for group in groups:
        assert group.one_of | group.two_of <= {kind.value for kind in cases.ProofKind}
        assert group.missing in reasons.REASONS


def test_every_reason_has_words_in_two_languages() -> None:
    for code, words in reasons.REASONS.items():
        assert words.ja
        assert words.en
        assert reasons.words(code, "en") == words.en


def test_the_command_adds_verdict_and_reasons(tmp_path: Path) -> None:
    source, target = tmp_path / "pairs.csv", tmp_path / "out.csv"
    source.write_text(f"id,address_a,address_b\n1,{NEW},{NEW}\n2,{NEW},{OLD}\n", encoding="utf-8")

    ran = CliRunner().invoke(
        identity, ["compare", "--csv", str(source), "--output", str(target), "--json"]
    )

    assert ran.exit_code == 0
    assert '"match": 1' in ran.stdout
    lines = target.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "id,address_a,address_b,verdict,reasons"
    assert lines[1].endswith(",match,")
    assert ",mismatch,municipality" in lines[2]


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "address_a\nx\n", "", "name_a,name_b,birth_a,birth_b\n"]
)
def test_a_bad_header_is_refused_with_its_remedy(tmp_path: Path, text: str) -> None:
    source = tmp_path / "pairs.csv"
    source.write_text(text, encoding="utf-8")

    ran = CliRunner().invoke(identity, ["compare", "--csv", str(source)])

    assert isinstance(ran.exception, TableUnreadable)
    assert ran.exception.exit_code == 2
    assert "address_a,address_b" in str(ran.exception)


@pytest.mark.promise("P3.11")
def test_of_a_doubtful_paper_that_was_not_read_only_the_doubt_is_told() -> None:
    passport = Paper(kind="passport", of="person", genuine=False)
    papers = (IDENTITY, AGENT_IDENTITY, POWER, SEAL, passport)

    found = judge(Role.ENTRUSTED_AGENT, *papers)

    assert found.codes == ("passport-not-genuine",)
    assert not found.confirmed
