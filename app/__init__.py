"""The application factory."""

from pathlib import Path
from typing import Any

from flask import Flask

from app.extensions import csrf, db, limiter, new_appbuilder
from app.installation import check_serving
from app.models import Account
from app.security import audit, normal_text, scope
from app.security.keys import load_ring
from app.security.manager import make_manager


def create_app(settings: dict[str, Any], key_path: Path) -> Flask:
    """The staff application. Raises ConfigError or KeyTrouble when it may not serve."""
    app = Flask("app", static_folder="static", template_folder="templates")
    app.config.from_mapping(settings)
    for hook in (scope, normal_text, audit):
        hook.install()
    db.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    with app.app_context():
        check_serving(db.engine)
        with db.engine.connect() as connection:
            app.extensions["keyring"] = load_ring(connection, key_path)
    return app
