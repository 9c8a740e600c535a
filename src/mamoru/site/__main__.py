"""`python -m mamoru.site`: the same as the command `mamoru`."""

import sys

from mamoru.site.command import main

sys.exit(main())
