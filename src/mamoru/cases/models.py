"""Rows of part 3. What identifies a person is sealed with the case's own key."""

from typing import ClassVar

from django.db import models

from mamoru.cases.terms import (
    AnswerMethod,
    Channel,
    DemandKind,
    DispatchKind,
    Outcome,
    ProofKind,
    ProofOf,
    Role,
    Stage,
    Work,
)
from mamoru.identity.recent import Contact


def _choices(*enums: type) -> list[tuple[str, str]]:
    return [(str(member), str(member)) for enum in enums for member in enum]  # type: ignore[attr-defined]  # a class of members is not known to be one


class Counter(models.Model):
    """The last 受付番号 given out in a year."""

    year = models.PositiveIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class CaseRow(models.Model):
    """One form. Plain columns are what queues and clocks need; the rest is sealed."""

    id = models.CharField(primary_key=True, max_length=20)
    stage = models.CharField(max_length=20, choices=_choices(Stage))
    role = models.CharField(max_length=20, choices=_choices(Role))
    channel = models.CharField(max_length=20, choices=_choices(Channel))
    answer_method = models.CharField(max_length=20, choices=_choices(AnswerMethod))
    language = models.CharField(max_length=5)
    policy_version = models.CharField(max_length=40)
    received_at = models.DateTimeField()
    complete_at = models.DateTimeField(null=True)
    due_on = models.DateField()
    verified_by = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # answered or withdrawn
    dispatch = models.CharField(max_length=40, blank=True, choices=_choices(DispatchKind))
    tracking_number = models.CharField(max_length=40, blank=True)
    work = models.CharField(max_length=20, choices=_choices(Work), default=Work.NOT_STARTED)
    work_note = models.CharField(max_length=100, blank=True)
    work_tries = models.PositiveIntegerField(default=0)
    work_by = models.CharField(max_length=80, default="", blank=True)  # the worker that claimed it
    work_failures = models.PositiveIntegerField(default=0)  # in a row
    work_after = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)
    one_time_key = models.CharField(max_length=64, unique=True)
    code_digest = models.CharField(max_length=64)
    member_digest = models.CharField(max_length=64, blank=True, db_index=True)
    wrapped_key = models.BinaryField()
    sealed_filing = models.BinaryField()
    sealed_identity = models.BinaryField(null=True)
    sealed_hand_written = models.BinaryField(null=True)
    # A code by registered post: its keyed digest, how often it was tried, and the rest sealed.
    posted_digest = models.CharField(max_length=64, blank=True, default="")
    posted_tries = models.PositiveSmallIntegerField(default=0)
    sealed_posted = models.BinaryField(null=True)
    # A code by mail likewise; and since when one is asked for and was not taken up.
    mailed_digest = models.CharField(max_length=64, blank=True, default="")
    mailed_tries = models.PositiveSmallIntegerField(default=0)
    sealed_mailed = models.BinaryField(null=True)
    mail_asked_at = models.DateTimeField(null=True, db_index=True)
    sealed_told = models.BinaryField(null=True)  # that the person was told of an agent's request
    # That the earlier contact was told of a change a short time ago.
    sealed_told_of_change = models.BinaryField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["stage", "due_on"]),
            models.Index(fields=["work", "work_after"]),
            models.Index(fields=["closed_at"], name="cases_closed_at"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(stage=Stage.ANSWERED) | models.Q(answered_at__isnull=False),
                name="answered_has_its_time",
            ),
        ]


class DemandRow(models.Model):
    """One demand of a case with its decision."""

    id = models.CharField(primary_key=True, max_length=24)
    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="demands")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40, choices=_choices(DemandKind))
    outcome = models.CharField(max_length=20, blank=True, choices=_choices(Outcome))
    grounds = models.JSONField(default=list)
    sealed_reason = models.BinaryField(null=True)
    law = models.CharField(max_length=200, blank=True)
    decided_by = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=40, blank=True)
    approved_at = models.DateTimeField(null=True)
    plan_digest = models.CharField(max_length=64, blank=True)
    plan_places = models.JSONField(default=list)
    plan_expected = models.JSONField(default=list)
    sealed_target = models.BinaryField(null=True)
    executed_at = models.DateTimeField(null=True)
    sealed_hand_note = models.BinaryField(null=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "position"], name="one_demand_a_position"),
            models.CheckConstraint(
                condition=models.Q(approved_by="") | ~models.Q(approved_by=models.F("decided_by")),
                name="two_persons_decide",
            ),
        ]


