"""What a machine is told to be beside what was measured on it."""

import os
import platform
import re
from datetime import date
from pathlib import Path


def machine() -> str:
    """Tell what it was measured on, and when."""
    cpu, memory = Path("/proc/cpuinfo"), Path("/proc/meminfo")
    model = re.search(r"model name\s*: (.+)", cpu.read_text()) if cpu.exists() else None
    size = re.search(r"MemTotal:\s*(\d+)", memory.read_text()) if memory.exists() else None
    gigabytes = f", {int(size[1]) / 1e6:.0f} GB of memory" if size else ""
    name = model[1] if model else platform.machine()
    return f"{date.today()}, {os.cpu_count()} cores ({name}){gigabytes}, Python {platform.python_version()}"  # noqa: DTZ011 - the machine's own day
