"""The measured world while servers run: browsers signed in, scopes, rows to look at."""

import re
import urllib.parse
from dataclasses import dataclass, field
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from app.embedded import Embedded
from tests.bench.client import Answer, Browser
from tests.bench.made import SCOPES
from tests.bench.place import FOLDER, PEER
from tests.bench.servers import PASSWORD, Server

KEY = re.compile(r'href="/petitions/([0-9a-f-]{36})[?"]')
NAMES = (
    "Nguyễn Văn Hùng",
    "Trần Thị Lan",
    "Lê Minh Tuấn",
    "Phạm Ngọc Anh",
    "Hoàng Đức Long",
    "Nguyễn Thị Hoa",
    "Vũ Xuân Trường",
)
WORDS = ("bồi thường", "thu hồi", "trợ cấp", "xử phạt", "biên lai")
PHRASES = (
    '"đơn gửi ba lần chưa được trả lời"',
    '"giá bồi thường khi thu hồi đất ở"',
    '"đường liên xã chưa được kiểm đếm"',
    '"chưa được trả lời"',
    '"sống cùng con nhỏ"',
)


@dataclass
class World:
    """What runs; `django` and `hand` are None where only ours is measured."""

    told: dict[str, Any]
    ours: Server
    django: Server | None
    hand: Server | None
    _signed_in: dict[tuple[str, str], Browser] = field(default_factory=dict)

    def us(self, account: str) -> Browser:
        """A browser signed in with us as, say, `leader province`."""
        if ("ours", account) not in self._signed_in:
            known = self.told["accounts"][account]
            self._signed_in["ours", account] = Browser(self.ours.port).sign_in(
                "/login/", known["identifier"], known["password"]
            )
        return self._signed_in["ours", account]

    def them(self, scope: str) -> Browser:
        """A browser signed in at Django's as the officer of that scope."""
        if ("django", scope) not in self._signed_in:
            address = "/admin/login/?next=/admin/"
            self._signed_in["django", scope] = Browser(self.django.port).sign_in(address, scope, PASSWORD)
        return self._signed_in["django", scope]

    def by_hand(self) -> Browser:
        """A browser at the pages by hand, which ask for no name."""
        return self._signed_in.setdefault(("hand", ""), Browser(self.hand.port))

    def forget(self) -> None:
        """Everybody signs in anew: a session that nobody used for a quarter of an hour is over."""
        self._signed_in.clear()

    def peers(self, django: Any, hand: Any) -> dict[str, Any]:
        """The peers' ways, where they run."""
        return {"django": django, "hand": hand} if self.django is not None else {}

    def unit(self, scope: str) -> dict[str, str]:
        """The scope's unit as the pages by hand are told of it."""
        with self.database() as connection:
            row = connection.execute("select id, depth from petitions_unit where code = %s", [SCOPES[scope]]).fetchone()
        return {"root": str(row[0]), "level": str(row[1])}

    def last_cursor(self, scope: str) -> str:
        """Where the last page of the scope begins: the cursor of the row before it."""
        query = (
            "select received_on, id from petitions_petition where {} = %s order by received_on, id offset 25 limit 1"
        )
        day, key = self._asked(query, scope)
        return f"{day:%Y-%m-%d}_{key}"

    def count(self, scope: str) -> int:
        """How many petitions the scope has."""
        found: int = self._asked("select count(*) from petitions_petition where {} = %s", scope)[0]
        return found

    def _asked(self, query: LiteralString, scope: str) -> Any:
        unit = self.unit(scope)
        column = sql.Identifier(f"level_{unit['level']}")
        with self.database() as connection:
            return connection.execute(sql.SQL(query).format(column), [unit["root"]]).fetchone()

    @staticmethod
    def database() -> psycopg.Connection:
        """The peers' database, as its owner."""
        address = Embedded(FOLDER).answering() or {}
        return psycopg.connect(**address | {"dbname": PEER})

    def searched(self, browser: Browser, text: str) -> str:
        """The address at which a search's hits stand."""
        answer = browser.post("/petitions/search", {"text": text, **browser.token("/petitions/")})
        return checked(answer, 302).location


def checked(answer: Answer, status: int = 200) -> Answer:
    """The answer, where it is what was to come."""
    if answer.status != status:
        raise SystemExit(f"answered {answer.status} {answer.location}: {answer.text[:300]}")
    return answer


def query(**values: str) -> str:
    """Values as they stand in an address."""
    return urllib.parse.urlencode(values)


def rows_in(text: str) -> int:
    """How many petitions a page of ours lists."""
    return len(KEY.findall(text))
