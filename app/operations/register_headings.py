"""What Excel registers call their columns and values: headings in any order and common spellings, compared folded."""

from dataclasses import dataclass

from app.text.fold import fold, words


@dataclass(frozen=True)
class RegisterColumn:
    """A column of a register: its key, the heading of our template, other spellings, and an example."""

    key: str
    heading: str
    spellings: tuple[str, ...] = ()
    example: str = ""


COLUMNS = (
    RegisterColumn("id", "Mã đơn", ("số đơn", "ký hiệu đơn", "mã số đơn", "số thụ lý đơn")),
    RegisterColumn("unit", "Mã đơn vị", ("đơn vị", "mã cơ quan", "cơ quan tiếp nhận"), ""),
    RegisterColumn("received_on", "Ngày nhận", ("ngày đến", "ngày tiếp nhận", "ngày nhận đơn", "ngày vào sổ", "ngày tháng nhận"), "05/10/2026"),
    RegisterColumn("dated_on", "Ngày ghi trên đơn", ("ngày đơn", "ngày viết đơn", "ngày làm đơn", "đơn đề ngày", "ngày của đơn"), "01/10/2026"),
    RegisterColumn("kind", "Loại đơn", ("loại", "phân loại", "phân loại đơn", "loại khiếu tố"), "Khiếu nại"),
    RegisterColumn("source", "Nguồn đơn", ("nguồn", "nguồn đơn đến", "hình thức nhận", "nơi chuyển"), "Bưu chính"),
    RegisterColumn("names", "Họ tên người gửi", ("họ và tên", "họ tên", "người gửi", "người đứng đơn", "tên người gửi", "người khiếu nại tố cáo", "họ và tên người gửi đơn", "người viết đơn"), "Nguyễn Văn Mẫu"),
    RegisterColumn("address", "Địa chỉ", ("địa chỉ người gửi", "nơi ở", "chỗ ở", "địa chỉ liên hệ"), "Thôn 1, xã mẫu"),
    RegisterColumn("id_number", "Số căn cước", ("cccd", "cmnd", "số cccd", "căn cước công dân", "số định danh", "cmnd cccd", "cccd cmnd hộ chiếu"), "001090000001"),
    RegisterColumn("phone", "Điện thoại", ("số điện thoại", "sđt", "đt"), ""),
    RegisterColumn("people", "Số người", ("số lượng người", "số người đứng tên", "số người ký"), "1"),
    RegisterColumn("respondents", "Người bị khiếu nại, tố cáo", ("người bị khiếu nại", "người bị tố cáo", "đối tượng bị khiếu nại", "đối tượng bị khiếu nại tố cáo", "bên bị khiếu nại"), ""),
    RegisterColumn("summary", "Nội dung đơn", ("nội dung", "tóm tắt nội dung", "trích yếu", "nội dung tóm tắt", "nội dung vụ việc"), "Khiếu nại giá bồi thường khi thu hồi đất"),
    RegisterColumn("field", "Lĩnh vực", ("lĩnh vực đơn", "phân loại lĩnh vực", "thuộc lĩnh vực"), "Đất đai"),
    RegisterColumn(
        "instance", "Lần giải quyết", ("lần", "đơn lần đầu, tiếp theo", "cấp giải quyết", "lần khiếu nại"), "1"
    ),
    RegisterColumn("processed_on", "Ngày xử lý", ("ngày xử lý đơn", "ngày phân loại"), ""),
    RegisterColumn("eligible", "Đủ điều kiện", ("đủ điều kiện xử lý", "điều kiện xử lý", "đủ đk"), ""),
    RegisterColumn("competent", "Thuộc thẩm quyền", ("thẩm quyền", "thuộc tq"), ""),
    RegisterColumn("direction", "Hướng xử lý", ("kết quả xử lý", "xử lý", "hình thức xử lý"), ""),
    RegisterColumn("reason", "Lý do", ("lý do xử lý", "căn cứ xử lý"), ""),
    RegisterColumn("ignored", "STT", ("tt", "số tt", "số thứ tự")),
)  # fmt: skip
REQUIRED = ("received_on", "kind", "summary")


def plain_key(text: str) -> str:
    """A heading or value as compared: folded words with single spaces."""
    return " ".join(fold(word) for word in words(text))


_BY_SPELLING = {plain_key(spelling): column.key for column in COLUMNS for spelling in (column.heading, *column.spellings)}


def column_of(heading: str) -> str | None:
    """The column a heading means, None for one that is not known. What stands in brackets is left out."""
    return _BY_SPELLING.get(plain_key(heading.split("(")[0]))


def _values(**spellings: str) -> dict[str, str]:
    return {plain_key(spelling): code for code, group in spellings.items() for spelling in group.split("|")}


VALUES: dict[str, dict[str, str]] = {
    "kind": _values(
        complaint="Khiếu nại|KN|đơn khiếu nại",
        denunciation="Tố cáo|TC|đơn tố cáo",
        reflection="Kiến nghị, phản ánh|kiến nghị|phản ánh|KNPA|PAKN|phản ánh, kiến nghị|đơn kiến nghị|đề nghị",
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
