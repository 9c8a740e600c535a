"""What a process may no longer do from now on: limits of the kernel, set from within, for good."""

import ctypes
import os
import resource
import struct
import sys

_STANDARD = 3  # standard input, output and error: with no other descriptor there is no socket
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # errno 1, EPERM
# The architecture as the kernel names it, and its numbers for: socket, connect, socketpair,
# execve, fork, vfork, clone3 (where there is such a call).
_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 53, 59, 57, 58, 322)),
    "aarch64": (0xC00000B7, (198, 203, 199, 221, 281)),
}


def shut_in(*, memory: int, cpu_seconds: int, files: int = 0) -> None:
    """Allow so much memory and time, `files` to be read at a time, no process and no socket.

    The filter of system calls holds where the kernel has it. With no `files` a second wall
    stands behind it on every system: no descriptor is left to open anything with.
    """
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_NOFILE, _STANDARD + files),
    ):
        resource.setrlimit(limit, (most, most))
    if sys.platform == "linux":
        _filter_calls()


def _filter_calls() -> None:
    known = _CALLS.get(os.uname().machine)
    if known is None:
        return
    architecture, refused = known
    program = [(0x20, 0, 0, 4), (0x15, 0, len(refused) + 1, architecture), (0x20, 0, 0, 0)]
    for at, call in enumerate(refused):
        program.append((0x15, len(refused) - at, 0, call))
    program += [(0x06, 0, 0, _ALLOW), (0x06, 0, 0, _REFUSE)]
    code = b"".join(struct.pack("HBBI", *each) for each in program)
    room = ctypes.create_string_buffer(code)
    order = struct.pack("HP", len(program), ctypes.addressof(room))
    kernel = ctypes.CDLL(None)
    if kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0:
        kernel.prctl(_SECCOMP, _FILTER, ctypes.create_string_buffer(order), 0, 0)
