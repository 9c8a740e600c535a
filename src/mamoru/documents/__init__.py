"""回答書・通知書: letters as values and as PDF (P3.24)."""
