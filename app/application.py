"""The application factory."""

import logging
from pathlib import Path
from typing import Any

from flask import Flask

from app import views
from app.extensions import csrf, db, limiter, new_appbuilder
from app.installation import check_serving
from app.models import Account
from app.security import audit, headers, normal_text, scope
from app.security.entrance import Entrance
from app.security.keys import Wrapping, load_ring
from app.security.manager import make_manager
from app.security.requests import Key, MemoryRequest
from app.security.trust import TrustFiles
from app.views import errors, gates, labels
from app.views.base import refuse_unreadable
from app.views.home import HomeView
from app.views.sign_in import SignInView

# Flask-AppBuilder warns of every UUID and array column it has no search filter for; no screen searches by one.
logging.getLogger("flask_appbuilder.models.filters").setLevel(logging.ERROR)


def create_app(settings: dict[str, Any], wrapping: Wrapping) -> Flask:
    """The staff application. Raises ConfigError or KeyTrouble when it may not serve."""
    app = Flask("app")
    app.request_class = MemoryRequest
    app.url_map.converters["int"] = Key
    app.config.from_mapping(settings)
    for hook in (scope, normal_text, audit):
        hook.install()
    db.init_app(app)
    csrf.init_app(app)  # before AppBuilder, which looks for it
    headers.install(app)
    if settings["TOKEN_CA_FILE"]:
        crl = settings["TOKEN_CRL_FILE"]
        app.extensions["trust"] = TrustFiles(
            Path(settings["TOKEN_CA_FILE"]), Path(crl) if crl else None, settings["TOKEN_OCSP_URL"]
        )
    errors.install(app)
    labels.install(app)
    with app.app_context():
        check_serving(db.engine)
        app.extensions["keyring"] = load_ring(db.engine, wrapping)
        limiter.init_app(app)
        appbuilder = new_appbuilder()
        appbuilder.security_manager_class = make_manager(Account, SignInView, limiter)
        appbuilder.indexview = HomeView
        appbuilder.init_app(app, db.session)
        views.register(appbuilder)
    views.install_menu(app)
    app.before_request(gates.needs_the_database)
    app.before_request(refuse_unreadable)
    app.before_request(gates.refuse_forged)
    app.before_request(gates.first_things_first)
    app.wsgi_app = Entrance(app.wsgi_app, settings["TOKEN_SOCKET"])  # type: ignore[method-assign]
    return app
