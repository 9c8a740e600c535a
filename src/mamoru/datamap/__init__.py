"""個人データの台帳: which personal data lies where (P0.1)."""
