"""Passwords: hashed with scrypt, random at first, never a common one (TCVN 14423:2026 level 3: 14 characters and four classes without a second factor)."""

import secrets
import string

from werkzeug.security import check_password_hash, generate_password_hash

from app.text.fold import fold

LENGTH = 14
_SYMBOLS = "!#$%*+-=?@_"
_CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, _SYMBOLS)
_COMMON = ("password", "matkhau", "123456", "abcdef", "qwerty", "donthu", "thanhtra", "vietnam", "111111", "000000")
# Checked when no account of that name exists, so that unknown and wrong take the same time.
_NOBODY = generate_password_hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """The password's scrypt hash."""
    return generate_password_hash(password)


def matches(stored: str | None, password: str) -> bool:
    """True when the password is the stored one; an account that is not there takes as long."""
    right = check_password_hash(stored or _NOBODY, password)
    return right and stored is not None


def initial_password() -> str:
    """A random password of 16 characters that satisfies `problem`."""
    while True:
        password = "".join(secrets.choice("".join(_CLASSES).translate({ord(c): None for c in "lIO01"})) for _ in range(16))
        if problem(password, "") is None:
            return password


def problem(password: str, identifier: str) -> str | None:
    """Which rule the password breaks: length, classes, common, identifier, control; None for a good one."""
    if any(ord(character) < 32 for character in password):
        return "control"
    if len(password) < LENGTH:
        return "length"
    if sum(any(character in group for character in password) for group in _CLASSES[:3]) + any(not c.isalnum() for c in password) < 4:
        return "classes"
    folded = fold(password)
    if any(fold(word) in folded for word in _COMMON):
        return "common"
    if identifier and fold(identifier) in folded:
        return "identifier"
    return None
