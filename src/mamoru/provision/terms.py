"""The words of 第三者提供 (provision to third parties)."""
