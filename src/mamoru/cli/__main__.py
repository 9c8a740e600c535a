"""`python -m mamoru.cli`."""

from mamoru.cli.main import main

main()
