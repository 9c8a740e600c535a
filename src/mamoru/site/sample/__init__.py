"""みなとリンク株式会社, the sample company: a made-up firm with made-up people (P0.1)."""
