"""The words of 委託 (entrustment)."""
