"""The process apart: reads one task from standard input, writes its answer to standard output, may write no file. Started by `apart.py`."""

import json
import resource
import sys

from . import clean, kinds, pages, sheets
from .unwanted import Unwanted

MEMORY, SECONDS = 3 << 30, 120


def answer(task: dict[str, object], data: bytes) -> tuple[dict[str, object], list[bytes]]:
    """What `apart.ask` hands back. Raises Unwanted, IndexError."""
    verb, mark = task["verb"], str(task.get("mark", ""))
    if verb == "recognise":
        kind, count = kinds.recognise(data)
        return {"kind": kind, "pages": count}, []
    if verb == "attachments":
        return {}, clean.attachments(data)
    if verb == "copy":
        return {}, [clean.working_copy(data, str(task["kind"]))]
    if verb == "page":
        return {}, [pages.page_as_png(data, int(str(task["page"])), int(str(task["dpi"])), mark)]
    if verb == "text":
        return {}, [layer.encode("utf-8", "replace") for layer in pages.text_layers(data)]
    if verb == "sheets":
        return {"sheets": sheets.sheets(data)}, []
    if verb == "flat":
        covered: dict[str, list[pages.Box]] = task.get("covered", {})  # type: ignore[assignment]
        return {}, [pages.flat(data, {int(place): boxes for place, boxes in covered.items()}, mark)]
    raise ValueError(f"no such task {verb}")


def main() -> None:
    """One task."""
    for limit, value in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(limit, (value, value))
    task, data = json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer.read()
    try:
        told, parts = answer(task, data)
    except Unwanted as unwanted:
        told, parts = {"unwanted": str(unwanted)}, []
    except IndexError:
        told, parts = {"missing": True}, []
    sys.stdout.buffer.write(json.dumps(told | {"sizes": [len(part) for part in parts]}).encode() + b"\n")
    for part in parts:
        sys.stdout.buffer.write(part)


if __name__ == "__main__":
    main()
