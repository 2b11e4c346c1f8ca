"""The parts that measure whole runs: an export, an import, a start."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from random import Random

from app.clock import today
from app.operations.exchange import made_up
from tests.bench import templates, tree
from tests.bench.client import Answer
from tests.bench.pages import ADMIN
from tests.bench.place import FOLDER, ROOT, environment
from tests.bench.rounds import Operation, at_most, measure, show, times
from tests.bench.servers import Server
from tests.bench.world import KEY, World, checked

IMPORTED = 20_000


def export(world: World) -> None:
    """The list of a province (101,000 of a million) as .xlsx: seconds, and the most memory a process took."""
    lines = {"ours": _exported(world.ours, lambda: world.us("leader province").get("/petitions/export"))}
    if world.django:
        browser = world.them("province")
        token = browser.token(ADMIN)
        key = KEY.search(world.us("leader province").get("/petitions/").text).group(1)
        asked = token | {"action": "export", "select_across": "1", "index": "0", "_selected_action": key}
        lines["django"] = _exported(world.django, lambda: browser.post(ADMIN, asked))
    seconds = Operation(
        "export of a province, .xlsx", {}, at_most(6.0), "s", {system: [value[0]] for system, value in lines.items()}
    )
    memory = Operation(
        "export, most memory", {}, at_most(150.0), "MB", {system: [value[1]] for system, value in lines.items()}
    )
    show([seconds, memory])
    before = ", ".join(f"{system} {value[2]:.0f} MB" for system, value in lines.items())
    print(f"  a worker before its export: {before}", flush=True)


def _exported(server: Server, ask: Callable[[], Answer]) -> tuple[float, float, float]:
    server.forget_peaks()
    before = server.peak()
    answer = checked(ask())
    if not answer.body.startswith(b"PK"):
        raise SystemExit("no workbook came")
    return answer.spent / 1000, server.peak(), before


def import_() -> None:
    """The command's import of a file of 20,000 petitions with their cases into a fresh installation."""
    folder = FOLDER.parent / "bench-import"
    shutil.rmtree(folder, ignore_errors=True)
    environ = environment(folder)
    subprocess.run([sys.executable, "run.py", "init"], cwd=ROOT, env=environ, check=True, capture_output=True)
    source = folder / "file.jsonl"
    with source.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in _file())
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "run.py", "import", str(source)], cwd=ROOT, env=environ, check=True, capture_output=True
    )
    spent = time.perf_counter() - began
    shutil.rmtree(folder, ignore_errors=True)
    speed = IMPORTED / spent
    judged = "reached" if speed >= 3000 else f"not reached ({speed / 3000:.2f}x)"
    name = f"import of {IMPORTED:,} petitions"
    print(f"{name:<42}{speed:>12,.0f} a second in {spent:.1f} s, to reach 3,000: {judged}", flush=True)


def _file() -> list[dict]:
    top = made_up.UNITS[0][0]
    lines = [
        {"type": "unit", "code": code, "name": name, "level": level} | ({} if code == top else {"parent": top})
        for code, name, level in made_up.UNITS
    ]
    spread = tree.Spread([code for code, *_ in made_up.UNITS], list(range(1, len(made_up.UNITS) + 1)))
    day = today() - timedelta(days=1)
    return lines + [
        record
        for record in templates.records(IMPORTED, spread, day, Random(9).randint(1, 99))
        if record["type"] in ("petition", "case")
    ]


def start() -> None:
    """The smallest command beside what Flask alone takes to be imported."""
    environ = {name: value for name, value in os.environ.items() if name != "INSTANCE_DIR"}

    def run(*command: str) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, *command], cwd=ROOT, env=environ, check=True, capture_output=True)
        return (time.perf_counter() - began) * 1000

    due = Operation(
        "run.py due",
        {"ours": lambda _turn: run("run.py", "due", "complaint.accept", "2026-07-15")},
        times("hand", "import flask", 3),
    )
    flask = Operation("import flask", {"hand": lambda _turn: run("-c", "import flask")})
    measure([due, flask], 12)
    show([due, flask])
