"""Receipt codes: what a citizen asks with after the petition. Long, at random, and a slip of the pen is noticed.

Sixteen signs of Crockford's Base32 (80 random bits) and a check sign by the Luhn algorithm mod 32 (ISO/IEC 7812-1
Annex B, in base 32): every wrong sign and nearly every swap of neighbours is noticed.
"""

import secrets

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
GROUP = 4
_READ = str.maketrans("OIL", "011")  # as people read and write them


def make_code() -> str:
    """A new code, in groups: XXXX-XXXX-XXXX-XXXX-X."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    return _grouped(signs + _check(signs))


def read_code(typed: str) -> str | None:
    """The code as it stands on the slip, however it was typed; None for what can be none."""
    signs = "".join(sign for sign in typed.upper().translate(_READ) if not sign.isspace() and sign not in "-.–—")
    if len(signs) != LENGTH + 1 or any(sign not in SIGNS for sign in signs) or _check(signs[:-1]) != signs[-1]:
        return None
    return _grouped(signs)


def _check(signs: str) -> str:
    total = 0
    for place, sign in enumerate(reversed(signs)):
        value = SIGNS.index(sign) * (2 if place % 2 == 0 else 1)
        total += value // len(SIGNS) + value % len(SIGNS)
    return SIGNS[-total % len(SIGNS)]


def _grouped(signs: str) -> str:
    return "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))
