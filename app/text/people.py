"""Who a register's cell names: list numbers and forms of address left out, several people split."""

import re

from app.text.tcvn6909 import normalize, normalize_line

_TITLES = (
    "ông bà|ông|bà|anh|chị|cô|chú|bác|cụ|em|cháu|đồng chí|đ/c|đc|luật sư|ls|bác sĩ|bs|thạc sĩ|ths|tiến sĩ|ts|kỹ"
    " sư|ks|linh mục|đại đức|thượng tọa|hộ ông|hộ bà|hộ|gia đình ông|gia đình bà|gia đình|ông/bà|ông \\(bà\\)|mr|mrs|ms"
)
_TITLE = re.compile(
    rf"(?:(?:{'|'.join(sorted(_TITLES.split('|'), key=len, reverse=True))})\s*[.:]?\s+|(?:ô|b)\.\s*)(?=\S)",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"(?:\(?\d{1,3}\s*[.)/:\]-]+|\([\da-zđ]{1,3}\)|[a-hđ]\)|[-+*•–—]+)\s*", re.IGNORECASE)
# "1. A 2. B" on one line: a number with its dot or bracket before a letter begins the next person.
_NEXT_NUMBER = re.compile(r"\s+(?=\(?\d{1,3}\s*[.)]\s*[^\W\d_])")
_OTHERS = re.compile(
    r"[\s,;]*\b(?:và|cùng|\+)\s+(\d{1,4})\s+(?:người|công dân|cá nhân)(?:\s+(?:khác|dân|nữa|cùng ký|cùng đứng"
    r" tên))*\s*\.?$",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*,\s*|\s+(?:và|cùng|&|[-–/+])\s+", re.IGNORECASE)
# Words that begin an address, a position or a body: what follows a comma there is no second person.
_NO_PERSON = re.compile(
    r"(?:thôn|xóm|ấp|bản|làng|buôn|tổ|khu|khối|phố|đường|số|xã|phường|thị|huyện|quận|tỉnh|thành|tp|sinh|năm|chức|chủ|phó|trưởng|giám|bí|cán|công|nguyên|"
    r"ủy|uỷ|ubnd|hđnd|sở|phòng|ban|chi|đảng|cty|doanh|hợp|trường|bệnh|hội|đội|tập|nhóm|hộ|người|các|một|nhiều|những|toàn|đại|vợ|chồng|con)\b",
    re.IGNORECASE,
)
_ANONYMOUS = [
    "nặc danh",
    "đơn nặc danh",
    "ẩn danh",
    "giấu tên",
    "dấu tên",
    "không tên",
    "không có tên",
    "không ghi tên",
    "không rõ tên",
    "không ghi họ tên",
    "không có họ tên",
]


def people_of(text: str) -> list[str]:
    """The names in order, without list numbers and forms of address; empty for none and for “nặc danh”.

    Split at ends of lines, semicolons and list numbers; at commas and “và” only where each part can be a whole name.
    """
    parts = [piece for line in re.split(r"[\n;]", normalize(text)) for piece in _NEXT_NUMBER.split(f" {line}")]
    found = [name for part in parts for name in _together(_OTHERS.sub("", normalize_line(part)))]
    return [name for name in found if name and name.lower().strip(".() ") not in _ANONYMOUS]


def others_in(text: str) -> int:
    """How many people a cell counts without naming them: “Trần Thị Thử và 15 người khác” has 15."""
    found = (_OTHERS.search(normalize_line(line)) for line in re.split(r"[\n;]", normalize(text)))
    return sum(int(match.group(1)) for match in found if match)


def _together(part: str) -> list[str]:
    whole = _plain(part)
    names = [_plain(piece) for piece in _AND.split(whole)]
    return names if len(names) > 1 and all(map(_may_be_a_name, names)) else [whole]


def _plain(part: str) -> str:
    """The name alone; a form of address goes only where something is left of it."""
    name = normalize_line(part).strip(" ,;")
    while match := _LIST_NUMBER.match(name) or _TITLE.match(name):
        name = name[match.end() :].strip(" ,;")
    return name


def _may_be_a_name(text: str) -> bool:
    words = text.split()
    if _NO_PERSON.match(text) or re.search(r"\d", text):
        return False
    return 2 <= len(words) <= 6 and all(word[0].isupper() for word in words)
