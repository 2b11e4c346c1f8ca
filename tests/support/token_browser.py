"""A browser on nginx's token host, as the application sees it: a socket, a certificate, what nginx made of it."""

import re

from tests.conftest import Browser
from tests.support import pki


class Socket:
    """What gunicorn hands on: the socket a request came through."""

    def __init__(self, path):
        self.path = path

    def getsockname(self):
        return self.path


class TokenBrowser(Browser):
    """A browser on nginx's token host, with a certificate in its reader or none."""

    def __init__(self, app, certificate=None, verdict="SUCCESS", socket="/run/token.sock"):
        super().__init__(app)
        self.certificate = certificate
        self.verdict = verdict
        self.socket = socket

    def extra(self):
        headers = {
            "X-Client-Verify": self.verdict,
            "X-Forwarded-For": "10.1.2.3",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "token.example",
        }
        if self.certificate is not None:
            headers["X-Client-Cert"] = pki.escaped(self.certificate)
        return {
            "headers": headers,
            "environ_overrides": {"gunicorn.socket": Socket(self.socket), "REMOTE_ADDR": ""},
            "base_url": "https://token.example",
        }

    def get(self, address, **kwargs):
        return self.client.get(address, **self.extra(), **kwargs)

    def post(self, address, data=None, **kwargs):
        page = self.get(address).get_data(as_text=True) or ""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        extra = self.extra()
        extra["headers"]["Referer"] = "https://token.example/"
        return self.client.post(
            address, data={**(data or {}), "csrf_token": found.group(1) if found else ""}, **extra, **kwargs
        )

    def sign_in_by_token(self):
        return self.post("/login/")
