"""What a process may no longer do from now on: limits of the kernel, set from within, for good."""

import ctypes
import os
import resource
import struct
import sys
from typing import NamedTuple

_STANDARD = 3  # standard input, output and error: with no other descriptor there is no socket
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # errno 1, EPERM
_NO_SUCH_CALL = 0x00050026  # errno 38, ENOSYS: the library then asks by the older call
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # where the kernel lays what is asked
_OTHER_TABLE = 0x40000000  # a second table of the same calls, on x86_64
_TO_WRITE = 0x243  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC
_THREAD = 0x10000  # CLONE_THREAD: the decoder of HEIC works in a thread of its own
_CLONE3 = 435


class _Machine(NamedTuple):
    """The numbers of system calls on one kind of machine."""

    architecture: int
    opening: dict[int, int]  # call, and which of its arguments says whether it is to write
    clone: int
    refused: tuple[int, ...]


_MACHINES = {
    "x86_64": _Machine(
        0xC000003E,
        {2: 1, 257: 2},
        56,
        (
            *(41, 42, 49, 50, 53, 425),  # socket, connect, bind, listen, socketpair, io_uring
            *(57, 58, 59, 322),  # fork, vfork, execve, execveat
            *(62, 101, 200, 234, 310, 311, 424, 438),  # kill, ptrace and their kin
            *(76, 82, 83, 84, 85, 86, 87, 88, 90, 92, 94),  # truncate, rename, unlink, chmod, ...
            *(133, 258, 259, 260, 263, 264, 265, 266, 268, 316, 437, 452),
        ),
    ),
    "aarch64": _Machine(
        0xC00000B7,
        {56: 2},
        220,
        (
            *(198, 199, 200, 201, 203, 425),
            *(221, 281),
            *(117, 129, 130, 131, 270, 271, 424, 438),
            *(33, 34, 35, 36, 37, 38, 45, 53, 54, 276, 437, 452),
        ),
    ),
}


def shut_in(*, memory: int, cpu_seconds: int, files: int = 0) -> None:
    """Allow so much memory and time and `files` to be read at a time; no process, no socket.

    What lies on a disk can be neither changed nor removed. The filter of system calls holds
    where the kernel has it. With no `files` a second wall against sockets stands behind it on
    every system: no descriptor is left to open anything with. The kernel's own limit of
    processes is not used: it counts threads, and those of all that its user runs.
    """
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_NOFILE, _STANDARD + files),
    ):
        resource.setrlimit(limit, (most, most))
    if sys.platform == "linux":
        _filter_calls()


def _filter_calls() -> None:
    machine = _MACHINES.get(os.uname().machine)
    if machine is None:
        return
    code = b"".join(struct.pack("HBBI", *each) for each in _program(machine))
    room = ctypes.create_string_buffer(code)
    order = struct.pack("HP", len(code) // 8, ctypes.addressof(room))
    kernel = ctypes.CDLL(None)
    if kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0:
        kernel.prctl(_SECCOMP, _FILTER, ctypes.create_string_buffer(order), 0, 0)


def _program(machine: _Machine) -> list[tuple[int, int, int, int]]:
    """Return the filter: each step with how many to leave out if its question is answered yes or no.

    A process may not destroy what it cannot open: names are taken from it as well.
    """
    # (what, operand, yes, no): a place by its name; the next step where there is none.
    steps: list[tuple[int, int, str, str]] = [
        (_LOAD, _ARCHITECTURE, "", ""),
        (_EQUAL, machine.architecture, "", "refuse"),
        (_LOAD, _NUMBER, "", ""),
        (_AT_LEAST, _OTHER_TABLE, "refuse", ""),
        *((_EQUAL, call, "refuse", "") for call in machine.refused),
        *((_EQUAL, call, f"open {call}", "") for call in machine.opening),
        (_EQUAL, machine.clone, "clone", ""),
        (_EQUAL, _CLONE3, "absent", ""),
        (_RETURN, _ALLOW, "", ""),
    ]
    places = {"clone": len(steps), "absent": len(steps) + 3}
    steps += [
        (_LOAD, _ARGUMENTS, "", ""),
        (_ANY_BIT, _THREAD, "", "refuse"),
        (_RETURN, _ALLOW, "", ""),
        (_RETURN, _NO_SUCH_CALL, "", ""),
    ]
    for call, argument in machine.opening.items():
        places[f"open {call}"] = len(steps)
        steps += [
            (_LOAD, _ARGUMENTS + 8 * argument, "", ""),
            (_ANY_BIT, _TO_WRITE, "refuse", ""),
            (_RETURN, _ALLOW, "", ""),
        ]
    places["refuse"] = len(steps)
    steps.append((_RETURN, _REFUSE, "", ""))

    def jump(at: int, place: str) -> int:
        return places[place] - at - 1 if place else 0

    return [
        (what, jump(at, yes), jump(at, no), operand)
        for at, (what, operand, yes, no) in enumerate(steps)
    ]
