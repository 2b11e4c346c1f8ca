"""Confinement of what opens a stranger's file: Landlock for the file system, seccomp for the network. No going back.

Landlock says which paths exist for the process and its children; seccomp refuses every socket, so that there is neither
TCP nor UDP nor any unix socket, named or abstract, and what Landlock does not cover (owners, modes, attributes of files
outside, io_uring, tracing, mounting). Neither needs privileges; both hold for root.

As a program: `python confine.py {"command": […], "folder": …}` confines itself, then becomes the command.
"""

import errno
import json
import os
import resource
import socket
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import landlockpy
import seccompy
from landlockpy import AccessFS, Ruleset, Scope
from seccompy import ArgCmp, CmpOp, syscalls

READ: Final = AccessFS.READ_FILE | AccessFS.READ_DIR
RUN: Final = READ | AccessFS.EXECUTE
ALL: Final = landlockpy.fs_for_abi(3) & ~(AccessFS.MAKE_CHAR | AccessFS.MAKE_BLOCK | AccessFS.MAKE_SOCK)
_DEVICES: Final = {
    "/dev/null": READ | AccessFS.WRITE_FILE,
    "/dev/zero": READ,
    "/dev/random": READ,
    "/dev/urandom": READ,
}
# Programs, their libraries, fonts and dictionaries: what every account of the machine may read, and nothing of ours.
_SYSTEM: Final = (
    "/usr/bin",
    "/usr/lib",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/share",
    "/usr/local/lib",
    "/usr/local/share/fonts",
    "/bin",
    "/lib",
    "/lib64",
    "/opt/libreoffice",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/libreoffice",
    "/etc/localtime",
    "/var/cache/fontconfig",
    "/var/lib/libreoffice",
    "/var/spool/libreoffice",
)
_REFUSED: Final = (
    "connect",
    "accept",
    "accept4",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "truncate",
    "chmod",
    "fchmodat",
    "fchmodat2",
    "chown",
    "lchown",
    "fchownat",
    "setxattr",
    "lsetxattr",
    "setxattrat",
    "removexattr",
    "lremovexattr",
    "removexattrat",
    "utime",
    "utimes",
    "futimesat",
    "utimensat",
    "ptrace",
    "pidfd_getfd",
    "process_vm_readv",
    "process_vm_writev",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "keyctl",
    "add_key",
    "request_key",
    "mount",
    "umount2",
    "move_mount",
    "open_tree",
    "fsopen",
    "pivot_root",
    "chroot",
    "unshare",
    "setns",
    "open_by_handle_at",
    "name_to_handle_at",
    "kexec_load",
    "init_module",
    "finit_module",
    "acct",
    "quotactl",
    "swapon",
    "settimeofday",
    "clock_settime",
    "reboot",
    "shmget",
    "shmat",
    "msgget",
    "semget",
    "mq_open",
)
_TYPE: Final = 0xF  # of a socket's type; what is above it are flags
_X32: Final = 0x40000000  # x86_64 knows each call by a second number, too
MISSING: Final = "máy chủ không cách ly được chương trình mở tệp của người lạ ({what}); tài liệu chờ đến khi có"


class NotConfined(RuntimeError):
    """This machine cannot confine a process; the message is a sentence for the operator."""


def check() -> None:
    """This machine can confine. Raises NotConfined."""
    if not landlockpy.supported():
        raise NotConfined(MISSING.format(what="nhân Linux không có hoặc không bật Landlock: cần 5.13 trở lên"))
    if not seccompy.supported():
        raise NotConfined(MISSING.format(what="nhân Linux không có seccomp"))


def limit(memory: int, seconds: int, largest_file: int) -> None:
    """This process and its children, each, take no more: bytes of addresses, seconds of a processor, bytes a file."""
    for name, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, largest_file),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (value, value))


def confine(allowed: Mapping[str, AccessFS]) -> None:
    """This process and all it starts reach these paths only, and no network. Raises NotConfined."""
    check()
    # Where the kernel knows more (TCP, UDP, abstract sockets, signals), that is closed by Landlock, too.
    with Ruleset(scoped=Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL) as rules:
        for path, access in allowed.items():
            if os.path.exists(path):
                rules.allow_path(path, access if os.path.isdir(path) else access & ~AccessFS.READ_DIR)
        rules.restrict()
    calls = seccompy.Filter()
    for name in _REFUSED:
        for number in _numbers(name):
            calls.errno(number, errno.EPERM)
    # LibreOffice does not start without a socket to its other windows. It gets one that reaches nothing and that nobody
    # reaches: a stream of the unix kind whose binding and listening only seem to succeed. Every other is refused.
    dead = [ArgCmp(0, CmpOp.EQ, socket.AF_UNIX), ArgCmp(1, CmpOp.MASKED_EQ, socket.SOCK_STREAM, _TYPE)]
    for number in _numbers("socket"):
        calls.allow(number, args=dead)
        calls.errno(number, errno.EPERM)
    for name in ("bind", "listen"):
        for number in _numbers(name):
            calls.errno(number, 0)
    calls.load()


def _numbers(name: str) -> list[int]:
    """What this machine knows the call by; none where it has no such call."""
    try:
        number = syscalls.syscall_nr(name)
    except ValueError:
        return []
    return [number, number | _X32] if os.uname().machine == "x86_64" else [number]


def of_python() -> dict[str, AccessFS]:
    """What Python needs while it works: its library and what is installed for it, the system's libraries and fonts."""
    own = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return dict.fromkeys((*_SYSTEM, *own), READ) | _DEVICES


def of_program(folder: str) -> dict[str, AccessFS]:
    """What an installed program needs: the system's programs, libraries, fonts; its own folder, to read and write."""
    return dict.fromkeys(_SYSTEM, RUN) | _DEVICES | {folder: ALL}


def main() -> None:
    """This process has become the command, confined to its folder."""
    order = json.loads(sys.argv[1])
    folder = str(Path(order["folder"]).resolve())
    os.chdir(folder)
    limit(order["memory"], order["seconds"], order["largest_file"])
    confine(of_program(folder))
    os.execvp(order["command"][0], order["command"])  # noqa: S606  no shell: the command is ours, word by word


if __name__ == "__main__":
    main()
