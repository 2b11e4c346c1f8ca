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
        raise ScannerTrouble("chưa cấu hình bộ quét mã độc (CLAMD_SOCKET)")
    try:
        answer = _ask(Path(socket_path), data)
    except OSError as trouble:
        raise ScannerTrouble(f"bộ quét mã độc không trả lời ({trouble.__class__.__name__})") from None
    if answer == "stream: OK":
        return None
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerTrouble("bộ quét mã độc không quét được tệp này")


def _ask(path: Path, data: bytes) -> str:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(TIMEOUT)
        line.connect(str(path))
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), CHUNK):
            block = data[start : start + CHUNK]
            line.sendall(struct.pack(">I", len(block)) + block)
        line.sendall(struct.pack(">I", 0))
        answer = b""
        while block := line.recv(4096):
            answer += block
        return answer.rstrip(b"\0\n").decode("utf-8", "replace")
