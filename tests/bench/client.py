"""A browser of one request at a time: cookies, forms, and how long each answer took."""

import http.client
import http.cookies
import re
import time
import urllib.parse
from dataclasses import dataclass, field

TOKEN = re.compile(r'name="(csrf_token|csrfmiddlewaretoken)"[^>]*value="([^"]+)"')


@dataclass
class Answer:
    """What came back, and in how many milliseconds."""

    status: int
    location: str
    body: bytes
    spent: float

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode()


@dataclass
class Browser:
    """Talks to one server on 127.0.0.1; keeps the connection where the server does."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def get(self, address: str) -> Answer:
        """The page of that address."""
        return self._ask("GET", address, None)

    def post(self, address: str, values: dict[str, str]) -> Answer:
        """The form's values, sent there."""
        return self._ask("POST", address, urllib.parse.urlencode(values).encode())

    def _ask(self, method: str, address: str, sent: bytes | None) -> Answer:
        headers = (
            {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        )
        if sent is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://127.0.0.1:{self.port}/",
            }
        while True:
            began = time.perf_counter()
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=900)
            self._connection.request(method, address, sent, headers)
            response = self._connection.getresponse()
            body = response.read()
            spent = (time.perf_counter() - began) * 1000
            if response.will_close:
                self._connection.close()
                self._connection = None
            if response.status != 429:
                break
            time.sleep(5)  # a limit of the product's; this try is not counted
        self._keep(response)
        return Answer(response.status, _path_of(response.getheader("Location", "")), body, spent)

    def _keep(self, response: http.client.HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[name] = morsel.value

    def token(self, address: str) -> dict[str, str]:
        """The field that guards the forms of that page."""
        found = TOKEN.search(self.get(address).text)
        if found is None:
            raise SystemExit(f"{address} has no form")
        return {found.group(1): found.group(2)}

    def sign_in(self, address: str, username: str, password: str) -> "Browser":
        """Signed in by the form at that address."""
        answer = self.post(address, {"username": username, "password": password, **self.token(address)})
        if answer.status != 302:
            raise SystemExit(f"{username} could not sign in at {address}: {answer.status}")
        return self


def _path_of(location: str) -> str:
    parts = urllib.parse.urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")
