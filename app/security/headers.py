"""Headers on every answer: nothing from another host, no inline script or style, no framing, nothing kept by caches."""

from flask import Flask, Response, request

from app.security.browsers import mark_browser

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src"
    " 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)


def install(app: Flask) -> None:
    """Every answer carries the headers; the session cookie is Secure and bound to this host wherever the request came
    over TLS.
    """

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store"
        mark_browser(response)
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response

    class TlsCookie(type(app.session_interface)):  # type: ignore[misc]
        def get_cookie_secure(self, app: Flask) -> bool:
            return request.is_secure

        def get_cookie_name(self, app: Flask) -> str:
            # Over TLS no other host of the domain can set or overwrite a cookie of this name (RFC 6265bis, 4.1.3.2).
            return (
                f"__Host-{app.config['SESSION_COOKIE_NAME']}"
                if request.is_secure
                else app.config["SESSION_COOKIE_NAME"]
            )

    app.session_interface = TlsCookie()
