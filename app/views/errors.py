"""What goes wrong is said in one clear sentence: never a stack trace, never SQL, never whether a row of another unit
exists.

What will pass (the database gone or starting, too many connections, a full disk) answers 503, says when to come back,
and leaves one line in the log.
"""

import errno
import math
import time
from typing import Any

import psycopg
from flask import Flask, current_app, request
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from werkzeug.exceptions import HTTPException

from app.extensions import db, limiter
from app.files.confine import NotConfined
from app.security import audit
from app.security.keys import KeyTrouble
from app.security.scope import OutOfScope
from app.security.sealed import CannotOpen

SENTENCES = {
    400: lazy_gettext("Địa chỉ hoặc nội dung gửi đi có phần không đọc được. Quay lại hoặc mở trang từ trình đơn."),
    403: lazy_gettext("Tài khoản không có quyền làm việc này. Nếu cần, hãy đề nghị quản trị cấp vai trò phù hợp."),
    404: lazy_gettext("Không có trang hoặc bản ghi này, hoặc nó nằm ngoài phạm vi của tài khoản."),
    405: lazy_gettext("Không mở được địa chỉ này theo cách đó. Quay lại trang trước và dùng nút trên trang."),
    413: lazy_gettext(
        "Các tệp gửi lên cùng lúc quá lớn nên chưa nhận tệp nào. Gửi ít tệp hơn mỗi lần, hoặc chia tệp lớn thành nhiều"
        " tệp nhỏ."
    ),
    429: lazy_gettext("Thao tác quá nhanh. Chờ một phút rồi thử lại."),
    500: lazy_gettext("Phần mềm gặp lỗi và chưa ghi gì. Thử lại; nếu vẫn lỗi, báo cho quản trị kèm thời điểm xảy ra."),
}


# Of what will pass: the sentence, and after how many seconds to try again.
GONE = (
    lazy_gettext(
        "Cơ sở dữ liệu tạm thời không trả lời, phần mềm chưa ghi gì. "
        "Xin đừng đóng trang: chờ mười giây rồi tải lại trang (phím F5) để gửi lại."
    ),
    10,
)
UNSURE = (
    lazy_gettext(
        "Cơ sở dữ liệu ngắt đúng lúc đang ghi nên chưa rõ đã ghi hay chưa. "
        "Xin đừng đóng trang: chờ mười giây, mở sổ ở trang khác xem đã có chưa rồi mới gửi lại."
    ),
    10,
)
BUSY = (
    lazy_gettext(
        "Đang có quá nhiều người dùng cùng lúc, phần mềm chưa ghi gì. "
        "Xin đừng đóng trang: chờ nửa phút rồi tải lại trang (phím F5) để gửi lại."
    ),
    30,
)
FULL = (
    lazy_gettext(
        "Ổ đĩa của máy chủ đã đầy, phần mềm chưa ghi gì. "
        "Xin đừng đóng trang: báo quản trị dọn ổ đĩa, sau đó tải lại trang (phím F5) để gửi lại."
    ),
    300,
)
NO_KEY = (
    lazy_gettext(
        "Khóa của máy chủ tạm thời không dùng được, phần mềm chưa ghi gì. "
        "Xin đừng đóng trang: báo quản trị, sau đó tải lại trang (phím F5) để gửi lại."
    ),
    60,
)
DATABASE_TROUBLE = (OperationalError, InterfaceError, NoConnectionLeft, psycopg.OperationalError)
WILL_PASS = (*DATABASE_TROUBLE, RedisError, KeyTrouble, OSError)


def passing(error: BaseException) -> tuple[Any, int] | None:
    """The sentence and the seconds to wait, of what will pass; None for what will not."""
    if isinstance(error, OSError):
        return FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else None
    if isinstance(error, KeyTrouble):
        return NO_KEY
    if isinstance(error, NoConnectionLeft):
        return BUSY
    if not isinstance(error, WILL_PASS):
        return None
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.errors.DiskFull):
        return FULL
    if isinstance(cause, psycopg.errors.TooManyConnections):
        return BUSY
    # Without a statement it was a commit that was cut off: whether the server had done it nobody can say.
    lost_commit = isinstance(error, DBAPIError) and error.connection_invalidated and error.statement is None
    return UNSURE if lost_commit and request.method == "POST" else GONE


