"""The decisions of 第三者提供 (provision to third parties): values in, values out."""
