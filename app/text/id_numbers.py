"""Numbers of papers and telephones as people write them, and what is odd about one.

Căn cước: three digits of the province of birth (Thông tư 59/2021/TT-BCA, Phụ lục I) or of a country (Phụ lục II), one
of sex and century, two of the year, six others. CMND: nine digits. Tax number: ten or thirteen.
"""

import re
from datetime import date

# The 63 provinces that were, by which numbers were given and stay given.
_CODES = """
    001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033
    034 035 036 037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066
    067 068 070 072 074 075 077 079 080 082 083 084 086 087 089 091 092 093 094 095 096
"""
PROVINCES = frozenset(_CODES.split())
ABROAD = 100  # codes from here on are countries
_BETWEEN = re.compile(r"[\s.\-]+")
_PASSPORT = re.compile(r"[A-Z][0-9]{7,8}")
_TAX = re.compile(r"[0-9]{10}([0-9]{3})?")
_PHONE = re.compile(r"(0[35789][0-9]{8}|02[0-9]{8,9}|1[89]00[0-9]{4,6})")


def bare(number: str) -> str:
    """The number without spaces, dots and hyphens, in capitals."""
    return _BETWEEN.sub("", number).upper()


def odd_paper(number: str, today: date, organisation: bool = False) -> str | None:
    """What is odd about the number of a person's or an organisation's paper, in Vietnamese; None where nothing is."""
    plain = bare(number)
    if organisation:
        return None if _TAX.fullmatch(plain) else "không giống mã số thuế (10 hoặc 13 số)"
    if len(plain) == 12 and plain.isdecimal():
        return _odd_identity(plain, today)
    if (len(plain) == 9 and plain.isdecimal()) or _PASSPORT.fullmatch(plain):
        return None
    return "không giống số căn cước (12 số), chứng minh nhân dân (9 số) hay hộ chiếu"


def _odd_identity(plain: str, today: date) -> str | None:
    if plain[:3] not in PROVINCES and int(plain[:3]) < ABROAD:
        return f"không có mã tỉnh {plain[:3]} trong số căn cước"
    born = 1900 + 100 * (int(plain[3]) // 2) + int(plain[4:6])
    return f"số căn cước cho biết sinh năm {born}, sau hôm nay" if born > today.year else None


def odd_phone(number: str) -> str | None:
    """What is odd about a telephone number, in Vietnamese; None where nothing is."""
    plain = re.sub(r"^(\+?84)(?=[0-9]{9})", "0", bare(number).replace("(", "").replace(")", ""))
    return None if _PHONE.fullmatch(plain) else "không giống số điện thoại Việt Nam (10 số, bắt đầu bằng 0)"
