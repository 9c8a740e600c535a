"""Rows that belong to no room: which workers are alive."""

from typing import ClassVar

from django.db import models


class WorkerRow(models.Model):
    """One worker that runs or ran; times are those of the database, which all hosts share."""

    id = models.CharField(primary_key=True, max_length=80)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar = ["started_at"]
