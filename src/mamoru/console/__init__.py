"""担当者の画面: what staff see."""
