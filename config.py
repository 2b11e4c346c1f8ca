"""Every setting of the application: required, default, test. `load()` reads the environment once."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent


class ConfigError(ValueError):
    """A setting is missing or impossible; the message is one sentence for the operator."""


# Required when serving: made by `run.py init` and kept in INSTANCE_DIR with mode 600.
REQUIRED = ("SECRET_KEY", "SQLALCHEMY_DATABASE_URI")

DEFAULTS: dict[str, Any] = {
    "PROFILE": "state",  # state: inspectorates; party: inspection committees. Chooses terms, law tables, numbering; see app/law/profiles.py
    "APP_NAME": "Đơn thư",  # shown in the title and the menu bar
    "BABEL_DEFAULT_LOCALE": "vi",  # the interface is Vietnamese
    "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),  # absolute: translations/ is not under app/
    "LANGUAGES": {"vi": {"flag": "vn", "name": "Tiếng Việt"}, "en": {"flag": "gb", "name": "English"}},  # Vietnamese first
    "FAB_CREATE_DB": False,  # Alembic owns the schema
    "FAB_UPDATE_PERMS": False,  # `run.py init` writes permissions, serving never does
    "FAB_BASE_TEMPLATE": "layout.html",  # our frame around whatever Flask-AppBuilder draws
    "FAB_ADD_SECURITY_VIEWS": False,  # FAB's account and role screens have no ceiling: ours stand in app/views
    "FAB_ADD_SECURITY_API": False,  # no API changes accounts or roles
    "FAB_ADD_MENU_API": False,  # our menu is drawn by our layout
    "FAB_ADD_OPENAPI_VIEWS": False,  # there is no API to describe
    "AUTH_TYPE": 1,  # FAB's AUTH_DB: our own sign-in view stands behind it
    "AUTH_ROLE_ADMIN": "nobody",  # FAB gives this role every permission; no account ever has it
    "AUTH_ROLE_PUBLIC": "nobody",  # nothing is open without signing in but the sign-in form
    "AUTH_RATE_LIMITED": False,  # the sign-in view carries its own limit
    "AUTH_USERNAME_CI": False,  # identifiers are upper case
    "RATELIMIT_ENABLED": True,  # Flask-AppBuilder would turn it off where it is not set
    "RATELIMIT_STORAGE_URI": "memory://",  # per worker; the lock after five wrong passwords is counted in PostgreSQL and holds across workers
    "SIGN_IN_LIMIT": "120 per minute",  # per address, per worker
    "WRONG_PASSWORDS": 5,  # then the password path of the account is locked
    "LOCK_HOURS": 12,  # how long, unless an admin unlocks it
    "LOCKS_ALARM": 3,  # so many locks without a sign-in between them raise an alarm
    "DUE_SOON_DAYS": 3,  # days before a deadline when it counts as due soon
    "PAGE_SIZE": 25,  # rows of a list page
    "COUNT_CAP": 10_000,  # lists stop counting here
    "IMPORT_MAX_BYTES": 20 * 1024 * 1024,  # an Excel register uploaded on screen
    "MAX_CONTENT_LENGTH": 24 * 1024 * 1024,  # any request
    "SESSION_COOKIE_NAME": "donthu",  # Secure wherever the request came over TLS; see security/headers.py
    "SESSION_COOKIE_HTTPONLY": True,  # no script reads it
    "SESSION_COOKIE_SAMESITE": "Lax",  # other sites' forms do not carry it
    "PERMANENT_SESSION_LIFETIME": 8 * 3600,  # seconds: a working day
    "WTF_CSRF_TIME_LIMIT": None,  # a form may stay open as long as the session
    "SQLALCHEMY_ENGINE_OPTIONS": {
        "hide_parameters": True,  # no bound value in an error or a log
        "connect_args": {"prepare_threshold": None},  # a plan is made under one account's row security: never reuse it
    },
}

TEST: dict[str, Any] = {"TESTING": True, "RATELIMIT_ENABLED": False}


def instance_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of keys, files and the embedded database."""
    return Path(environ.get("INSTANCE_DIR", str(ROOT / "instance"))).resolve()


def key_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The place of the key that wraps the data keys."""
    return Path(environ.get("KEY_FILE", str(instance_dir(environ) / "key"))).resolve()


def port(name: str, default: int, environ: Mapping[str, str] = os.environ) -> int:
    """A port from the environment. Raises ConfigError."""
    text = environ.get(name, str(default))
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ConfigError(f"{name}={text} không phải số cổng (1–65535)")
    return int(text)


def load(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The settings for this environment; secrets and the database address are added by the caller. Raises ConfigError."""
    settings = dict(DEFAULTS)
    profile = environ.get("PROFILE", "state")
    if profile not in ("state", "party"):
        raise ConfigError(f"PROFILE={profile}: chỉ có state hoặc party")
    settings["PROFILE"] = profile
    for name in ("LOCK_HOURS", "WRONG_PASSWORDS", "PAGE_SIZE"):
        if name in environ:
            if not environ[name].isdigit() or int(environ[name]) < 1:
                raise ConfigError(f"{name}={environ[name]} phải là số nguyên dương")
            settings[name] = int(environ[name])
    return settings
