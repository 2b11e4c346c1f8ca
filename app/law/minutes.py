"""The records (biên bản) of acts on accounts: which there are, what each says, who signs.

Layout after Nghị định 30/2020/NĐ-CP, Phụ lục I.

Quy định UBKTTW, Điều 6.2: granting and handing over an account is done in writing and kept on file at every level.
"""

from dataclasses import dataclass

TITLES: dict[str, str] = {
    "grant": "BIÊN BẢN CẤP TÀI KHOẢN",
    "hand_over": "BIÊN BẢN BÀN GIAO TÀI KHOẢN",
    "reset": "BIÊN BẢN ĐẶT LẠI MẬT KHẨU",
    "suspend": "BIÊN BẢN KHÓA TÀI KHOẢN",
    "restore": "BIÊN BẢN MỞ LẠI TÀI KHOẢN",
    "close": "BIÊN BẢN ĐÓNG TÀI KHOẢN",
    "bind": "BIÊN BẢN GẮN THIẾT BỊ LƯU KHÓA",
    "replace": "BIÊN BẢN THAY THIẾT BỊ LƯU KHÓA",
    "revoke": "BIÊN BẢN THU HỒI THIẾT BỊ LƯU KHÓA",
    "lost": "BIÊN BẢN BÁO MẤT THIẾT BỊ LƯU KHÓA",
    "factors": "BIÊN BẢN GỠ YẾU TỐ XÁC THỰC THỨ HAI",
}


@dataclass(frozen=True)
class Line:
    """A line of the body: a label, and the name of the fact that follows it."""

    label: str
    fact: str


COMMON = (
    Line("Tài khoản", "account"),
    Line("Loại tài khoản", "kind"),
    Line("Đơn vị", "unit"),
    Line("Người giữ tài khoản", "holder"),
)
BODY: dict[str, tuple[Line, ...]] = {
    "grant": (*COMMON, Line("Vai trò được giao", "roles")),
    "hand_over": (*COMMON[:3], Line("Bên giao", "old_holder"), Line("Bên nhận", "holder")),
    "bind": (
        *COMMON,
        Line("Số sê-ri chứng thư", "serial"),
        Line("Tổ chức cấp", "issuer"),
        Line("Hiệu lực đến", "valid_to"),
    ),
    "replace": (
        *COMMON,
        Line("Chứng thư cũ", "old_serial"),
        Line("Chứng thư mới", "serial"),
        Line("Tổ chức cấp", "issuer"),
        Line("Hiệu lực đến", "valid_to"),
    ),
    "revoke": (*COMMON, Line("Số sê-ri chứng thư", "serial")),
    "lost": (*COMMON, Line("Số sê-ri chứng thư", "serial")),
}
DUTIES: dict[str, str] = {
    "grant": (
        "Người giữ tài khoản đổi mật khẩu trước khi sử dụng; tài khoản chỉ mở dữ liệu sau khi lãnh đạo đơn vị hoặc"
        " người quản lý xác nhận."
    ),
    "hand_over": (
        "Mọi phiên làm việc của bên giao đã chấm dứt, thiết bị lưu khóa và yếu tố xác thực đã gỡ, mật khẩu đã đặt lại. "
        "Bên nhận đổi mật khẩu trước khi sử dụng; tài khoản chỉ mở dữ liệu sau khi được xác nhận."
    ),
    "reset": "Người giữ tài khoản đổi mật khẩu trước khi sử dụng; tài khoản chỉ mở dữ liệu sau khi được xác nhận.",
    "suspend": "Mọi phiên làm việc đã chấm dứt; tài khoản không đăng nhập được cho đến khi mở lại.",
    "restore": "Tài khoản đăng nhập được trở lại.",
    "close": "Mọi phiên làm việc đã chấm dứt, thiết bị lưu khóa đã gỡ; tên tài khoản không cấp lại cho người khác.",
    "bind": (
        "Người giữ thiết bị chịu trách nhiệm bảo quản thiết bị và mã PIN; tài khoản chỉ mở dữ liệu sau khi được xác"
        " nhận."
    ),
    "replace": "Chứng thư cũ không còn dùng để đăng nhập; tài khoản chỉ mở dữ liệu sau khi được xác nhận.",
    "revoke": "Chứng thư này không còn dùng để đăng nhập; mọi phiên làm việc đã chấm dứt.",
    "lost": "Chứng thư này không còn dùng để đăng nhập; đề nghị tổ chức cấp thu hồi chứng thư.",
    "factors": (
        "Người giữ tài khoản đăng ký lại yếu tố xác thực khi đăng nhập; tài khoản chỉ mở dữ liệu sau khi được xác nhận."
    ),
}


def body(kind: str) -> tuple[Line, ...]:
    """The lines of that record."""
    return BODY.get(kind, COMMON)


# Every fact a template may name, and what stands there.
FACTS: dict[str, str] = {
    "number": "Số biên bản",
    "day": "Ngày lập",
    "month": "Tháng lập",
    "year": "Năm lập",
    "office": "Tên đơn vị, chữ in hoa",
    "admin": "Tài khoản quản trị lập biên bản",
    "document": "Văn bản căn cứ",
    "reason": "Lý do",
    "title": "Tên biên bản",
    "duty": "Hệ quả và trách nhiệm",
    "account": "Tên tài khoản",
    "kind": "Loại tài khoản",
    "unit": "Đơn vị",
    "holder": "Người giữ (bên nhận khi bàn giao)",
    "old_holder": "Bên giao",
    "roles": "Vai trò",
    "serial": "Số sê-ri chứng thư",
    "old_serial": "Số sê-ri chứng thư cũ",
    "issuer": "Tổ chức cấp chứng thư",
    "valid_to": "Chứng thư có hiệu lực đến",
}
