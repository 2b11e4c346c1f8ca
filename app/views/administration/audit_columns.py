"""What the trail's columns and details are called: facts as `law/facts.py` calls them, the rest here, in both
languages.
"""

from typing import Any

from flask_babel import gettext

from app.law import facts
from app.law.terms import codes
from app.views.labels import language, say

Word = tuple[str, str]  # Vietnamese, English

_OF_FACTS: dict[str, Word] = {
    fact.stored: (fact.vietnamese, fact.english)
    for fact in (
        *facts.RECEPTION,
        *facts.ENTRY,
        *facts.DECISION,
        *facts.CASE,
        *facts.CLOSED,
        *facts.PROCESSED,
        *facts.PETITION,
    )
}
INTERNAL: Word = ("dữ liệu nội bộ", "internal data")
# Columns that hold what the software needs and nobody typed.
INTERNALS = frozenset(
    [
        "changed_by_fk",
        "changed_on",
        "compartment",
        "created_by_fk",
        "created_on",
        "data",
        "depth",
        "digest",
        "email",
        "endpoint",
        "first_name",
        "holder_key",
        "id",
        "indexed",
        "last_name",
        "level_0",
        "level_1",
        "level_2",
        "level_3",
        "matter_key",
        "media",
        "path",
        "place",
        "receipt_key",
        "recipe",
        "token",
        "tokens",
        "told",
        "tries",
        "unconfirmed",
        "unscanned",
    ]
)
_WHO_AND_WHEN: dict[str, Word] = {
    "account": ("tài khoản", "account"),
    "account_id": ("tài khoản", "account"),
    "acted_at": ("lúc thực hiện", "done at"),
    "acted_by": ("người thực hiện", "done by"),
    "asked_at": ("lúc đề nghị", "asked at"),
    "asked_by": ("người đề nghị", "asked by"),
    "changed_at": ("lúc sửa", "changed at"),
    "changed_password_at": ("lúc đổi mật khẩu", "password changed at"),
    "checked_by": ("người kiểm tra", "checked by"),
    "closed_at": ("lúc đóng", "closed at"),
    "confirmed_at": ("lúc xác nhận", "confirmed at"),
    "confirmed_by": ("người xác nhận", "confirmed by"),
    "decided_at": ("lúc quyết định", "decided at"),
    "decided_by": ("người quyết định", "decided by"),
    "handlers": ("người xử lý", "handlers"),
    "held_at": ("lúc giữ tệp", "held at"),
    "imported_at": ("lúc nhập", "imported at"),
    "imported_by": ("người nhập", "imported by"),
    "initial_until": ("hạn mật khẩu ban đầu", "initial password until"),
    "last_login": ("lần đăng nhập trước", "last sign-in"),
    "locked_until": ("khóa đến", "locked until"),
    "made_at": ("lúc lập", "made at"),
    "next_at": ("lần tới", "next at"),
    "opened_at": ("lúc lập", "opened at"),
    "recorded_at": ("lúc ghi", "recorded at"),
    "registered_at": ("lúc vào sổ", "registered at"),
    "registered_by": ("người vào sổ", "registered by"),
    "removed_at": ("lúc rút khỏi sổ", "withdrawn at"),
    "reviewed_at": ("lúc rà soát", "reviewed at"),
    "reviewed_by": ("người rà soát", "reviewed by"),
    "shut_out": ("người không được xem", "who is shut out"),
    "signed_in_at": ("lúc đăng nhập", "signed in at"),
    "taken_by": ("người thực hiện", "taken by"),
    "taken_on": ("ngày thực hiện", "taken on"),
    "uploaded_at": ("lúc tải lên", "uploaded at"),
    "uploaded_by": ("người tải lên", "uploaded by"),
    "used_at": ("lúc dùng", "used at"),
    "username": ("tên tài khoản", "account name"),
    "verifiers": ("người xác minh", "verifiers"),
}
_OF_MATTERS: dict[str, Word] = {
    "basis": ("căn cứ", "basis"),
    "body": ("nội dung", "content"),
    "case_id": ("vụ việc", "case"),
    "complexity": ("tiêu chí phức tạp", "complexity"),
    "criteria": ("tiêu chí", "criteria"),
    "criteria_in_full": ("gia hạn theo tiêu chí", "extended by criteria"),
    "days": ("số ngày", "days"),
    "done_on": ("ngày xong", "done on"),
    "due_on": ("hạn", "due on"),
    "end_on": ("ngày kết thúc", "ended on"),
    "finished_on": ("ngày thi hành xong", "finished on"),
    "ground": ("căn cứ", "ground"),
    "identity": ("họ tên, địa chỉ, số định danh", "identity"),
    "kept_closed": ("nội dung vẫn giữ kín", "content stays closed"),
    "paper": ("văn bản", "paper"),
    "paper_number": ("số văn bản", "number of the paper"),
    "paper_on": ("ngày văn bản", "date of the paper"),
    "petition_id": ("đơn", "petition"),
    "previous_id": ("vụ việc lần trước", "earlier case"),
    "receipt": ("mã tra cứu", "receipt code"),
    "reception_id": ("lượt tiếp", "reception"),
    "resumed_number": ("số quyết định tiếp tục", "number of the decision to resume"),
    "resumed_sent_on": ("ngày gửi quyết định tiếp tục", "decision to resume sent on"),
    "role": ("tư cách", "role"),
    "rule": ("loại thời hạn", "kind of deadline"),
    "same_as_id": ("trùng với đơn", "repeats"),
    "secrecy": ("độ mật", "level of secrecy"),
    "secrecy_number": ("số đăng ký bí mật", "number in the register of secrets"),
    "secrecy_until": ("bảo vệ đến", "protected until"),
    "sent_to_id": ("nơi nhận", "sent to"),
    "start_on": ("ngày bắt đầu", "started on"),
    "started_on": ("ngày bắt đầu", "started on"),
    "state": ("trạng thái", "state"),
    "stays_out": ("không được xem", "stays out"),
    "step": ("bước", "step"),
    "step_id": ("bước", "step"),
    "tentative": ("tạm tính", "tentative"),
    "undoes_id": ("bước bị hủy", "step taken back"),
    "values": ("số liệu", "figures"),
    "why": ("vì sao", "why"),
}
_OF_THE_REST: dict[str, Word] = {
    "act": ("việc", "act"),
    "active": ("đang hoạt động", "active"),
    "answered_on": ("ngày báo cáo", "reported on"),
    "code": ("mã", "code"),
    "column": ("cột", "column"),
    "day": ("ngày", "day"),
    "derived_from_id": ("lập từ tài liệu", "derived from"),
    "disabled_why": ("lý do tạm dừng", "why disabled"),
    "doubtful": ("chưa rõ căn cứ", "doubtful"),
    "fail_login_count": ("số lần sai", "wrong tries"),
    "form": ("biểu", "form"),
    "given_by": ("người giao", "given by"),
    "given_on": ("ngày giao", "given on"),
    "giver_id": ("đơn vị giao", "given by unit"),
    "granted": ("đồng ý", "granted"),
    "heading": ("tên cột", "heading"),
    "holder": ("người giữ", "holder"),
    "into_id": ("sáp nhập vào", "merged into"),
    "level": ("cấp", "level"),
    "locks": ("số lần khóa", "locks"),
    "login_count": ("số lần đăng nhập", "sign-ins"),
    "must_change_password": ("phải đổi mật khẩu", "must change password"),
    "name": ("tên", "name"),
    "official": ("đã có lịch chính thức", "official"),
    "origin": ("nguồn nhiệm vụ", "origin of the task"),
    "oversees_id": ("theo dõi toàn bộ", "oversees"),
    "pages": ("số trang", "pages"),
    "paper_on": ("ngày văn bản", "day of the paper"),
    "parent_id": ("thuộc", "parent"),
    "password": ("mật khẩu", "password"),
    "read_text": ("chữ đọc được", "text that was read"),
    "reason": ("lý do", "reason"),
    "rows": ("số dòng", "rows"),
    "shared": ("dùng chung", "shared"),
    "sign_in_policy": ("cách đăng nhập", "how to sign in"),
    "signer": ("người ký", "signer"),
    "size": ("cỡ tệp", "size"),
    "start": ("trang đầu", "first page"),
    "subject": ("đối tượng", "subject"),
    "task_id": ("nhiệm vụ", "task"),
    "unit_id": ("đơn vị", "unit"),
    "urged_on": ("ngày đôn đốc", "urged on"),
    "uses_from": ("dùng phần mềm từ ngày", "uses the software from"),
    "valid_from": ("có từ ngày", "valid from"),
    "valid_to": ("đến hết ngày", "valid to"),
    "wrong_passwords": ("số lần sai mật khẩu", "wrong passwords"),
    "year": ("năm", "year"),
}
# Lists kept in a table between two, as the trail writes them: name, then + or -, then what came or went.
_LISTS: dict[str, Word] = {
    "roles": ("vai trò", "roles"),
    "manages": ("quản lý", "manages"),
    "permissions": ("quyền", "permissions"),
}
COLUMNS = {**_WHO_AND_WHEN, **_OF_THE_REST, **_OF_FACTS, **_OF_MATTERS, **_LISTS}
DETAILS: dict[str, Word] = {
    "account": ("tài khoản", "account"),
    "act": ("việc", "act"),
    "acted_by": ("người thực hiện", "done by"),
    "action": ("hành động", "action"),
    "added": ("thêm mới", "added"),
    "as_account": ("thay tài khoản", "as account"),
    "asked_by": ("người đề nghị", "asked by"),
    "authority": ("nơi cấp chứng thư", "authority"),
    "before": ("trước", "before"),
    "browser": ("trình duyệt", "browser"),
    "changed": ("số thay đổi", "changed"),
    "command": ("lệnh", "command"),
    "detail": ("chi tiết", "detail"),
    "dry_run": ("chạy thử", "dry run"),
    "elsewhere": ("ở nơi khác", "elsewhere"),
    "ends": ("hết hạn", "ends"),
    "entry_at": ("lúc ghi", "entry at"),
    "file": ("tệp", "file"),
    "for": ("cho", "for"),
    "form": ("biểu", "form"),
    "found": ("tìm thấy", "found"),
    "from": ("từ", "from"),
    "granted": ("đồng ý", "granted"),
    "heads": ("đầu chuỗi", "heads"),
    "here": ("trong đơn vị", "here"),
    "identifier": ("mã định danh", "identifier"),
    "issuer": ("nơi cấp", "issuer"),
    "job": ("việc nền", "job"),
    "keys": ("khóa dòng", "keys"),
    "kind": ("loại", "kind"),
    "late": ("đến muộn", "late"),
    "leaders": ("báo lãnh đạo", "leaders"),
    "lines": ("số dòng", "lines"),
    "locks": ("số lần khóa", "locks"),
    "method": ("cách đăng nhập", "method"),
    "names": ("có tên", "with names"),
    "need": ("cần", "need"),
    "new": ("mới", "new"),
    "number": ("số", "number"),
    "of": ("của", "of"),
    "old": ("cũ", "old"),
    "origin": ("nguồn nhiệm vụ", "origin of the task"),
    "page": ("trang", "page"),
    "part": ("phần", "part"),
    "path": ("đường dẫn", "path"),
    "petition": ("đơn", "petition"),
    "petitions": ("số đơn", "petitions"),
    "place": ("vị trí", "place"),
    "policy": ("cách đăng nhập", "policy"),
    "removal": ("bỏ quyền", "removal"),
    "remove": ("bỏ", "remove"),
    "removed": ("đã bỏ", "removed"),
    "renew": ("làm mới", "renew"),
    "role": ("vai trò", "role"),
    "rows": ("số dòng", "rows"),
    "rules": ("quy tắc", "rules"),
    "same": ("đã có", "same"),
    "sealed_at": ("lúc niêm phong", "sealed at"),
    "secret": ("kèm đơn được bảo vệ", "with protected ones"),
    "seed": ("số gieo", "seed"),
    "serial": ("số chứng thư", "serial"),
    "session": ("phiên", "session"),
    "sessions": ("số phiên", "sessions"),
    "signature": ("chữ ký", "signature"),
    "size": ("cỡ", "size"),
    "slip": ("phiếu cho công dân", "slip"),
    "stays_out": ("không được xem", "stays out"),
    "step": ("bước", "step"),
    "subject": ("chủ thể", "subject"),
    "sweep": ("dọn tệp", "sweep"),
    "text": ("có nội dung", "with text"),
    "to": ("đến", "to"),
    "tokens": ("số từ", "words"),
    "unit": ("đơn vị", "unit"),
    "values": ("số giá trị", "values"),
    "what": ("nội dung", "what"),
    "why": ("vì sao", "why"),
    "written": ("đã ghi", "written"),
}


