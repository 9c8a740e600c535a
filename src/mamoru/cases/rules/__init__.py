"""The decisions of part 3: values in, values out, each with its article."""
