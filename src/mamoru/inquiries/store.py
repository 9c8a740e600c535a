"""Rows and values of 苦情・相談 (inquiries and complaints)."""
