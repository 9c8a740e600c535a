"""What changes in who may receive data, at home and abroad (Act 27, 28)."""

from collections.abc import Iterator

from mamoru.policy import labels
from mamoru.policy.diff.change import LAW_KNOWN, Change, details, pairs
from mamoru.policy.document import Policy
from mamoru.policy.parts import Recipient
from mamoru.policy.terms import Language, Need, ProvisionBasis, RecipientKind


def leaving(recipient: Recipient) -> tuple[Need, str]:
    """What it takes to let data go to a recipient at all."""
    if recipient.kind in {RecipientKind.THIRD_PARTY, RecipientKind.FOREIGN_THIRD_PARTY}:
        return _leaving_for_third_party(recipient)
    if recipient.kind is RecipientKind.JOINT_USER:
        return Need.NOTICE, "Act 27(5)(iii)"
    if recipient.country != "JP":
        # Entrusting abroad is a provision abroad (Act 28(1)). It needs consent, unless the country
        # is recognised, or the receiver keeps an equivalent system that somebody has checked and
        # watches (Rule 15, 16, 18): only people can judge that, so publishing never suffices here.
        if recipient.basis is ProvisionBasis.EQUIVALENT_SYSTEM:
            return Need.JUDGEMENT, "Act 28(1), (3); Rule 16, 18"
        return Need.CONSENT, "Act 28(1)"
    if recipient.kind is RecipientKind.ENTRUSTEE:
        return Need.PUBLICATION, "Act 27(5)(i), 25"
    return Need.PUBLICATION, "Act 27(1)"


def _leaving_for_third_party(recipient: Recipient) -> tuple[Need, str]:
    if recipient.basis is ProvisionBasis.LAW:
        return Need.PUBLICATION, "Act 27(1)(i)"
    if recipient.basis is ProvisionBasis.OPT_OUT:
        return Need.NOTICE, "Act 27(2), (3)"
    foreign = recipient.kind is RecipientKind.FOREIGN_THIRD_PARTY or recipient.country != "JP"
    return Need.CONSENT, "Act 28(1)" if foreign else "Act 27(1)"


def _position(policy: Policy, recipient: Recipient, language: Language) -> str:
    """What a recipient is to the law: kind, country, basis."""
    names = {each.code: (each.name.ja, each.name.en) for each in policy.countries or ()}
    said = [labels.word(recipient.kind, language)]
    said.append(labels.country(recipient.country, names, language))
    if recipient.basis is not None:
        said.append(labels.word(recipient.basis, language))
    return ("、" if language is Language.JA else ", ").join(said)


def _abroad(recipient: Recipient, language: Language) -> str:
    """What to judge before anything goes to an entrustee in another country."""
    if leaving(recipient)[0] is not Need.JUDGEMENT:
        return ""
    if language is Language.JA:
        return "外国にある第三者への提供に当たります。相手の体制が規則16条の基準に適合していることを確かめて記録し、続けて見守れないときは、本人の同意が必要です。"
    return "; this is a provision to a third party abroad: unless its system is found to meet the standards of Rule 16, on record, and is watched from then on, consent is needed"  # fmt: skip


def recipients(before: Policy, after: Policy) -> Iterator[Change]:
    """Yield each recipient that comes, goes, or stands differently to the law."""
    for old, new in pairs(before.recipients, after.recipients):
        if new is None:
            yield Change(
                code="recipient-removed", subject=old.id, need=Need.PUBLICATION, article=LAW_KNOWN,
                ja=f"「{old.title.ja}」に渡すことはなくなります。", en=f"{old.title.en} no longer receives data",
            )  # fmt: skip
            continue
        need, article = leaving(new)
        if old is None:
            yield Change(
                code="recipient-added", subject=new.id, need=need, article=article,
                ja=f"「{new.title.ja}」({_position(after, new, Language.JA)})が新しい渡し先になります。{_abroad(new, Language.JA)}",
                en=f"{new.title.en} ({_position(after, new, Language.EN)}) becomes a recipient{_abroad(new, Language.EN)}",
            )  # fmt: skip
        elif (old.kind, old.basis, old.country) != (new.kind, new.basis, new.country):
            yield Change(
                code="recipient-changed", subject=new.id, need=need, article=article,
                ja=f"「{new.title.ja}」の立場、根拠または国が変わります({_position(before, old, Language.JA)} → {_position(after, new, Language.JA)})。{_abroad(new, Language.JA)}",
                en=f"kind, basis or country of {new.title.en} changes ({_position(before, old, Language.EN)} to {_position(after, new, Language.EN)}){_abroad(new, Language.EN)}",
            )  # fmt: skip
        if old is not None and old.title != new.title:
            # Another name may be another company: consent was given to the one that was named.
            yield Change(
                code="recipient-renamed", subject=new.id, need=need, article=article,
                ja=f"渡し先の名称が「{old.title.ja}」から「{new.title.ja}」に変わります。別の事業者なら、新しい渡し先です。",
                en=f"the recipient {old.title.en} is now named {new.title.en}; if it is another business it is a new recipient",
            )  # fmt: skip
        if old is not None:
            yield from details(
                old, new, new.id, but=("kind", "basis", "country", "title"), need=Need.NONE
            )
