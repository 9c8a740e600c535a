"""同意・拒否・利用停止: how a person stands, for a purpose or recipient, now (P2.13, P3.7)."""
