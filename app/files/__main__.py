"""The process apart: reads one task from standard input, writes its answer to standard output. Started by `apart.py`.

What the task needs is loaded first; then the process gives up network and files for good; then it reads the stranger's.
"""

import importlib
import json
import sys
from typing import Any

from .confine import confine, limit, of_python
from .unwanted import Unwanted

MEMORY = 3 << 30
SECONDS = 120
# Where each task is done: a module is loaded for its own tasks only, which keeps a page at a third of a second.
TASKS = {
    "recognise": "kinds",
    "attachments": "clean",
    "copy": "clean",
    "page": "pages",
    "text": "pages",
    "flat": "pages",
    "sheets": "sheets",
    "office": "office",
    "signatures": "signatures",
    "check_template": "templates",
    "fill_template": "templates",
}


def answer(task: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """What `apart.ask` hands back. Raises Unwanted, IndexError."""
    done: tuple[dict[str, Any], list[bytes]] = loaded(task["verb"]).answer(task, data)
    return done


def loaded(verb: str) -> Any:
    """The module that does the task. Raises KeyError for a task that is not there."""
    return importlib.import_module(f".{TASKS[verb]}", __package__)


def main() -> None:
    """One task."""
    limit(MEMORY, SECONDS, largest_file=0)
    task = json.loads(sys.stdin.buffer.readline())
    loaded(task["verb"])
    confine(of_python())
    data = sys.stdin.buffer.read()
    try:
        head, parts = answer(task, data)
    except Unwanted as unwanted:
        head = {"unwanted": str(unwanted)}
        parts = []
    except IndexError:
        head = {"missing": True}
        parts = []
    sys.stdout.buffer.write(json.dumps(head | {"sizes": [len(part) for part in parts]}).encode() + b"\n")
    for part in parts:
        sys.stdout.buffer.write(part)


if __name__ == "__main__":
    main()
