"""How many petitions handed in again are suggested, how many suggestions are false, how long a question takes."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.bench.place import ROOT
from tests.support import again

PETITIONS = 2000
COPIES = 200


def similar() -> None:
    """Prints what `run.py similar --all` makes of planted copies."""
    random = Random(2026)
    records = again.petitions(random, PETITIONS)
    copies, of = again.handed_in_again(random, records, COPIES)
    with tempfile.TemporaryDirectory(prefix="donthu-similar-") as folder:
        Path(folder).chmod(0o755)
        environ = {"INSTANCE_DIR": f"{folder}/instance", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
        file = Path(folder) / "planted.jsonl"
        lines = [*again.units(), *records, *copies]
        file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")

        def run(*arguments: str) -> str:
            command = [sys.executable, "run.py", *arguments]
            return subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, text=True).stdout

        run("init")
        run("import", str(file))
        began = time.perf_counter()
        found = json.loads(run("similar", "--all"))
        took = time.perf_counter() - began
    planted = {frozenset(pair) for pair in of.items()}
    told = {frozenset((number, other)) for number, others in found.items() for _, other in others}
    caught = len(planted & told)
    false = len(told - planted)
    print(
        f"similar: {caught} of {len(planted)} copies suggested ({caught / len(planted):.1%});"
        f" {false} of {len(told)} suggestions false ({false / len(told):.1%});"
        f" {took * 1000 / (PETITIONS + COPIES):.0f} ms a petition",
        flush=True,
    )
