"""The parts that measure whole runs: an export, an import, a start."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import chain
from random import Random
from typing import Any

from app.clock import today
from app.operations.exchange import made_up
from tests.bench import templates, tree
from tests.bench.client import Answer, Browser
from tests.bench.pages import ADMIN
from tests.bench.place import FOLDER, ROOT, environment
from tests.bench.rounds import Operation, at_most, measure, show, times
from tests.bench.servers import Server, ours
from tests.bench.world import KEY, World, checked

IMPORTED = 20_000
WORKERS = ((1, 1), (2, 1), (3, 1), (4, 1), (1, 4), (2, 4))
SECONDS = 10


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


def workers(told: dict[str, Any]) -> None:
    """Four browsers at once read lists, petitions and searches: how many pages a second, how long the slow ones take,
    by number of web processes and of threads in each.
    """
    for processes, threads in WORKERS:
        with ours(WEB_WORKERS=str(processes), WEB_THREADS=str(threads)) as server:
            world = World(told, server, None, None)
            browsers = [world.us("leader province") for _ in range(4) if not world.forget()]
            found = browsers[0].get("/petitions/")
            pages = ["/petitions/", "/inbox/", f"/petitions/{KEY.search(found.text).group(1)}"]
            until = time.perf_counter() + SECONDS
            with ThreadPoolExecutor(len(browsers)) as pool:
                spent = sorted(chain.from_iterable(pool.map(lambda browser: _reads(browser, pages, until), browsers)))
            memory = sum(one.memory_full_info().pss for one in server.family()) / 2**20
        slow = spent[len(spent) * 95 // 100]
        name = f"{processes} processes, threads in each: {threads}"
        print(
            f"{name:<42}{len(spent) / SECONDS:>8.0f} pages/s, p50 {spent[len(spent) // 2]:.0f}, p95 {slow:.0f} ms,"
            f" {memory:.0f} MB in all",
            flush=True,
        )


def _reads(browser: Browser, pages: list[str], until: float) -> list[float]:
    spent: list[float] = []
    while time.perf_counter() < until:
        spent.append(checked(browser.get(pages[len(spent) % len(pages)])).spent)
    return spent


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
