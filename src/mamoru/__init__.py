"""mamoru (守る): a published privacy policy that runs, and can be proved."""

__version__ = "0.1.0"
