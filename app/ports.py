"""Whether an address can be listened on, and who has it where not."""

import socket
from pathlib import Path

import psutil

from config import ConfigError


def check_free(number: int) -> None:
    """The port of 127.0.0.1 is free. Raises ConfigError naming the process that has it."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
        try:
            tried.bind(("127.0.0.1", number))
        except PermissionError:
            raise ConfigError(f"tài khoản này không được mở cổng {number}; đặt PORT từ 1024 trở lên") from None
        except OSError:
            raise ConfigError(f"cổng {number} đang do {_holder(number)} dùng; dừng nó, hoặc đặt PORT khác") from None


def check_socket(path: str) -> None:
    """Nobody listens on that unix socket, and it can be made. Raises ConfigError."""
    if not Path(path).parent.is_dir():
        raise ConfigError(f"không có thư mục {Path(path).parent} của socket {path}")
    with socket.socket(socket.AF_UNIX) as tried:
        try:
            tried.connect(path)
        except OSError:
            return
    raise ConfigError(f"đã có tiến trình khác nghe ở {path}; dừng nó trước")


def _holder(number: int) -> str:
    """The process in words; another account's can only be seen by root."""
    for connection in psutil.net_connections("tcp"):
        listens = connection.status == psutil.CONN_LISTEN and connection.laddr.port == number
        if listens and connection.pid:
            try:
                return f"tiến trình {connection.pid} ({' '.join(psutil.Process(connection.pid).cmdline())[:100]})"
            except psutil.Error:
                return f"tiến trình {connection.pid}"
    return "một tiến trình của tài khoản khác"
