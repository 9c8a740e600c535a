"""開示等の請求 (part 3 of the policy, Act 32 to 39)."""
