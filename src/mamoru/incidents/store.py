"""Rows and values of 漏えい等 (incidents)."""
