"""Rows and values of 従業者への周知 (awareness of employees)."""
