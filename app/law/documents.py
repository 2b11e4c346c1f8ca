"""States of a document, and of a derivative before a verifier may have it (Luật Tố cáo 2018, Điều 56.2)."""

HELD = "held"
WAITING = "waiting"
READY = "ready"
READ = "read"
FAILED = "failed"
REFUSED = "refused"
AT_WORK = (HELD, WAITING, READY)  # something is still to be done with it
SHOWN = (READY, READ)  # it has a working copy that may be looked at
