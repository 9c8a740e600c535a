"""Rows and values of 委託 (entrustment)."""
