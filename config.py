"""Every setting of the application: required, default, test. `load()` reads the environment once."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent


class ConfigError(ValueError):
    """A setting is missing or impossible; the message is one sentence for the operator."""


# Required when serving: made by `run.py init` and kept in INSTANCE_DIR with mode 600.
REQUIRED = ("SECRET_KEY", "SQLALCHEMY_DATABASE_URI")

DEFAULTS: dict[str, Any] = {
    # state: inspectorates; party: inspection committees. Chooses terms, law tables, numbering; see app/law/profiles.py
    "PROFILE": "state",
    "APP_NAME": "Đơn thư",  # shown in the title and the menu bar
    "BABEL_DEFAULT_LOCALE": "vi",  # the interface is Vietnamese
    "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),  # absolute: translations/ is not under app/
    # Vietnamese first
    "LANGUAGES": {
        "vi": {"flag": "vn", "name": "Tiếng Việt"},
        "en": {"flag": "gb", "name": "English"},
    },
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
    # per worker unless REDIS_URL is set; the lock after five wrong passwords is counted in PostgreSQL and holds anyway
    "RATELIMIT_STORAGE_URI": "memory://",
    "SIGN_IN_LIMIT": "240 per minute",  # tries to sign in, per address, or per browser known to the account
    "WRONG_LIMIT": "30 per minute; 60 per 15 minutes; 120 per 2 hours",  # accounts tried in vain, per address
    "RESET_LIMIT": "30 per minute",  # changes of passwords and acts on accounts, per account
    "SEARCH_LIMIT": "300 per minute",  # searches, per account
    "SIMILAR_LIMIT": "60 per 10 minutes; 150 per hour",  # questions after petitions that may be the same, per account
    "EXPORT_LIMIT": "30 per minute",  # workbooks and documents, per account
    "WRONG_PASSWORDS": 5,  # then the password path of the account is locked
    "LOCK_HOURS": 12,  # how long, unless an admin unlocks it
    "LOCKS_ALARM": 3,  # so many locks without a sign-in between them raise an alarm
    "SESSION_IDLE_MINUTES": 15,  # QCVN 12:2026: at most 15 for business software with important data
    "SESSION_HOURS": 8,  # a session's longest life: a working day
    "FRESH_MINUTES": 10,  # how long after showing who one is sensitive acts open
    "IDLE_DAYS": 45,  # an account nobody used for so long is disabled
    "ADMIN_PASSWORD_DAYS": 60,  # administrators change their password this often
    "REVIEW_MONTHS": 6,  # every account's rights are looked at again this often
    "IDENTIFIER_GRAMMAR": r"[A-Z0-9][A-Z0-9._-]{2,63}",  # of account identifiers; each deployment's may be narrower
    "SIGN_IN_POLICY": None,  # token, second_factor or password, where a unit sets none; unset: the profile's
    # party profile only: useless without the bound token, dead after COMMON_INITIAL_HOURS
    "COMMON_INITIAL_PASSWORD": None,
    "COMMON_INITIAL_HOURS": 24,  # then an administrator has to reset it
    "TOKEN_SOCKET": None,  # unix socket of the host where nginx asks for the certificate; only nginx may reach it
    "PROXY_SOCKET": None,  # unix socket of the ordinary host behind nginx
    "TOKEN_ADDRESS": None,  # https address of the host where nginx asks for the certificate
    "TOKEN_CA_FILE": None,  # roots and issuing authorities of certificates on tokens, PEM
    "TOKEN_CRL_FILE": None,  # the CRL of every one of them, PEM, one after the other
    "TOKEN_OCSP_URL": None,  # an OCSP responder, where the authority has one
    "CRL_ALARM_DAYS": 3,  # administrators are told so long before a CRL runs out
    "SUPPORT_CONTACT": "bộ phận quản trị của đơn vị",  # whom somebody who is refused should call
    "REVEAL_APPROVAL": False,  # a denouncer's identity opens only after a second person has allowed it
    # none, mat or toi_mat: the highest level of state secret the installation's network may hold; unset: the profile's
    "NETWORK_SECRECY": None,
    "DUE_SOON_DAYS": 3,  # days before a deadline when it counts as due soon
    "PAGE_SIZE": 25,  # rows of a list page
    "COUNT_CAP": 10_000,  # lists stop counting here
    "FILES_DIR": None,  # sealed files of documents; INSTANCE_DIR/files
    "CLAMD_SOCKET": None,  # clamd's unix socket; without it uploaded files are held and nobody opens them
    "SCANNER_REQUIRED": True,  # False: files are used unscanned, marked, and do not leave; for the demonstration only
    "DEMONSTRATION": False,  # the made-up data of `run.py demo` is in it
    "FREE_BYTES": 64 * 1024 * 1024,  # so much stays free where files lie, whatever is uploaded
    # a file system in memory for programs that only read files; refused where it is not one
    "MEMORY_DIR": ("/dev/shm"),  # noqa: S108
    "DOCUMENT_MAX_BYTES": 50 * 1024 * 1024,  # one uploaded file
    "APPROVAL_HOURS": 24,  # how long what a second person allowed may be used, once
    "AUDIT_RETENTION_MONTHS": 60,  # how long the audit trail is kept; never below 12 months
    "EXPORT_AT_ONCE": 2_000,  # rows of a list that are written within the request; more are a job
    "FORM_AT_ONCE": 300,  # units of a form that is written within the request; more are a job
    "IMPORT_AT_ONCE": 20 * 1024,  # bytes of a register that is imported within the request; a larger one is a job
    "DRAFT_LIMIT": "40 per minute",  # how often an account keeps what it types
    "WEB_WORKERS": 2,  # processes that answer requests; docs/operating.md says what more of them, or threads, bring
    "WEB_THREADS": 1,  # requests that one of them answers at a time
    "JOBS_BESIDE": True,  # `run.py` runs the worker of jobs itself; False where it is a unit of its own
    "JOBS_AT_ONCE": 1,  # jobs that run beside each other, each in a process of its own
    "JOB_SECONDS": 3_000,  # how long one may run; below files/memory.py:STALE
    "JOB_MEMORY_BYTES": 1536 * 1024 * 1024,  # private memory of a job's process
    "IMPORT_MAX_BYTES": 20 * 1024 * 1024,  # an Excel register uploaded on screen
    "MAX_CONTENT_LENGTH": 54 * 1024 * 1024,  # any request
    "SESSION_COOKIE_NAME": "donthu",  # Secure wherever the request came over TLS; see security/headers.py
    # Sent only when it changes: a late answer of an old page would put back the language and the messages of then.
    "SESSION_REFRESH_EACH_REQUEST": False,
    "SESSION_COOKIE_HTTPONLY": True,  # no script reads it
    "SESSION_COOKIE_SAMESITE": "Lax",  # other sites' forms do not carry it
    "PERMANENT_SESSION_LIFETIME": 8 * 3600,  # seconds: the cookie lives no longer than the session on the server may
    "WTF_CSRF_TIME_LIMIT": None,  # a form may stay open as long as the session
    "SQLALCHEMY_ENGINE_OPTIONS": {
        "pool_pre_ping": True,  # a connection that died with the server is made anew before a request gets it
        "hide_parameters": True,  # no bound value in an error or a log
        # a plan is made under one account's row security and for the words it searches: never reuse it
        "connect_args": {"prepare_threshold": None},
    },
}

TEST: dict[str, Any] = {"TESTING": True, "RATELIMIT_ENABLED": False, "NETWORK_SECRECY": 2}


FILES = "files"  # in INSTANCE_DIR
DEMONSTRATION_ACCOUNTS = "demo-accounts.json"  # in INSTANCE_DIR: there, an installation is one that shows


def instance_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of keys, files and the embedded database."""
    return Path(environ.get("INSTANCE_DIR", str(ROOT / "instance"))).resolve()


