"""Papers that strangers send: judged by their content, rebuilt in a process of their own (P3.22)."""
