"""What every benchmark says of the machine and of itself."""

import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any


def described() -> dict[str, Any]:
    """Return processor count, Python and system."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def cpu(act: Callable[[], object]) -> float:
    """Return the CPU seconds of one run."""
    started = time.process_time()
    act()
    return time.process_time() - started


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return median with minimum and maximum."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def peak_memory_mb() -> float:
    """Return the peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
