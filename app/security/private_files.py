"""Files that are there whole or not at all: written beside, brought to the disk, then named.

A full disk or a kill leaves the old file, or none.
"""

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, data: bytes, new: bool = False) -> None:
    """The bytes and their name are on the disk, for their owner only.

    Raises FileExistsError where `new` and it is there.
    """
    descriptor, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)  # made with mode 600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if new:
            os.link(part, path)  # unlike a rename, never over a file that another process has just made
        else:
            os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
