"""clamd for tests, with signatures for EICAR written by hand: no download, a second to start."""

import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@contextmanager
def clamd(folder: Path):
    """The path of the socket of a running clamd."""
    # What clamd unpacks lies in clear meanwhile: in memory, as deploy/clamd.conf has it.
    memory = Path(tempfile.mkdtemp(prefix="clamd-", dir="/dev/shm"))
    database = folder / "db"
    database.mkdir()
    (database / "eicar.ndb").write_text(f"Test.EICAR:0:*:{EICAR.hex()}\n")
    socket = folder / "clamd.sock"
    lines = [
        f"LogFile {folder}/clamd.log",
        f"LocalSocket {socket}",
        f"DatabaseDirectory {database}",
        f"TemporaryDirectory {memory}",
        "Foreground yes",
    ]
    lines += [
        "User root",
        "StreamMaxLength 60M",
        "MaxFileSize 60M",
        "MaxScanSize 200M",
        "AlertExceedsMax yes",
        "AlertEncrypted yes",
    ]
    (folder / "clamd.conf").write_text("\n".join(lines) + "\n")
    process = subprocess.Popen(
        ["clamd", "-c", folder / "clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            if socket.exists():
                break
            assert process.poll() is None, (folder / "clamd.log").read_text()
            time.sleep(0.05)
        yield str(socket)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(memory)