class ProofRow(models.Model):
    """An uploaded paper, sealed; erased by schedule while its finding stays."""

    id = models.CharField(primary_key=True, max_length=40)
    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="proofs")
    kind = models.CharField(max_length=40, choices=_choices(ProofKind))
    of = models.CharField(max_length=20, choices=_choices(ProofOf))
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    sealed = models.BinaryField(null=True)
    sealed_finding = models.BinaryField(null=True)

    class Meta:
        ordering: ClassVar = ["received_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "digest", "kind", "of"], name="one_paper_once_as_it_was_sent"
            ),
        ]


class SupplementRow(models.Model):
    """A request for what is missing."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="supplements")
    defects = models.JSONField()
    sealed_message = models.BinaryField()
    asked_at = models.DateTimeField()
    by = models.CharField(max_length=40)
    due_on = models.DateField()
    received_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["asked_at", "id"]


class ReceiptRow(models.Model):
    """What one step did in one table: counts and digest plain, values sealed."""

    demand = models.ForeignKey(DemandRow, on_delete=models.PROTECT, related_name="receipts")
    location = models.CharField(max_length=200)
    store = models.CharField(max_length=80)
    table = models.CharField(max_length=80)
    rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    sealed_values = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["demand", "location"], name="one_receipt_a_location"),
        ]


class ReachRow(models.Model):
    """The keys of a person's rows in one store, resolved before anything is touched; sealed.

    A round is one transaction in the store: rows that came meanwhile make another.
    """

    demand = models.ForeignKey(DemandRow, on_delete=models.PROTECT, related_name="reaches")
    store = models.CharField(max_length=80)
    wave = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField()
    counts = models.JSONField(default=list)  # table, rows that went, rows written: per act
    withheld = models.JSONField(default=dict)  # table -> rows of others that were left alone
    at = models.DateTimeField()
    # The order in which rounds ended, by no clock; null before, or where nobody expects it there.
    ended = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    sealed_frozen = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["round"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["demand", "store", "wave", "round"], name="one_reach_a_round"
            ),
        ]


class EffectRow(models.Model):
    """What a demand did in one table, in counts."""

    demand = models.ForeignKey(DemandRow, on_delete=models.PROTECT, related_name="effects")
    store = models.CharField(max_length=80)
    table = models.CharField(max_length=80)
    wave = models.PositiveSmallIntegerField()
    erased = models.PositiveIntegerField()
    written = models.PositiveIntegerField()
    held = models.PositiveIntegerField()
    referred = models.PositiveIntegerField()
    withheld = models.PositiveIntegerField()
    holds = models.JSONField(default=list)
    release_on = models.DateField(null=True)
    released = models.BooleanField(default=False)  # a later wave has taken this up
    level = models.CharField(max_length=4, blank=True)
    backups_until = models.DateField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["released", "release_on"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["demand", "store", "table", "wave"], name="one_effect_a_wave"
            ),
        ]


class ContactChangeRow(models.Model):
    """That a correction of ours changed a contact, and what stood there before, sealed."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="contact_changes")
    demand = models.CharField(max_length=24)
    whom = models.CharField(max_length=64, db_index=True)  # a keyed digest of a record or a key
    contact = models.CharField(max_length=20, choices=_choices(Contact))
    changed_at = models.DateTimeField()
    sealed_before = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["demand", "whom", "contact"], name="one_change_a_contact"
            ),
        ]


class FormerNameRow(models.Model):
    """What a person was called before they changed it themselves, sealed; the login was all the proof."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="former_names")
    demand = models.CharField(max_length=24)
    whom = models.CharField(max_length=64, db_index=True)  # a keyed digest of a record or a key
    sealed_name = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["demand", "whom"], name="one_former_name"),
        ]


class AnswerRow(models.Model):
    """A rendered letter, sealed, found again by its digest."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=20)  # answer, data
    digest = models.CharField(max_length=64)
    rendered_at = models.DateTimeField()
    sealed_pdf = models.BinaryField()
    # Keyed: under which protection of the person it was composed; empty for none.
    shield = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "digest"], name="one_letter_a_digest"),
        ]


class MemberRow(models.Model):
    """Which record a signed-in member is. The login is the proof (P3.18)."""

    user_id = models.BigIntegerField(primary_key=True)
    store = models.CharField(max_length=80)
    table = models.CharField(max_length=80)
    key = models.CharField(max_length=80)


class AttemptRow(models.Model):
    """Counts of tries per keyed digest and hour: the limiter lives in the database."""

    key = models.CharField(max_length=64)
    hour = models.PositiveIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "hour"], name="one_count_an_hour"),
        ]


class RepeatRow(models.Model):
    """The first answer to an `Idempotency-Key`, sealed, so that a repetition acts once."""

    key = models.CharField(primary_key=True, max_length=64)
    asked = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    sealed_answer = models.BinaryField()
