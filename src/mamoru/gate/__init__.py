"""利用目的による制限: no read without a purpose (P1.5, Act 18)."""
