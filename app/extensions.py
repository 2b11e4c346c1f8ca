"""The extensions' objects; no logic."""

from flask_appbuilder import AppBuilder, Model
from flask_appbuilder.models.sqla.base import SQLA
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

db = SQLA(model_class=Model)
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address)


def new_appbuilder() -> AppBuilder:
    """An AppBuilder of its own for each application: a shared one would carry one application's menu into the next."""
    return AppBuilder(update_perms=False)
