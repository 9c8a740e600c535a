"""What can happen in 第三者提供 (provision to third parties)."""
