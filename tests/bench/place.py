"""Where the measured installation lies, how many petitions it holds, and what it was told of itself."""

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PETITIONS = int(os.environ.get("BENCH_PETITIONS", "1000000"))
FOLDER = Path(os.environ.get("BENCH_FOLDER") or ROOT / "build" / f"bench-{PETITIONS}").resolve()
MARKER = "bench.json"  # in FOLDER: there once all is made; holds accounts, scopes and what to search
PEERS = "bench-peers.json"  # in FOLDER: the peers' medians of the last run that measured them
PEER = "peer"  # the database, and the role, of the peers


def environment(folder: Path = FOLDER) -> dict[str, str]:
    """The environment in which programs of that installation run."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PORT", "DATABASE_URL", "APP_DATABASE_URL", "KEY_FILE")
    }
    return kept | {"INSTANCE_DIR": str(folder), "PYTHONPATH": str(ROOT)}


def read_marker(folder: Path = FOLDER) -> dict[str, Any]:
    """What was made; empty where it was not, or not to the end."""
    path = folder / MARKER
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def read_peers() -> dict[str, dict[str, float]]:
    """The peers' medians by operation, as they were last measured here."""
    path = FOLDER / PEERS
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_peers(found: dict[str, dict[str, float]]) -> None:
    """These medians are the last ones, of the operations they are of."""
    if not FOLDER.is_dir():
        return
    path = FOLDER / PEERS
    path.write_text(json.dumps(read_peers() | found, ensure_ascii=False, indent=1), encoding="utf-8")


def write_marker(told: dict[str, Any], folder: Path = FOLDER) -> None:
    """The installation is complete."""
    part = folder / (MARKER + ".part")
    part.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(folder / MARKER)