def key_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The place of the key that wraps the data keys."""
    return Path(environ.get("KEY_FILE", str(instance_dir(environ) / "key"))).resolve()


def key_token(environ: Mapping[str, str] = os.environ) -> dict[str, Any] | None:
    """Where the wrapping key lies in a PKCS#11 token: module, token, label, pin_file; None where KEY_TOKEN_MODULE is
    unset. Raises ConfigError.
    """
    if not (module := environ.get("KEY_TOKEN_MODULE")):
        return None
    token = environ.get("KEY_TOKEN_LABEL")
    pin_file = environ.get("KEY_TOKEN_PIN_FILE")
    if not token or not pin_file:
        raise ConfigError(
            "đặt cả KEY_TOKEN_LABEL (tên thiết bị) và KEY_TOKEN_PIN_FILE (tệp mã PIN) cùng KEY_TOKEN_MODULE"
        )
    return {
        "module": module,
        "token": token,
        "label": environ.get("KEY_TOKEN_KEY", "donthu"),
        "pin_file": Path(pin_file).resolve(),
    }


def audit_key_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The place of the key that signs the heads of the audit chain."""
    return Path(environ.get("AUDIT_KEY_FILE", str(instance_dir(environ) / "audit-key"))).resolve()


def port(name: str, default: int, environ: Mapping[str, str] = os.environ) -> int:
    """A port from the environment. Raises ConfigError."""
    text = environ.get(name, str(default))
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ConfigError(f"{name}={text} không phải số cổng (1–65535)")
    return int(text)


