"""Rows of 第三者提供記録: the person stands there as a keyed digest only."""

from typing import ClassVar

from django.db import models


class ProvisionRow(models.Model):
    """One record of a provision."""

    person = models.CharField(max_length=64, db_index=True)
    basis = models.CharField(max_length=20)
    provided_on = models.DateField()
    recipient = models.CharField(max_length=200)
    recipient_address = models.CharField(max_length=200)
    recipient_representative = models.CharField(max_length=100)
    items = models.JSONField()

    class Meta:
        ordering: ClassVar = ["provided_on", "id"]
