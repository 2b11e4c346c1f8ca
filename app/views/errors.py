"""What goes wrong is said in one clear sentence: never a stack trace, never SQL, never whether a row of another unit exists."""

import math
import time
from typing import Any

from flask import Flask, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.extensions import db, limiter
from app.files.confine import NotConfined
from app.security import audit
from app.security.scope import OutOfScope
from app.security.sealed import CannotOpen

SENTENCES = {
    400: lazy_gettext("Yêu cầu không hợp lệ. Quay lại trang trước và thử lại."),
    403: lazy_gettext("Tài khoản không có quyền làm việc này. Nếu cần, hãy đề nghị quản trị cấp vai trò phù hợp."),
    404: lazy_gettext("Không có trang hoặc bản ghi này, hoặc nó nằm ngoài phạm vi của tài khoản."),
    405: lazy_gettext("Không mở được địa chỉ này theo cách đó. Quay lại trang trước và dùng nút trên trang."),
    413: lazy_gettext("Các tệp gửi lên cùng lúc quá lớn nên chưa nhận tệp nào. Gửi ít tệp hơn mỗi lần, hoặc chia tệp lớn thành nhiều tệp nhỏ."),
    429: lazy_gettext("Thao tác quá nhanh. Chờ một phút rồi thử lại."),
    500: lazy_gettext("Phần mềm gặp lỗi và chưa ghi gì. Thử lại; nếu vẫn lỗi, báo cho quản trị kèm thời điểm xảy ra."),
}


def waiting_time(seconds: float) -> str:
    """How long somebody who was too quick has to wait, in words."""
    if seconds <= 90:
        return gettext("Thao tác quá nhiều lần. Chờ %(number)s giây rồi thử lại.", number=max(1, round(seconds)))
    return gettext("Thao tác quá nhiều lần. Chờ %(number)s phút rồi thử lại.", number=math.ceil(seconds / 60))


def sentence_of(error: Exception) -> str:
    """The error's own sentence, as a page shows it."""
    return str(error)[:1].upper() + str(error)[1:] + "."


def install(app: Flask) -> None:
    """Every error has its page."""

    def page(status: int, sentence: Any) -> Any:
        return render_template("error.html", status=status, sentence=sentence, appbuilder=app.extensions["appbuilder"]), status

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
            500, gettext("Một giá trị đã niêm phong không mở được: có thể đã bị sửa ngoài phần mềm. Sự việc đã được ghi nhật ký; báo ngay cho quản trị.")
        )

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        status = error.code or 500
        if status == 429 and limiter.current_limit is not None:
            answer = app.make_response(page(429, waiting_time(limiter.current_limit.reset_at - time.time())))
            answer.headers["Retry-After"] = str(max(1, round(limiter.current_limit.reset_at - time.time())))
            return answer
        if error.response is not None or 300 <= status < 400:
            return error
        return page(status, SENTENCES.get(status, SENTENCES[400 if status < 500 else 500]))

    @app.errorhandler(500)
    def broken(_error: Any) -> Any:
        db.session.rollback()
        return page(500, SENTENCES[500])
