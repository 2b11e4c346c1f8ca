"""Asking clamd through its socket whether bytes carry a virus. No answer is not a clean answer."""

import socket
import struct
from pathlib import Path

CHUNK = 1 << 18
TIMEOUT = 120.0  # seconds


class ScannerTrouble(RuntimeError):
    """The scanner is missing, silent or refused: nothing is known of the file, so it is held."""


def scan(socket_path: str | None, data: bytes) -> str | None:
    """The name of what was found, None where clamd says that it found nothing. Raises ScannerTrouble."""
    if not socket_path:
        raise ScannerTrouble("máy chủ chưa có bộ quét mã độc; quản trị được báo trên màn hình của mình")
    try:
        answer = _ask(Path(socket_path), data)
    except OSError:
        raise ScannerTrouble("bộ quét mã độc chưa trả lời; phần mềm tự thử lại mỗi phút") from None
    if answer == "stream: OK":
        return None
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerTrouble("bộ quét mã độc không quét được tệp này")


def answers(socket_path: str | None) -> bool:
    """True where a scanner is there and listens."""
    try:
        with _line(Path(socket_path or "")) as line:
            line.sendall(b"zPING\0")
            return line.recv(16).startswith(b"PONG")
    except OSError:
        return False


def _line(path: Path) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(TIMEOUT)
    try:
        line.connect(str(path))
    except OSError:
        line.close()
        raise
    return line


def _ask(path: Path, data: bytes) -> str:
    with _line(path) as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), CHUNK):
            block = data[start : start + CHUNK]
            line.sendall(struct.pack(">I", len(block)) + block)
        line.sendall(struct.pack(">I", 0))
        answer = b""
        while block := line.recv(4096):
            answer += block
        return answer.rstrip(b"\0\n").decode("utf-8", "replace")