def _say(word: Word) -> str:
    return word[1 if language() == "en" else 0]


def column_name(name: str) -> str:
    """A changed column in words; what came into a list, or went, behind its sign."""
    for sign in "+-":
        head, found, rest = name.partition(sign)
        if found and head in _LISTS:
            return f"{_say(_LISTS[head])} {sign} {rest}"
    if name in INTERNALS:
        return _say(INTERNAL)
    return _say(COLUMNS[name]) if name in COLUMNS else name


def columns_in_words(names: list[str] | None) -> str:
    """The changed columns in words, each once."""
    said = dict.fromkeys(column_name(name) for name in names or ())
    return ", ".join(sorted(said, key=lambda word: word == _say(INTERNAL)))


# Of a detail whose value is a code: the group of the glossary that says it.
_CODES = {"method": "sign_in_method", "browser": "browser_known", "act": "approval_act"}


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(gettext("có") if value else gettext("không"))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    group = _CODES.get(name, "")
    return say(group, value) if group and value in codes(group) else str(value)


def detail_in_words(detail: dict[str, Any] | None) -> str:
    """The details of an entry in words."""
    found = []
    for name, value in (detail or {}).items():
        if value not in (None, ""):
            found.append(f"{_say(DETAILS[name]) if name in DETAILS else name}: {_value(name, value)}")
    return "; ".join(found)
