"""The columns of the lists that can be hidden, and what they are called; what names the row is always shown."""

from typing import Any

from flask_babel import lazy_gettext

PETITIONS: dict[str, Any] = {
    "received": lazy_gettext("Ngày nhận"),
    "kind": lazy_gettext("Loại"),
    "sender": lazy_gettext("Người gửi"),
    "matter": lazy_gettext("Nội dung"),
    "state": lazy_gettext("Trạng thái"),
    "due": lazy_gettext("Hạn"),
    "handlers": lazy_gettext("Người xử lý"),
    "unit": lazy_gettext("Đơn vị"),
}
CASES: dict[str, Any] = {
    "kind": lazy_gettext("Loại"),
    "accepted": lazy_gettext("Thụ lý"),
    "matter": lazy_gettext("Nội dung"),
    "state": lazy_gettext("Trạng thái"),
    "due": lazy_gettext("Hạn"),
    "handlers": lazy_gettext("Người xử lý"),
    "unit": lazy_gettext("Đơn vị"),
}
RECEPTIONS: dict[str, Any] = {
    "held": lazy_gettext("Ngày tiếp"),
    "kind": lazy_gettext("Hình thức"),
    "people": lazy_gettext("Số người"),
    "citizens": lazy_gettext("Công dân"),
    "matter": lazy_gettext("Nội dung"),
    "petition": lazy_gettext("Đơn"),
    "unit": lazy_gettext("Đơn vị"),
}
INBOX: dict[str, Any] = {
    "task": lazy_gettext("Việc"),
    "kind": lazy_gettext("Loại"),
    "sender": lazy_gettext("Người gửi"),
    "matter": lazy_gettext("Nội dung"),
    "unit": lazy_gettext("Đơn vị"),
}
TASKS: dict[str, Any] = {
    "origin": lazy_gettext("Nguồn"),
    "what": lazy_gettext("Việc phải làm"),
    "giver": lazy_gettext("Đơn vị giao"),
    "unit": lazy_gettext("Đơn vị thực hiện"),
    "handlers": lazy_gettext("Người thực hiện"),
    "signer": lazy_gettext("Người ký"),
    "state": lazy_gettext("Trạng thái"),
    "due": lazy_gettext("Hạn"),
}
TRAIL: dict[str, Any] = {
    "account": lazy_gettext("Tài khoản"),
    "address": lazy_gettext("Địa chỉ"),
    "table": lazy_gettext("Bảng"),
    "rows": lazy_gettext("Số dòng"),
    "columns": lazy_gettext("Cột"),
    "reason": lazy_gettext("Lý do"),
    "detail": lazy_gettext("Chi tiết"),
}
