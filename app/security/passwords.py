"""Passwords: hashed with scrypt, random at first, never a common or personal one (TCVN 14423:2026 level 3, QCVN
12:2026: 14 characters of four classes without a second factor, 8 with one, the last ten never again).
"""

import secrets
import string
from collections.abc import Iterable
from functools import cache

from werkzeug.security import check_password_hash, generate_password_hash

from app.text.fold import fold

LENGTH = 14
LENGTH_WITH_FACTOR = 8
REMEMBERED = 10  # passwords an account had before that are refused
_SYMBOLS = "!#$%*+-=?@_"
_CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, _SYMBOLS)
_COMMON = (
    "password",
    "matkhau",
    "123456",
    "234567",
    "345678",
    "456789",
    "987654",
    "654321",
    "abcdef",
    "qwerty",
    "asdfgh",
    "zxcvbn",
    "1q2w3e",
    "donthu",
    "thanhtra",
    "khieunai",
    "tocao",
    "vietnam",
    "iloveyou",
    "welcome",
    "letmein",
    "anhyeuem",
    "111111",
    "000000",
    "888888",
    "999999",
    "nguyenvan",
)
# Digits and signs that people write for letters: P@ssw0rd is password.
_LOOKALIKES = str.maketrans("@40135$!7", "aaoiessit")


@cache
def nobodys() -> str:
    """Checked when no account of that name exists, so that unknown and wrong take the same time; serving makes it
    before the first request.
    """
    return generate_password_hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """The password's scrypt hash."""
    return generate_password_hash(password)


def matches(stored: str | None, password: str) -> bool:
    """True when the password is the stored one; an account that is not there takes as long."""
    right = check_password_hash(stored or nobodys(), password)
    return right and stored is not None


def initial_password() -> str:
    """A random password of 16 characters that satisfies `problem`."""
    while True:
        password = "".join(
            secrets.choice("".join(_CLASSES).translate({ord(c): None for c in "lIO01"})) for _ in range(16)
        )
        if problem(password, "") is None:
            return password


def problem(password: str, identifier: str, personal: Iterable[str] = (), second_factor: bool = False) -> str | None:
    """Which rule the password breaks: length, classes, common, identifier, personal, control; None for a good one."""
    if any(ord(character) < 32 for character in password):
        return "control"
    if len(password) < (LENGTH_WITH_FACTOR if second_factor else LENGTH):
        return "length"
    if (
        sum(any(character in group for character in password) for group in _CLASSES[:3])
        + any(not c.isalnum() for c in password)
        < 4
    ):
        return "classes"
    folded = fold(password)
    forms = (folded, folded.translate(_LOOKALIKES))
    if any(fold(word) in form for word in _COMMON for form in forms):
        return "common"
    if identifier and any(fold(identifier) in form for form in forms):
        return "identifier"
    # One's own name or office: a run of it without spaces, or any part of four letters and more.
    personal_parts = [fold(part) for words in personal for part in (words.replace(" ", ""), *words.split())]
    if any(len(part) >= 4 and part in form for part in personal_parts for form in forms):
        return "personal"
    return None
