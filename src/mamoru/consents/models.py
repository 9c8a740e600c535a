"""The rows of 同意・拒否・停止: a person stands in them as keyed digests, never by name or number."""

from typing import ClassVar

from django.db import models

from mamoru.consents.terms import ProtectionGround, StandingKind, Way


class StandingRow(models.Model):
    """One record under one of a person's keys; never deleted, only ended."""

    reference = models.CharField(max_length=80)
    person = models.CharField(max_length=64)
    shared = models.BooleanField()
    kind = models.CharField(
        max_length=20, choices=[(str(kind), str(kind)) for kind in StandingKind]
    )
    purpose = models.CharField(max_length=40, blank=True)
    recipient = models.CharField(max_length=80, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    by = models.CharField(max_length=40)

    class Meta:
        ordering: ClassVar = ["since", "id"]
        indexes: ClassVar = [models.Index(fields=["person", "shared"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reference", "kind", "purpose", "recipient", "person"],
                name="one_standing_a_key",
            ),
        ]


class WordingRow(models.Model):
    """A text that was shown to people, once however many answered it."""

    digest = models.CharField(primary_key=True, max_length=64)
    version = models.CharField(max_length=80)
    text = models.TextField()


class SaidRow(models.Model):
    """How somebody said what was recorded under a reference; where the proof lies is sealed."""

    reference = models.CharField(primary_key=True, max_length=80)
    way = models.CharField(max_length=20, choices=[(str(way), str(way)) for way in Way])
    at = models.DateTimeField()
    wording = models.ForeignKey(WordingRow, null=True, on_delete=models.PROTECT)
    sealed = models.BinaryField()


class ChangeRow(models.Model):
    """A key whose people's standing changed and that a wall was not told of yet: an outbox."""

    wall = models.CharField(max_length=80)
    person = models.CharField(max_length=64)
    shared = models.BooleanField()

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["wall", "id"])]


class WallRow(models.Model):
    """The mark that was left in a wall last, and the one that was about to be."""

    wall = models.CharField(primary_key=True, max_length=80)
    kept = models.CharField(max_length=64, blank=True)
    promised = models.CharField(max_length=64, blank=True)


class ProtectionRow(models.Model):
    """What a protective flag rests on; where its person can be written to is sealed."""

    reference = models.CharField(primary_key=True, max_length=80)
    ground = models.CharField(
        max_length=30, choices=[(str(ground), str(ground)) for ground in ProtectionGround]
    )
    renew_by = models.DateField(db_index=True)
    sealed = models.BinaryField()
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(confirmed_by=models.F("by")),
                name="contact_confirmed_by_another",
            ),
        ]
