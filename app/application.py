"""The application factory."""

import logging
from pathlib import Path
from typing import Any

from flask import Flask, current_app

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
from app.settings import hand_in
from app.views import errors, gates, labels
from app.views.accounts.sign_in import SignInView
from app.views.base import refuse_unreadable
from app.views.petitions.inbox import HomeView

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
    app.config["TRUST"] = _trust(settings)
    hand_in(lambda: current_app.config)
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


def _trust(settings: dict[str, Any]) -> TrustFiles | None:
    """Whose certificates are trusted; None where nobody signs in with a token."""
    if not settings["TOKEN_CA_FILE"]:
        return None
    crl = settings["TOKEN_CRL_FILE"]
    return TrustFiles(Path(settings["TOKEN_CA_FILE"]), Path(crl) if crl else None, settings["TOKEN_OCSP_URL"])
