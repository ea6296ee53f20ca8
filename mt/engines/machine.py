"""What this process may use of its machine: cores, instructions and memory."""

import os
from pathlib import Path

_LIMIT = "memory.max"
_USED = "memory.current"


def cores() -> int:
    """Return how many threads to run: the cores this process may use, fewer where OMP_NUM_THREADS says so."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    return min(usable, int(wanted)) if wanted.isdecimal() and int(wanted) else usable


def use_wide_vectors() -> None:
    """Have CTranslate2 use 512-bit instructions where they gain time; before a process loads a model."""
    if has_wide_vectors():
        # It uses them only when told, and asks once, when the first model is loaded.
        os.environ.setdefault("CT2_FORCE_CPU_ISA", "AVX512")


def has_wide_vectors(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Tell whether 512-bit instructions gain time: on processors with VNNI, as older ones slow down for them.

    False where the system does not tell.
    """
    try:
        lines = cpuinfo.read_text("ascii", "replace").splitlines()
        flags = next(line for line in lines if line.startswith("flags"))
    except (OSError, StopIteration):
        return False
    return {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni"} <= set(flags.split())


def free_memory(control_group: Path = Path("/sys/fs/cgroup")) -> int | None:
    """Return the bytes that can still be had, under a container's limit too (cgroup v2); None if unknown."""
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    try:
        limit, used = ((control_group / name).read_text("ascii").strip() for name in (_LIMIT, _USED))
    except OSError:
        return free
    return min(free, int(limit) - int(used)) if limit.isdecimal() else free
