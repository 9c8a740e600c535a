"""One module for each published figure: its data, its run, its baselines, its expected range.

`python -m benchmarks.NAME --json [--scale small|full]` prints one JSON object. Every figure is a
ratio against a baseline measured in the same run, interleaved, with median, minimum and maximum:
the physical limit (hand-written SQL, a raw query, a plain loop) and, where they install, peers.
"""
