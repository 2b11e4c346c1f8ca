"""Files sealed on disk beside the database: original and working copy of each document, what a job takes in and gives
out, bound to its identity as sealed columns are.

FILES_DIR/ab/<id>.<part>. A file is written before the row that tells of it is committed: after a rollback it is an
orphan nobody can read, which `run.py orphans` finds. Nothing removes it by itself: where the database is the wrong one,
every file looks like an orphan.
"""

import errno
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from app.security.sealed import ID_BYTES, CannotOpen, open_bytes, ring, seal_bytes

ORIGINAL = "original"
COPY = "copy"
INPUT = "input"
RESULT = "result"
# where each part is bound to, as a column is
_PLACES = {
    ORIGINAL: "documents.original",
    COPY: "documents.copy",
    INPUT: "jobs.input",
    RESULT: "jobs.result",
}
PARTS = tuple(_PLACES)
BATCH = 500
PART = "part"  # the ending of what is still being written
_FULL = (errno.ENOSPC, errno.EDQUOT)
_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # what else lies in the folder is not ours


class NoRoom(RuntimeError):
    """The disk is full, or nearly; nothing of the file was kept. The message is a sentence."""

    def __init__(self) -> None:
        super().__init__(
            "ổ đĩa của máy chủ sắp đầy nên chưa nhận được tệp, phần mềm chưa ghi gì; báo quản trị giải phóng chỗ trống"
            " rồi tải lên lại"
        )


def check_room(folder: str, size: int, spare: int) -> None:
    """A file of that size fits twice (original and copy) and the spare bytes stay free. Raises NoRoom."""
    there = next(path for path in (Path(folder), *Path(folder).parents) if path.exists())
    if shutil.disk_usage(there).free < 2 * size + spare:
        raise NoRoom


def _path(folder: str, key: uuid.UUID, part: str) -> Path:
    if part not in PARTS:
        raise ValueError(f"no such part {part}")
    return Path(folder) / key.hex[-2:] / f"{key}.{part}"


def write(folder: str, key: uuid.UUID, part: str, data: bytes, purpose: str) -> None:
    """The part stands sealed on disk, whole or not at all. Raises NoRoom."""
    path = _path(folder, key, part)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _replace(path, seal_bytes(_PLACES[part], key, data, purpose))


def read(folder: str, key: uuid.UUID, part: str) -> bytes:
    """The clear bytes. Raises CannotOpen; FileNotFoundError where the part was never written."""
    return open_bytes(_PLACES[part], key, _path(folder, key, part).read_bytes())


def remove(folder: str, key: uuid.UUID, part: str) -> None:
    """The part is not there."""
    _path(folder, key, part).unlink(missing_ok=True)


def _replace(path: Path, blob: bytes) -> None:
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.{PART}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(blob)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as trouble:
        part.unlink(missing_ok=True)
        if trouble.errno in _FULL:
            raise NoRoom from None
        raise


def everything(folder: str) -> Iterator[tuple[uuid.UUID, str, Path]]:
    """Every sealed file: whose, which part, where."""
    for path in sorted(Path(folder).glob("??/*.*")):
        if path.suffix[1:] in PARTS and _NAME.fullmatch(path.stem):
            yield uuid.UUID(path.stem), path.suffix[1:], path


def orphans(folder: str, known: Callable[[list[uuid.UUID]], set[uuid.UUID]], before: float) -> list[Path]:
    """Files written before that moment (seconds since the epoch) for documents that `known` does not know."""
    old = [(key, path) for key, _, path in everything(folder) if path.stat().st_mtime < before]
    there = {
        key for start in range(0, len(old), BATCH) for key in known([key for key, _ in old[start : start + BATCH]])
    }
    return [path for key, path in old if key not in there]


def unfinished(folder: str, before: float) -> list[Path]:
    """What was being written before that moment (seconds since the epoch) and never ended: the process was killed."""
    return [path for path in sorted(Path(folder).glob(f"??/*.{PART}")) if path.stat().st_mtime < before]


def reseal_all(folder: str, old: list[bytes]) -> Iterator[int]:
    """Every file sealed under one of these key ids is sealed under the newest key of its purpose; yields 1 for each.

    One that does not open is left.
    """
    for key, part, path in everything(folder):
        with path.open("rb") as file:
            key_id = file.read(ID_BYTES)
        if key_id in old:
            column = _PLACES[part]
            blob = path.read_bytes()
            try:
                fresh = seal_bytes(
                    column, key, open_bytes(column, key, blob), ring().purpose(int.from_bytes(key_id, "big"))
                )
            except CannotOpen:
                continue
            if path.read_bytes() == blob:  # somebody else may have written it meanwhile, under a new key
                _replace(path, fresh)
                yield 1


def sealed_under(folder: str, old: list[bytes]) -> int:
    """How many files are sealed under one of these key ids."""
    count = 0
    for _, _, path in everything(folder):
        with path.open("rb") as file:
            count += file.read(ID_BYTES) in old
    return count
