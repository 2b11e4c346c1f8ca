"""What Excel registers call their columns and values: headings in any order and common spellings, compared folded."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.operations.exchange.register_matter_headings import MATTERS, OUTCOME_WORDS, PENDING_WORDS
from app.text.fold import fold, words


@dataclass(frozen=True)
class RegisterColumn:
    """A column of a register: its key, the heading of our template, other spellings, and an example."""

    key: str
    heading: str
    spellings: Sequence[str] = ()
    example: str = ""


def _of(starts: str, ends: str) -> tuple[str, ...]:
    """Every start with every end: offices put the same few words together in their own order."""
    return tuple(f"{start} {end}".strip() for start in starts.split("|") for end in ends.split("|"))


_SENDER = (
    "người gửi|người gửi đơn|người đứng đơn|người viết đơn|người làm đơn|người nộp đơn|người có đơn|chủ đơn|"
    "công dân|đương sự|người khiếu nại|người tố cáo|người khiếu nại tố cáo|người tố cáo khiếu nại|người phản ánh|"
    "người kiến nghị|người kiến nghị phản ánh|người khiếu nại tố cáo kiến nghị phản ánh|người kn tc|người kntc"
)
_AGAINST = (
    "khiếu nại|tố cáo|khiếu nại tố cáo|tố cáo khiếu nại|phản ánh|kiến nghị|kiến nghị phản ánh|kn|tc|kn tc|kntc|"
    "khiếu nại tố cáo kiến nghị phản ánh"
)
_MATTER = _AGAINST + "|vụ việc|sự việc|đơn|đơn khiếu nại|đơn tố cáo|đơn khiếu nại tố cáo|chính|cụ thể|trình bày|tóm tắt"
_ARRIVED = "ngày|ngày tháng|ngày tháng năm|thời gian|thời điểm"
_CARDS = (
    "cccd|cmnd|cmt|căn cước|thẻ căn cước|căn cước công dân|chứng minh nhân dân|định danh|định danh cá nhân|"
    "giấy tờ|giấy tờ tùy thân|cmnd cccd|cccd cmnd|cccd hộ chiếu|cmnd hộ chiếu|cmnd cccd hộ chiếu|"
    "cccd cmnd hộ chiếu|căn cước cmnd|cmnd căn cước|căn cước hộ chiếu"
)

PROBLEMS = "Lỗi cần sửa"  # of a row that was given back; an import passes over it
COLUMNS = (
    RegisterColumn("id", "Mã đơn", ("số đơn", "ký hiệu đơn", "mã số đơn", "số thụ lý đơn", "mã hồ sơ đơn")),
    RegisterColumn("unit", "Mã đơn vị", ("đơn vị", "mã cơ quan", "cơ quan tiếp nhận")),
    RegisterColumn(
        "received_on",
        "Ngày nhận",
        (
            "ngày đến",
            "ngày vào sổ",
            *_of(_ARRIVED, "nhận|nhận đơn|tiếp nhận|tiếp nhận đơn|đến|đơn đến|đến đơn|vào sổ|vào sổ đơn"),
            "nhận ngày",
            "đơn đến ngày",
        ),
        "05/10/2026",
    ),
    RegisterColumn(
        "dated_on",
        "Ngày ghi trên đơn",
        (
            "đơn đề ngày",
            "đơn ngày",
            *_of(
                "ngày|ngày tháng|ngày tháng năm",
                "đơn|trên đơn|viết đơn|làm đơn|của đơn|ghi trên đơn|đề trên đơn|ghi đơn|gửi đơn|trong đơn",
            ),
        ),
        "01/10/2026",
    ),
    RegisterColumn(
        "kind",
        "Loại đơn",
        (
            "loại",
            "phân loại",
            "phân loại đơn",
            "loại khiếu tố",
            "thể loại",
            "thể loại đơn",
            "loại hình đơn",
            *_of("loại|loại đơn|phân loại|phân loại đơn", _AGAINST),
        ),
        "Khiếu nại",
    ),
    RegisterColumn(
        "source",
        "Nguồn đơn",
        (
            "nguồn",
            "nguồn đơn đến",
            "hình thức nhận",
            "nơi chuyển",
            "nguồn tiếp nhận",
            "nguồn tiếp nhận đơn",
            "hình thức nhận đơn",
            "hình thức tiếp nhận",
            "hình thức tiếp nhận đơn",
            "hình thức gửi",
            "hình thức gửi đơn",
            "kênh tiếp nhận",
            "phương thức nhận",
            "phương thức tiếp nhận",
        ),
        "Bưu chính",
    ),
    RegisterColumn(
        "names",
        "Họ tên người gửi",
        ("họ và tên", "họ tên", "tên", *_of("|họ tên|họ và tên|tên|họ tên của|thông tin", _SENDER)),
        "Nguyễn Văn Mẫu",
    ),
    RegisterColumn(
        "address",
        "Địa chỉ",
        (
            *_of(
                "nơi ở|chỗ ở|nơi cư trú|nơi thường trú|hộ khẩu thường trú|thường trú|địa chỉ",
                "|hiện nay|hiện tại|liên hệ|thường trú|cư trú|nơi ở",
            ),
            *_of("địa chỉ|địa chỉ của|nơi ở", _SENDER),
        ),
        "Thôn 1, xã mẫu",
    ),
    RegisterColumn("id_number", "Số căn cước", _of("|số|mã số|số thẻ|mã", _CARDS), "001090000001"),
    RegisterColumn(
        "phone",
        "Điện thoại",
        _of(
            "|số",
            "điện thoại|sđt|đt|đtdđ|di động|điện thoại di động|"
            "điện thoại liên hệ|sđt liên hệ|đt liên hệ|điện thoại người gửi",
        ),
    ),
    RegisterColumn(
        "people",
        "Số người",
        (
            "số lượng người",
            "tổng số người",
            *_of(
                "số người|số lượng người|số công dân",
                "đứng tên|ký|ký tên|ký đơn|cùng ký|đứng đơn|khiếu nại|tham gia|gửi đơn|gửi",
            ),
        ),
        "1",
    ),
    RegisterColumn(
        "respondents",
        "Người bị khiếu nại, tố cáo",
        _of(
            "người bị|đối tượng bị|bên bị|cơ quan bị|cá nhân bị|tổ chức cá nhân bị|cơ quan tổ chức cá nhân bị|"
            "họ tên người bị|họ và tên người bị|tên người bị",
            _AGAINST,
        ),
    ),
    RegisterColumn(
        "summary",
        "Nội dung đơn",
        (
            "trích yếu",
            "tóm tắt",
            "về việc",
            "vụ việc",
            *_of("nội dung|tóm tắt nội dung|trích yếu nội dung|trích yếu|nội dung chính của|tóm tắt", f"|{_MATTER}"),
        ),
        "Khiếu nại giá bồi thường khi thu hồi đất",
    ),
    RegisterColumn(
        "field",
        "Lĩnh vực",
        (*_of("phân loại|thuộc|loại|theo|phân loại theo", "lĩnh vực"), *_of("lĩnh vực", _MATTER)),
        "Đất đai",
    ),
    RegisterColumn(
        "instance",
        "Lần giải quyết",
        ("lần", "đơn lần đầu, tiếp theo", "cấp giải quyết", "lần khiếu nại", "lần khiếu nại tố cáo", "giải quyết lần"),
        "1",
    ),
    RegisterColumn(
        "processed_on",
        "Ngày xử lý",
        ("ngày xử lý đơn", "ngày phân loại", "ngày phân loại xử lý", "ngày tháng xử lý", "ngày tháng năm xử lý"),
    ),
    RegisterColumn(
        "eligible", "Đủ điều kiện", ("đủ điều kiện xử lý", "điều kiện xử lý", "đủ đk", "đủ điều kiện thụ lý")
    ),
    RegisterColumn(
        "competent",
        "Thuộc thẩm quyền",
        ("thẩm quyền", "thuộc tq", "thẩm quyền giải quyết", "thuộc thẩm quyền giải quyết"),
    ),
    RegisterColumn(
        "direction",
        "Hướng xử lý",
        (
            "kết quả xử lý",
            "xử lý",
            "hình thức xử lý",
            "hướng xử lý đơn",
            "kết quả xử lý đơn",
            "hình thức xử lý đơn",
            "kết quả phân loại xử lý",
            "biện pháp xử lý",
        ),
    ),
    RegisterColumn("reason", "Lý do", ("lý do xử lý", "căn cứ xử lý")),
    *(RegisterColumn(key, heading, others) for key, (heading, *others) in MATTERS.items()),
    RegisterColumn("ignored", "STT", (PROBLEMS, "tt", "số tt", "số thứ tự", "thứ tự")),
)
REQUIRED = ("received_on", "kind", "summary")
MATTER_KEYS = tuple(MATTERS)
HEADING_OF = {column.key: column.heading for column in COLUMNS}


def plain_key(text: str) -> str:
    """A heading or value as compared: folded words with single spaces."""
    return " ".join(fold(word) for word in words(text))


PENDING = frozenset(map(plain_key, PENDING_WORDS.split("|")))  # an outcome that is none yet
# What a word on the outcome means, for some kind and instance.
OUTCOMES = {plain_key(one): codes.split("|") for codes, words_ in OUTCOME_WORDS.items() for one in words_.split("|")}
_SPELT = [(spelling, column.key) for column in reversed(COLUMNS) for spelling in (*column.spellings, column.heading)]
_BY_SPELLING = {plain_key(spelling): key for spelling, key in _SPELT}
LONGEST = 150  # letters; what is longer is no heading
TICKED = ("kind", "source", "field", "direction")  # some registers keep a group of columns, a cross in one


def column_of(heading: str) -> str | None:
    """The column a heading means, None for one that is not known.

    What stands in brackets is left out; “đơn thư” is đơn.
    """
    if len(heading) > LONGEST:
        return None
    return _BY_SPELLING.get(plain_key(heading.split("(")[0]).replace("don thu", "don"))


def column_under(parent: str, heading: str) -> str | None:
    """The column a heading means below a heading of several columns; `kind=complaint` for a column whose cross says so.

    What stands under the respondents is theirs: their address is not the petitioner's.
    """
    above = column_of(parent)
    below = column_of(heading)
    if above in TICKED and (code := VALUES[above].get(plain_key(heading))):
        return f"{above}={code}"
    if both := column_of(f"{parent} {heading}") or column_of(f"{heading} {parent}"):
        return both
    if above == "respondents":
        return above if below == "names" else None
    return below


def _values(**spellings: str) -> dict[str, str]:
    return {plain_key(spelling): code for code, group in spellings.items() for spelling in group.split("|")}


VALUES: dict[str, dict[str, str]] = {
    "kind": _values(
        complaint="Khiếu nại|KN|đơn khiếu nại|đơn KN",
        denunciation="Tố cáo|TC|đơn tố cáo|đơn TC",
        reflection=(
            "Kiến nghị, phản ánh|kiến nghị|phản ánh|KNPA|PAKN|KN, PA|PA, KN|phản ánh, kiến nghị|đề nghị|"
            "đơn kiến nghị|đơn phản ánh|đơn kiến nghị, phản ánh"
        ),
    ),
    "source": _values(
        post="Bưu chính|bưu điện|đường bưu điện|qua bưu điện",
        reception="Tiếp công dân|tiếp dân|trực tiếp|nộp trực tiếp|công dân nộp",
        forwarded="Cơ quan khác chuyển đến|chuyển đến|đơn chuyển|cơ quan chuyển|cấp trên chuyển",
        online="Trực tuyến|cổng dịch vụ công|email|thư điện tử|online|mạng",
    ),
    "field": _values(
        land="Đất đai|đất|bồi thường đất|giải phóng mặt bằng",
        policy="Chế độ, chính sách|chính sách|chính sách xã hội|chế độ",
        civil_service="Công chức, công vụ|công chức|công vụ|cán bộ",
        administrative="Hành chính khác|hành chính",
        corruption="Tham nhũng|tham nhũng tiêu cực",
        judicial="Tư pháp|thi hành án",
        party="Đảng, đoàn thể|đảng",
        other="Lĩnh vực khác|khác",
    ),
    "direction": _values(
        accept="Thụ lý giải quyết|thụ lý|giải quyết",
        guide="Hướng dẫn|hướng dẫn công dân",
        forward="Chuyển đơn|chuyển|chuyển cơ quan có thẩm quyền",
        **{"return": "Trả lại đơn|trả đơn|trả lại"},
        file="Lưu đơn|lưu|xếp lưu",
        urge="Đôn đốc giải quyết|đôn đốc",
        inspect="Thanh tra, kiểm tra|thanh tra|kiểm tra|chuyển thanh tra, kiểm tra",
    ),
    "flag": _values(
        true="có|true|x|đủ|thuộc|đúng|đủ điều kiện|thuộc thẩm quyền|1|yes",
        false="không|false|không đủ|không thuộc|0|no|không đủ điều kiện|không thuộc thẩm quyền",
    ),
    "instance": _values(
        **{
            "1": "1|lần 1|lần đầu|I|khiếu nại lần đầu|tố cáo|kiến nghị, phản ánh",
            "2": "2|lần 2|lần hai|II|khiếu nại lần hai|tố cáo tiếp",
        }
    ),
}
