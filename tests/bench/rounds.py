"""Rounds of requests, ours and the peers' in turn, so that a machine that is busy with other things hits all alike."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.bench.place import read_peers, write_peers

WARM_UP = 6
ROUNDS = 25
MOST_SECONDS = 20.0  # for one operation of one system; slow ones get fewer rounds
FEWEST = 3
SYSTEMS = ("ours", "django", "hand")
Ask = Callable[[int], float]  # a round's number to milliseconds


@dataclass
class Operation:
    """One line of the table: how each system is asked, and what ours is to reach, from the medians of all."""

    name: str
    asks: dict[str, Ask]
    reach: Callable[[dict[str, dict[str, float]]], float | None] = lambda medians: None
    unit: str = "ms"
    spent: dict[str, list[float]] = field(default_factory=dict)

    def median(self, system: str) -> float | None:
        """The middle of what was measured."""
        return statistics.median(self.spent[system]) if self.spent.get(system) else None

    def p95(self, system: str) -> float | None:
        """What nineteen of twenty stay below."""
        found = sorted(self.spent.get(system, ()))
        return found[min(len(found) - 1, round(0.95 * (len(found) - 1)))] if found else None


def measure(operations: list[Operation], rounds: int = ROUNDS) -> None:
    """Every operation has its figures."""
    used: dict[tuple[str, str], float] = {}
    for turn in range(rounds + WARM_UP):
        for operation in operations:
            for system, ask in operation.asks.items():
                key = (operation.name, system)
                kept = operation.spent.setdefault(system, [])
                if used.get(key, 0.0) > MOST_SECONDS and len(kept) >= FEWEST:
                    continue
                began = time.perf_counter()
                milliseconds = ask(turn)
                used[key] = used.get(key, 0.0) + time.perf_counter() - began
                if turn >= WARM_UP or (turn and milliseconds > 2000):  # what is so slow is warm after the first
                    kept.append(milliseconds)


def medians(operations: list[Operation]) -> dict[str, dict[str, float]]:
    """The median of each system by operation; of a peer that was not asked now, the one measured last."""
    found: dict[str, dict[str, float]] = {}
    for operation in operations:
        now = {system: value for system in operation.spent if (value := operation.median(system)) is not None}
        found[operation.name] = now
    peers = {name: {system: value for system, value in now.items() if system != "ours"} for name, now in found.items()}
    if any(peers.values()):
        write_peers({name: now for name, now in peers.items() if now})
    before = read_peers()
    return {name: before.get(name, {}) | now for name, now in found.items()}


def _shown(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def show(operations: list[Operation]) -> None:
    """The lines of the table."""
    middle = medians(operations)
    for operation in operations:
        cells = []
        for system in SYSTEMS:
            pair = (
                "–"
                if operation.median(system) is None
                else f"{_shown(operation.median(system))} / {_shown(operation.p95(system))}"
            )
            cells.append(f"{pair:>19}")
        reach = operation.reach(middle)
        ours = operation.median("ours")
        judged = (
            ""
            if reach is None or ours is None
            else "reached"
            if ours <= reach
            else f"not reached ({ours / reach:.2f}x)"
        )
        print(f"{operation.name:<42}{''.join(cells)}{_shown(reach):>11} {operation.unit:<3} {judged}", flush=True)


def head() -> None:
    """The table's heading."""
    titles = "".join(f"{title:>19}" for title in ("ours p50 / p95", "Django p50 / p95", "by hand p50 / p95"))
    print(f"{'':<42}{titles}{'to reach':>11}")


def times(system: str, operation: str, factor: float) -> Callable[[dict[str, dict[str, float]]], float | None]:
    """So many times what that system took for that operation; None where it was not measured."""

    def reach(middle: dict[str, dict[str, float]]) -> float | None:
        found = middle.get(operation, {}).get(system)
        return None if found is None else factor * found

    return reach


def at_most(value: float) -> Callable[[dict[str, dict[str, float]]], float | None]:
    """This and no more."""
    return lambda _middle: value
