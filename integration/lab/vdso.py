# SPDX-License-Identifier: MIT
"""A process whose vDSO cannot read the clock, as on machines with a clock source that it does not know: there its
clock_gettime() makes the system call (vdso(7))."""
import ctypes
import os
import signal
import struct
import subprocess
from pathlib import Path

PTRACE_TRACEME, PTRACE_POKETEXT, PTRACE_DETACH = 0, 4, 17
AT_SYSINFO_EHDR = 33
# mov $228, %eax; syscall; ret: what the vDSO itself falls back to. Eight bytes, so one word of ptrace(2).
MAKE_THE_CALL = struct.unpack("<q", bytes.fromhex("b8e40000000f05c3"))[0]

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long] * 4
libc.ptrace.restype = ctypes.c_long


def ptrace(request, pid=0, address=0, data=0):
    if libc.ptrace(request, pid, address, data) == -1:
        raise OSError(ctypes.get_errno(), f"ptrace request {request}: {os.strerror(ctypes.get_errno())}")


def vdso_of(pid):
    """Where the vDSO of a process lies."""
    words = struct.iter_unpack("<QQ", Path(f"/proc/{pid}/auxv").read_bytes())
    return next(value for kind, value in words if kind == AT_SYSINFO_EHDR)


def offset_of_clock():
    """Of clock_gettime in the vDSO, which is the same in every process."""
    function = ctypes.CDLL("linux-vdso.so.1").__vdso_clock_gettime
    return ctypes.cast(function, ctypes.c_void_p).value - vdso_of("self")


def start_without_clock(command, prepare=lambda: None, **options):
    """subprocess.Popen(command) of a program that has to ask the kernel for the time. `prepare` runs in the child."""
    def trace():
        prepare()
        ptrace(PTRACE_TRACEME)

    process = subprocess.Popen(command, preexec_fn=trace, **options)
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status) and os.WSTOPSIG(status) == signal.SIGTRAP, "it stops when the program is loaded"
    ptrace(PTRACE_POKETEXT, process.pid, vdso_of(process.pid) + offset_of_clock(), MAKE_THE_CALL)
    ptrace(PTRACE_DETACH, process.pid)
    return process
