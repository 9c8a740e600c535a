"""`python -m mamoru.site`: the same as the command `mamoru`."""

import sys

from mamoru.site.command import main

if __name__ == "__main__":
    sys.exit(main())
