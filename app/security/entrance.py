"""Where a request came in, and the certificate it brought.

nginx passes requests over two unix sockets: one for the ordinary host, one for the host where it asks for the client's
certificate. Only what arrives through the second may carry a certificate; on any other way the header is taken off and
remembered as forged. The client's address and the scheme come from nginx, one hop, and only where the request arrived
through a unix socket.
"""

import urllib.parse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from flask import g, has_request_context, request
from werkzeug.middleware.proxy_fix import ProxyFix

from app.security.requests import is_host

DIRECT = "direct"
PROXY = "proxy"
TOKEN = "token"
_CERTIFICATE = "HTTP_X_CLIENT_CERT"
_VERIFIED = "HTTP_X_CLIENT_VERIFY"
_FORGED = "HTTP_X_CLIENT_FORGED"
LONGEST = 16_384  # characters of an escaped certificate


# What nginx says of a certificate it refuses, as one of the reasons of security/trust.py.
_VERDICTS = (
    ("certificate has expired", "expired"),
    ("certificate is not yet valid", "not_yet_valid"),
    ("certificate revoked", "revoked"),
    ("purpose", "usage"),
    ("key too weak", "weak_key"),
    ("too small", "weak_key"),
    ("too weak", "weak_key"),
    ("CRL has expired", "crl_expired"),
    ("unable to get certificate CRL", "crl_missing"),
    ("NONE", "none"),
)


@dataclass(frozen=True)
class Presented:
    """What the browser presented: the certificate nginx saw in the handshake, and what nginx made of it."""

    entrance: str = DIRECT
    certificate: x509.Certificate | None = None
    verdict: str = ""
    forged: bool = False
    unreadable: bool = False

    @property
    def fingerprint(self) -> str | None:
        """SHA-256 of the certificate in hexadecimal, only of one nginx let through."""
        if self.certificate is None or self.verdict != "SUCCESS":
            return None
        return self.certificate.fingerprint(hashes.SHA256()).hex()


class Entrance:
    """WSGI in front of Flask: names the entrance, and lets nothing else say what nginx says."""

    def __init__(self, app: Callable[..., Iterable[bytes]], token_socket: str | None) -> None:
        self.direct = app
        self.behind = ProxyFix(app, x_for=1, x_proto=1, x_host=1)
        self.token_socket = token_socket

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        certificate, verdict, flagged = (environ.pop(name, "") for name in (_CERTIFICATE, _VERIFIED, _FORGED))
        if not is_host(environ.get("HTTP_HOST", "")):
            del environ["HTTP_HOST"]
        path = _socket_path(environ)
        entrance = DIRECT if path is None else TOKEN if path == self.token_socket else PROXY
        if entrance == TOKEN:
            environ["donthu.presented"] = _read(certificate, verdict)
        else:
            environ["donthu.presented"] = Presented(entrance, forged=bool(certificate or verdict or flagged))
        if entrance != DIRECT:
            return self.behind(environ, start_response)
        _forget_forwarded(environ)
        return self.direct(environ, start_response)


def _forget_forwarded(environ: dict[str, Any]) -> None:
    """What a client on TCP says of hops before it is gone; gunicorn itself would believe one on loopback."""
    for name in [name for name in environ if name.startswith("HTTP_X_FORWARDED_") or name == "HTTP_FORWARDED"]:
        del environ[name]
    if "gunicorn.socket" in environ:
        environ["wsgi.url_scheme"] = "http"


def _socket_path(environ: dict[str, Any]) -> str | None:
    """The unix socket the request came through; None for TCP."""
    socket = environ.get("gunicorn.socket")
    name = socket.getsockname() if socket is not None else None
    return name if isinstance(name, str) and name else None


def _read(escaped: str, verdict: str) -> Presented:
    if not escaped:
        return Presented(TOKEN, None, verdict)
    try:
        found = x509.load_pem_x509_certificate(urllib.parse.unquote(escaped[:LONGEST]).encode())
    except ValueError:
        return Presented(TOKEN, None, verdict, unreadable=True)
    return Presented(TOKEN, found, verdict)


def presented() -> Presented:
    """What this request presented."""
    if not has_request_context():
        return Presented()
    if "presented" not in g:
        g.presented = request.environ.get("donthu.presented", Presented())
    found: Presented = g.presented
    return found


def why_refused(verdict: str) -> str:
    """One of the reasons of security/trust.py for what nginx says of a certificate it refused."""
    return next((reason for part, reason in _VERDICTS if part in verdict), "foreign")
