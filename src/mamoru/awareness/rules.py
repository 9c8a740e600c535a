"""The decisions of 従業者への周知 (awareness of employees): values in, values out."""
