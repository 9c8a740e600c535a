"""What was asked, how and when."""

from django.utils.translation import gettext

from mamoru.console import labels
from mamoru.console.panels.look import Look
from mamoru.console.shown import Row
from mamoru.console.words import moment, said, version, word
from mamoru.documents import wording


def facts(look: Look) -> tuple[Row, ...]:
    """Return how and when the request came."""
    filing = look.case.filing
    return (
        Row(label=gettext("受付"), text=moment(look.case.received_at)),
        Row(label=gettext("請求した人"), text=said(wording.ROLES, filing.role)),
        Row(label=gettext("受付の経路"), text=word(labels.CHANNELS, filing.channel)),
        Row(
            label=gettext("回答の方法"),
            text=said(wording.ANSWER_METHODS, filing.answer_method),
        ),
        Row(label=gettext("適用される方針の版"), text=version(filing.policy_version)),
    )
