"""`python -m tests.bench [PART …] [--only-ours] [--rounds N]`: the table of operations, or the named parts of it."""

import argparse
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack

from tests.bench import counter, frequencies, handed_in, pages, rounds, servers, whole
from tests.bench.made import SCOPES, prepare
from tests.bench.place import FOLDER, ROOT, environment
from tests.bench.world import World

PAGES: dict[str, Callable[[World], list[rounds.Operation]]] = {
    "list": pages.lists,
    "desk": pages.desk,
    "search": pages.searches,
    "petition": pages.petition,
    "register": pages.register,
    "form": pages.forms,
}
ALONE = {
    "import": whole.import_,
    "start": whole.start,
    "counter": counter.counter,
    "similar": handed_in.similar,
    "frequencies": frequencies.frequencies,
}
INSIDE = ("statements", "shares")  # what is seen only inside the application
PARTS = ("export", *PAGES, *ALONE, *INSIDE, "workers")


def main() -> None:
    """Runs the parts that were asked for, all where none was."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--only-ours", action="store_true", help="without Django and the pages by hand")
    parser.add_argument("--rounds", type=int, default=rounds.ROUNDS)
    parser.add_argument("--init", action="store_true", help="first bring its schema to this version, for good")
    parser.add_argument("--make", action="store_true", help="only make the installation")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; parts: {', '.join(PARTS)}")
    parts = options.parts or list(PARTS)
    if options.make or not set(parts) <= ALONE.keys():
        told = prepare()
        print(f"{told['petitions']:,} petitions in {FOLDER}, made in {told['made_in']} s")
    if options.make:
        return
    if options.init:
        subprocess.run([sys.executable, "run.py", "init"], cwd=ROOT, env=environment(), check=True)
    rounds.head()
    if not set(parts) <= {*ALONE, "workers"}:
        _served(parts, told, options.only_ours, options.rounds)
    if "workers" in parts:
        whole.workers(told)
    for part, run in ALONE.items():
        if part in parts:
            run()


def _served(parts: list[str], told: dict, only_ours: bool, number: int) -> None:
    with ExitStack() as stack:
        ours = stack.enter_context(servers.ours())
        django = hand = None
        if not only_ours:
            django, hand = stack.enter_context(servers.peers({code: scope for scope, code in SCOPES.items()}))
        world = World(told, ours, django, hand)
        if "export" in parts:
            whole.export(world)  # first: what other pages made of the workers' memory is not the export's
        for part, make in PAGES.items():
            if part in parts:
                world.forget()
                operations = make(world)
                rounds.measure(operations, number)
                rounds.show(operations)
        for part in INSIDE:
            if part in parts:
                subprocess.run(
                    [sys.executable, "-m", "tests.bench.inside", part], cwd=ROOT, env=environment(), check=True
                )


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers are stopped
    main()
