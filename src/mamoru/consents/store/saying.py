"""How something was said: the wording once, and where its proof lies, sealed."""

from mamoru.consents.models import SaidRow, WordingRow
from mamoru.consents.terms import Said, Way, Wording
from mamoru.kit.seal import MasterKey


def add_said(master: MasterKey, reference: str, said: Said) -> None:
    """Keep how something was said, the wording once and the evidence sealed."""
    wording = None
    if said.wording is not None:
        wording, _ = WordingRow.objects.get_or_create(
            digest=said.wording.digest,
            defaults={"version": said.wording.version, "text": said.wording.text},
        )
    SaidRow.objects.get_or_create(
        reference=reference,
        defaults={
            "way": said.way,
            "at": said.at,
            "wording": wording,
            "sealed": master.data_key("said").seal(said.evidence.encode(), context=reference),
        },
    )


def said(master: MasterKey, reference: str) -> Said | None:
    """Return how what was recorded under a reference was said; None where it was not kept."""
    row = SaidRow.objects.select_related("wording").filter(reference=reference).first()
    if row is None:
        return None
    evidence = master.data_key("said").open(bytes(row.sealed), context=reference)
    shown = row.wording
    return Said(
        way=Way(row.way),
        at=row.at,
        wording=None if shown is None else Wording(version=shown.version, text=shown.text),
        evidence=evidence.decode(),
    )
