"""Rows and values of 同意・拒否・停止 (per-person standing)."""
