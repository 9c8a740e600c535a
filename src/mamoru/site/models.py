"""Rows that belong to no room: which workers are alive, and what one of them sees to."""

from typing import ClassVar

from django.db import models


class WorkerRow(models.Model):
    """One worker that runs or ran; times are those of the database, which all hosts share."""

    id = models.CharField(primary_key=True, max_length=80)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar = ["started_at"]


class DutyRow(models.Model):
    """What one worker of several sees to, and until when no other one does."""

    id = models.CharField(primary_key=True, max_length=80)
    until = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["until"]
