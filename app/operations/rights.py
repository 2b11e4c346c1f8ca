"""A right is asked by the operation, not only by the view: whatever calls it, a session without the right is
refused.
"""

import uuid

from sqlalchemy.orm import Session

from app.operations.refusal import Refused
from app.security.scope import current


def demand(session: Session, permission: str, subject: str, unit_id: uuid.UUID | None = None) -> None:
    """Nothing, where the session has that permission over the subject, and over rows of that unit where one is named.

    Raises Refused.
    """
    scope = current(session)
    if not scope.can(permission, subject) or (
        unit_id is not None and not (scope.may(permission, unit_id) and scope.may_write(unit_id))
    ):
        raise Refused("vai trò của tài khoản không được làm việc này; nếu cần, đề nghị quản trị cấp vai trò phù hợp")


def demand_operator(session: Session) -> None:
    """Nothing, where the session is the operator's or a job's. Raises Refused."""
    if not current(session).system:
        raise Refused("việc này chỉ người vận hành máy chủ thực hiện được")


def demand_own(session: Session, username: str) -> None:
    """Nothing, where the session is that account's own, or the operator's. Raises Refused."""
    scope = current(session)
    if not scope.system and scope.name != username:
        raise Refused("chỉ làm được việc này cho tài khoản của chính mình")
