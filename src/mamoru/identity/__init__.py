"""本人確認: addresses, names, birth dates and authority compared (P3.10, P3.11)."""
