"""The decisions of 委託 (entrustment): values in, values out."""
