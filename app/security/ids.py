"""UUIDs of version 7 (RFC 9562): made before the row is written, ordered by time, not countable."""

import os
import time
import uuid
from datetime import UTC, datetime


def uuid7() -> uuid.UUID:
    """A new UUID of version 7: 48 bits of milliseconds, 74 random bits."""
    random = int.from_bytes(os.urandom(10), "big")
    value = (
        (time.time_ns() // 1_000_000) << 80
        | 0x7 << 76
        | (random >> 68 & 0xFFF) << 64
        | 0x2 << 62
        | random & (1 << 62) - 1
    )
    return uuid.UUID(int=value)


def made_at(key: uuid.UUID) -> datetime:
    """The moment at which a UUID of version 7 was made."""
    return datetime.fromtimestamp((key.int >> 80) / 1000, UTC)