def waiting_time(seconds: float) -> str:
    """How long somebody who was too quick has to wait, in words."""
    if seconds <= 90:
        return str(gettext("Thao tác quá nhiều lần. Chờ %(number)s giây rồi thử lại.", number=max(1, round(seconds))))
    return str(gettext("Thao tác quá nhiều lần. Chờ %(number)s phút rồi thử lại.", number=math.ceil(seconds / 60)))


def page(status: int, sentence: Any, wait: int | None = None) -> Any:
    """The answer of an error; `wait`: seconds after which to try again."""
    # Not render_template: its context processors would ask the database who is signed in.
    template = current_app.jinja_env.get_template("error.html")
    text = template.render(status=status, sentence=sentence, name=current_app.config["APP_NAME"])
    return current_app.response_class(text, status, {"Retry-After": str(wait)} if wait is not None else None)


def sentence_of(error: Exception) -> str:
    """The error's own sentence, as a page shows it."""
    return str(error)[:1].upper() + str(error)[1:] + "."


def install(app: Flask) -> None:
    """Every error has its page, which needs neither the database nor the menu."""
    _log_in_one_line(app)
    _install_passing(app)

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> Any:
        return page(400, gettext("Trang đã mở quá lâu hoặc gửi từ nơi khác. Tải lại trang rồi gửi lại."))

    @app.errorhandler(OutOfScope)
    def out_of_scope(_error: OutOfScope) -> Any:
        db.session.rollback()
        audit.record_apart(db.session(), "account.refused", detail={"path": request.path})
        return page(403, SENTENCES[403])

    app.register_error_handler(NotConfined, lambda error: page(503, sentence_of(error)))

    @app.errorhandler(CannotOpen)
    def cannot_open(error: CannotOpen) -> Any:
        db.session.rollback()
        audit.record_apart(db.session(), "seal.broken", reason=str(error))
        return page(
            500,
            gettext(
                "Một giá trị đã niêm phong không mở được: có thể đã bị sửa ngoài phần mềm. Sự việc đã được ghi nhật ký;"
                " báo ngay cho quản trị."
            ),
        )

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        status = error.code or 500
        if status == 429 and limiter.current_limit is not None:
            left = limiter.current_limit.reset_at - time.time()
            return page(429, waiting_time(left), max(1, round(left)))
        if error.response is not None or 300 <= status < 400:
            return error
        return page(status, SENTENCES.get(status, SENTENCES[400 if status < 500 else 500]))


def _install_passing(app: Flask) -> None:
    def will_pass(error: Any) -> Any:
        db.session().invalidate()  # its connection may be dead: it is not asked again
        found = passing(error)
        if found is None:
            raise error  # an OSError that says nothing of a full disk: `broken` tells of it
        app.logger.error("503 %s %r: %s", request.method, request.path[:200], _named(error))
        return page(503, *found)

    for kind in WILL_PASS:
        app.register_error_handler(kind, will_pass)

    @app.errorhandler(500)
    def broken(error: Any) -> Any:
        cause = getattr(error, "original_exception", None)
        if cause is not None and passing(cause) is not None:  # raised while another error was being told
            return will_pass(cause)
        db.session().invalidate()
        return page(500, SENTENCES[500])


def _named(error: BaseException) -> str:
    """What kind of trouble it is, without a word of the statement."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return type(cause).__name__


def _log_in_one_line(app: Flask) -> None:
    """What will pass is told by `will_pass`; a stack of calls is written for nothing but what nobody expected."""
    written = app.log_exception

    def log(trouble: Any) -> None:
        if passing(trouble[1]) is None:
            written(trouble)

    app.log_exception = log  # type: ignore[method-assign,assignment]