def load(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The settings for this environment; secrets and the database address are added by the caller.

    Raises ConfigError.
    """
    settings = dict(DEFAULTS)
    profile = environ.get("PROFILE", "state")
    if profile not in ("state", "party"):
        raise ConfigError(f"PROFILE={profile}: chỉ có state hoặc party")
    settings["PROFILE"] = profile
    for name in (
        "LOCK_HOURS",
        "WRONG_PASSWORDS",
        "PAGE_SIZE",
        "SESSION_IDLE_MINUTES",
        "SESSION_HOURS",
        "APPROVAL_HOURS",
        "AUDIT_RETENTION_MONTHS",
        "EXPORT_AT_ONCE",
        "WEB_WORKERS",
        "WEB_THREADS",
        "FORM_AT_ONCE",
        "IMPORT_AT_ONCE",
        "JOBS_AT_ONCE",
        "JOB_SECONDS",
        "JOB_MEMORY_BYTES",
    ):
        if name in environ:
            if not environ[name].isdigit() or int(environ[name]) < 1:
                raise ConfigError(f"{name}={environ[name]} phải là số nguyên dương")
            settings[name] = int(environ[name])
    for name in ("REVEAL_APPROVAL", "SCANNER_REQUIRED", "JOBS_BESIDE"):
        if name in environ:
            if environ[name] not in ("0", "1"):
                raise ConfigError(f"{name}={environ[name]}: chỉ có 0 hoặc 1")
            settings[name] = environ[name] == "1"
    for name in (
        "TOKEN_SOCKET",
        "PROXY_SOCKET",
        "TOKEN_ADDRESS",
        "TOKEN_CA_FILE",
        "TOKEN_CRL_FILE",
        "TOKEN_OCSP_URL",
        "SUPPORT_CONTACT",
        "CLAMD_SOCKET",
        "MEMORY_DIR",
    ):
        settings[name] = environ.get(name) or settings[name]
    settings["DEMONSTRATION"] = (instance_dir(environ) / DEMONSTRATION_ACCOUNTS).exists()
    if "SCANNER_REQUIRED" not in environ:
        settings["SCANNER_REQUIRED"] = not settings["DEMONSTRATION"]
    if settings["AUDIT_RETENTION_MONTHS"] < 12:
        raise ConfigError("AUDIT_RETENTION_MONTHS không được dưới 12 tháng")
    settings["NETWORK_SECRECY"] = _network_secrecy(environ.get("NETWORK_SECRECY"), profile)
    settings["FILES_DIR"] = str(instance_dir(environ) / FILES)
    _sign_in(settings, environ)
    return settings


def _network_secrecy(named: str | None, profile: str) -> int:
    """The highest level the network may hold: none on the Internet or between headquarters without the cipher of Cơ yếu
    (Luật 117/2025/QH15).
    """
    levels = {"none": 0, "mat": 1, "toi_mat": 2}
    if named is not None and named not in levels:
        raise ConfigError(f"NETWORK_SECRECY={named}: chỉ có none, mat hoặc toi_mat")
    return levels[named or ("toi_mat" if profile == "party" else "none")]


def _sign_in(settings: dict[str, Any], environ: Mapping[str, str]) -> None:
    if policy := environ.get("SIGN_IN_POLICY"):
        if policy not in ("token", "second_factor", "password"):
            raise ConfigError(f"SIGN_IN_POLICY={policy}: chỉ có token, second_factor hoặc password")
        settings["SIGN_IN_POLICY"] = policy
    if grammar := environ.get("IDENTIFIER_GRAMMAR"):
        try:
            re.compile(grammar)
        except re.error:
            raise ConfigError("IDENTIFIER_GRAMMAR không phải biểu thức chính quy") from None
        settings["IDENTIFIER_GRAMMAR"] = grammar
    if common := environ.get("COMMON_INITIAL_PASSWORD"):
        if settings["PROFILE"] != "party":
            raise ConfigError(
                "COMMON_INITIAL_PASSWORD chỉ dùng cho PROFILE=party; các nơi khác mật khẩu ban đầu luôn ngẫu nhiên"
            )
        settings["COMMON_INITIAL_PASSWORD"] = common
    if (url := settings["TOKEN_OCSP_URL"]) and not url.startswith(("http://", "https://")):
        raise ConfigError(f"TOKEN_OCSP_URL={url} phải bắt đầu bằng http:// hoặc https://")
    if redis := environ.get("REDIS_URL"):
        if not redis.startswith(("redis://", "rediss://", "unix://", "redis+unix://")):
            raise ConfigError("REDIS_URL phải bắt đầu bằng redis://, rediss:// hoặc unix://")
        settings["RATELIMIT_STORAGE_URI"] = redis
