"""What permissions are called, and what each opens: for the screen on which roles are made."""

from typing import Any

from flask_babel import lazy_gettext

from app.security.roles import Pair

# Group, then pair: name and a line on what it opens.
GROUPS: tuple[tuple[Any, dict[Pair, tuple[Any, Any]]], ...] = (
    (
        lazy_gettext("Phạm vi dữ liệu"),
        {
            ("can_reach", "OwnUnit"): (
                lazy_gettext("Đơn của đơn vị"),
                lazy_gettext("đơn, vụ việc của đơn vị, cả nội dung; tố cáo thì chỉ đơn được giao"),
            ),
            ("can_reach", "Registered"): (
                lazy_gettext("Đơn tự vào sổ"),
                lazy_gettext("những đơn chính tài khoản này đã vào sổ"),
            ),
            ("can_reach", "UnitDenunciations"): (
                lazy_gettext("Mọi tố cáo của đơn vị"),
                lazy_gettext("cả tố cáo giao cho người khác; nội dung của nơi đơn vị được giám sát"),
            ),
            ("can_reach", "SubtreeFacts"): (
                lazy_gettext("Số liệu cấp dưới"),
                lazy_gettext("thông tin và số liệu, không có nội dung, của cấp dưới và nơi đơn vị được giám sát"),
            ),
        },
    ),
    (
        lazy_gettext("Đơn và vụ việc"),
        {
            ("can_read", "Petitions"): (
                lazy_gettext("Xem đơn, vụ việc"),
                lazy_gettext("mở sổ đơn, sổ vụ việc và từng trang, trong phạm vi ở trên"),
            ),
            ("can_register", "Petitions"): (
                lazy_gettext("Vào sổ đơn"),
                lazy_gettext("ghi đơn mới vào sổ của đơn vị"),
            ),
            ("can_process", "Petitions"): (
                lazy_gettext("Phân loại, xử lý đơn"),
                lazy_gettext("kết luận về điều kiện, thẩm quyền và hướng xử lý; gắn đơn vào vụ việc"),
            ),
            ("can_settle", "Petitions"): (
                lazy_gettext("Giải quyết vụ việc"),
                lazy_gettext("thụ lý, tạm đình chỉ, ra quyết định hoặc kết luận, thi hành"),
            ),
            ("can_approve", "Petitions"): (
                lazy_gettext("Duyệt bước của vụ việc"),
                lazy_gettext("gia hạn, đình chỉ giải quyết"),
            ),
            ("can_assign", "Petitions"): (
                lazy_gettext("Phân công"),
                lazy_gettext("chọn người xử lý, quyết định ai không được xem"),
            ),
            ("can_correct", "Petitions"): (
                lazy_gettext("Sửa, hủy bước"),
                lazy_gettext("sửa điều ghi sai, hủy bước, luôn kèm lý do và giữ giá trị cũ"),
            ),
            ("can_remove", "Petitions"): (
                lazy_gettext("Rút bản ghi khỏi sổ"),
                lazy_gettext("bản ghi không nên có trong sổ; khôi phục được"),
            ),
            ("can_export", "Petitions"): (
                lazy_gettext("Xuất danh sách"),
                lazy_gettext("xuất Excel danh sách và sổ theo dõi đơn"),
            ),
            ("can_import", "Registers"): (
                lazy_gettext("Nhập sổ Excel"),
                lazy_gettext("đưa sổ của các năm trước vào phần mềm"),
            ),
            ("can_read", "Receptions"): (
                lazy_gettext("Xem sổ tiếp công dân"),
                lazy_gettext("các lượt tiếp của đơn vị"),
            ),
            ("can_export", "Receptions"): (
                lazy_gettext("Xuất sổ tiếp công dân"),
                lazy_gettext("xuất Excel sổ tiếp công dân; tố cáo không có tên và nội dung"),
            ),
            ("can_write", "Receptions"): (
                lazy_gettext("Ghi sổ tiếp công dân"),
                lazy_gettext("ghi lượt tiếp, lịch tiếp, vào sổ đơn từ lượt tiếp"),
            ),
        },
    ),
    (
        lazy_gettext("Bảo vệ bí mật"),
        {
            ("can_reveal", "Identities"): (
                lazy_gettext("Xem danh tính người tố cáo"),
                lazy_gettext("mỗi lần một trang, phải ghi lý do, có trong nhật ký"),
            ),
            ("can_release", "Secrets"): (
                lazy_gettext("Là người thứ hai"),
                lazy_gettext("cho phép tài khoản khác xem danh tính, in, tải, xuất tài liệu được bảo vệ"),
            ),
        },
    ),
    (
        lazy_gettext("Báo cáo, công khai, kiểm soát"),
        {
            ("can_read", "Forms"): (
                lazy_gettext("Xem biểu báo cáo"),
                lazy_gettext("biểu theo thông tư, có xuất Excel"),
            ),
            ("can_type", "Forms"): (lazy_gettext("Nhập biểu 06"), lazy_gettext("các số liệu phải gõ tay")),
            ("can_publish", "Decisions"): (
                lazy_gettext("Công khai kết quả"),
                lazy_gettext("đưa quyết định, kết luận ra trang công khai"),
            ),
            ("can_read", "Audit"): (
                lazy_gettext("Xem nhật ký"),
                lazy_gettext("ai đã làm gì, lúc nào; không xem được đơn"),
            ),
        },
    ),
    (
        lazy_gettext("Tài khoản và danh mục"),
        {
            ("can_confirm", "Holders"): (
                lazy_gettext("Xác nhận tài khoản"),
                lazy_gettext("xác nhận tài khoản của đơn vị đúng là của người giữ"),
            ),
            ("can_ask", "Accounts"): (
                lazy_gettext("Đề nghị cấp tài khoản"),
                lazy_gettext("lập và chuyển đề nghị của đơn vị, của cấp dưới"),
            ),
            ("can_read", "Units"): (lazy_gettext("Xem danh mục đơn vị"), lazy_gettext("tên, mã, cấp của đơn vị")),
            ("can_read", "Holidays"): (lazy_gettext("Xem ngày nghỉ"), lazy_gettext("lịch nghỉ dùng để tính thời hạn")),
            ("can_use", "OwnAccount"): (
                lazy_gettext("Tự quản tài khoản"),
                lazy_gettext("đổi mật khẩu, yếu tố thứ hai, phiên làm việc của chính mình"),
            ),
        },
    ),
    (
        lazy_gettext("Quản trị"),
        {
            ("can_read", "Accounts"): (lazy_gettext("Xem tài khoản"), lazy_gettext("danh sách và trang tài khoản")),
            ("can_write", "Accounts"): (lazy_gettext("Sửa tài khoản"), lazy_gettext("cấp, khóa, đặt lại mật khẩu")),
            ("can_read", "Roles"): (lazy_gettext("Xem vai trò"), lazy_gettext("mỗi vai trò được làm gì")),
            ("can_write", "Roles"): (lazy_gettext("Sửa vai trò"), lazy_gettext("thay đổi quyền của vai trò")),
            ("can_write", "Units"): (lazy_gettext("Sửa danh mục đơn vị"), lazy_gettext("thêm, sửa, sáp nhập đơn vị")),
            ("can_write", "Holidays"): (lazy_gettext("Sửa ngày nghỉ"), lazy_gettext("nhập lịch nghỉ chính thức")),
            ("can_read", "Jobs"): (lazy_gettext("Xem hàng đợi"), lazy_gettext("các việc chạy nền của máy chủ")),
        },
    ),
)
NAMES: dict[Pair, tuple[Any, Any]] = {pair: told for _, group in GROUPS for pair, told in group.items()}


def permission_name(row: Any) -> str:
    """What a permission of a role is called."""
    pair = (row.permission.name, row.view_menu.name)
    return str(NAMES[pair][0]) if pair in NAMES else " ".join(pair)
