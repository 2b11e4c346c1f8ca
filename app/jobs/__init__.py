"""Long work off the request: asked for in a transaction, run by `run.py jobs`, its result fetched once."""
