"""The parts that measure pages: lists, searches, a petition, registering, forms."""

from collections.abc import Callable
from datetime import date, timedelta

from app.clock import today
from tests.bench.made import SCOPES
from tests.bench.rounds import Ask, Operation, at_most, times
from tests.bench.world import KEY, NAMES, PHRASES, WORDS, World, checked, query, rows_in

ADMIN = "/admin/petitions/petition/"
FORMS = {"01/TCD": "01", "02/XLD": "02", "03/GQKN": "03", "04/GQTC": "04", "05/KQTH": "05"}
FORM_REACH = {"commune": 30.0, "province": 100.0, "country": 1500.0}
TEXT = "Khiếu nại về việc cấp giấy chứng nhận cho thửa số 15 tại thôn 7; đề nghị kiểm tra, xác minh."
PERSON = {"name": "Quách Khắc Đo", "address": "Xóm Phú Lộc, xã mẫu", "id_number": "001087000123", "phone": "0900000123"}


def _getting(browser: object, address: str) -> Ask:
    return lambda _turn: checked(browser.get(address)).spent  # type: ignore[attr-defined]


def lists(world: World) -> list[Operation]:
    """First pages, and last ones."""
    made = []
    for scope in ("district", "province", "country"):
        asks = {"ours": _getting(world.us(f"leader {scope}"), "/petitions/")}
        if world.django:
            asks |= {
                "django": _getting(world.them(scope), ADMIN),
                "hand": _getting(world.by_hand(), "/list?" + query(**world.unit(scope))),
            }
        made.append(Operation(f"list, {scope}", asks, times("django", "list, district", 0.5)))
    for scope in ("province", "country"):
        after = query(after=world.last_cursor(scope))
        asks = {"ours": _getting(world.us(f"leader {scope}"), "/petitions/?" + after)}
        if world.django:
            last = _last_page(world, scope)
            asks |= {
                "django": _getting(world.them(scope), f"{ADMIN}?p={last}"),
                "hand": _getting(world.by_hand(), "/list?" + query(**world.unit(scope)) + "&" + after),
            }
        made.append(Operation(f"last page, {scope}", asks, times("ours", f"list, {scope}", 1.2)))
    return made


def _last_page(world: World, scope: str) -> int:
    return max(1, -(-world.count(scope) // 25))


DESK = ("/inbox/", "/inbox/?whose=subtree", "/inbox/?last=1", "/petitions/?order=due", "/cases/", "/cases/?order=due")


def desk(world: World) -> list[Operation]:
    """What an officer's and a leader's day begins with: work by deadline, lists by deadline, what was opened lately."""
    us = world.us("leader province")
    asks = [(address, {"ours": _getting(us, address)}) for address in (*DESK, "/recent/")]
    return [Operation(f"desk {address}, province", ask, at_most(100)) for address, ask in asks]


def searches(world: World) -> list[Operation]:
    """A name, two common words, a phrase."""
    made = []
    lines = [("name", NAMES, scope, times("django", "search a name, district", 1)) for scope in ("district", "country")]
    lines += [
        ("words", WORDS, scope, times("django", "search two words, province", 1)) for scope in ("province", "country")
    ]
    lines += [
        ("phrase", PHRASES, scope, times("django", "search two words, province", 1.5))
        for scope in ("province", "country")
    ]
    titles = {"name": "search a name", "words": "search two words", "phrase": "search a phrase"}
    for kind, texts, scope, reach in lines:
        asks = {"ours": _searching_us(world, scope, texts)}
        if world.django:
            them = world.them(scope)
            unit = world.unit(scope)
            asks |= {"django": _each(them.get, [f"{ADMIN}?{query(q=text)}" for text in texts])}
            asks |= {"hand": _each(world.by_hand().get, [f"/search?{query(q=text, **unit)}" for text in texts])}
        made.append(Operation(f"{titles[kind]}, {scope}", asks, reach))
    return made


def _each(get: Callable, addresses: list[str]) -> Ask:
    return lambda turn: checked(get(addresses[turn % len(addresses)])).spent


def _searching_us(world: World, scope: str, texts: tuple[str, ...]) -> Ask:
    browser = world.us(f"leader {scope}")
    addresses = [world.searched(browser, text) for text in texts]
    found = [rows_in(checked(browser.get(address)).text) for address in addresses]
    print(
        f"  ours, {scope}: "
        + ", ".join(
            f"{text.strip(chr(34))}: {hits}{'+' if hits == 25 else ''}" for text, hits in zip(texts, found, strict=True)
        )
    )
    return _each(browser.get, addresses)


def petition(world: World) -> list[Operation]:
    """One petition's page, in a district and for the whole country."""
    browser = world.us("leader district")
    keys = [key for key in dict.fromkeys(KEY.findall(browser.get("/petitions/").text)) if not _closed(world, key)][:12]
    asks = {"ours": _each(browser.get, [f"/petitions/{key}" for key in keys])}
    if world.django:
        asks |= {"django": _each(world.them("district").get, [f"{ADMIN}{key}/change/" for key in keys])}
        asks |= {"hand": _each(world.by_hand().get, [f"/petition?{query(id=key)}" for key in keys])}
    return [Operation("petition page", asks, times("django", "petition page", 1))]


def _closed(world: World, key: str) -> bool:
    """True for one that the peers do not have: it was registered in an earlier measurement."""
    with world.database() as connection:
        return connection.execute("select 1 from petitions_petition where id = %s", [key]).fetchone() is None


def register(world: World) -> list[Operation]:
    """One petition more, by the officer of a district; of an earlier day, so that the first pages stay as they were."""
    us = world.us("officer district")
    day = today() - timedelta(days=40)
    values = {"kind": "complaint", "source": "post", "field": "land", "received_on": f"{day:%d/%m/%Y}"}
    ours = values | {
        "signatories": "one",
        "people": "1",
        "instance": "1",
        "discipline": "",
        "summary": TEXT,
        **us.token("/petitions/new"),
    }
    ours |= {f"petitioners-0-{name}": value for name, value in PERSON.items()}
    asks: dict[str, Ask] = {"ours": lambda _turn: checked(us.post("/petitions/new", ours), 302).spent}
    if world.django:
        them = world.them("district")
        hand = world.by_hand()
        unit = world.unit("district")
        theirs = (
            values
            | PERSON
            | {"received_on": day.isoformat(), "due_on": "", "summary": TEXT, **them.token(f"{ADMIN}add/")}
        )
        plain = values | PERSON | unit | {"received_on": day.isoformat(), "summary": TEXT}
        asks |= {"django": lambda _turn: checked(them.post(f"{ADMIN}add/", theirs), 302).spent}
        asks |= {"hand": lambda _turn: checked(hand.post("/add", plain), 302).spent}
    return [Operation("register a petition", asks, times("django", "register a petition", 2))]


def forms(world: World) -> list[Operation]:
    """The five statutory forms of a year."""
    year = today().year
    start = date(year - 1, 12, 15)
    end = date(year, 12, 14)
    made = []
    for form in FORMS:
        for scope, reach in FORM_REACH.items():
            asked = query(form=form, start=f"{start:%d/%m/%Y}", end=f"{end:%d/%m/%Y}", unit=SCOPES[scope])
            ask = _getting(world.us(f"leader {scope}"), f"/forms/?{asked}")
            made.append(Operation(f"form {form}, {scope}", {"ours": ask}, at_most(reach)))
    return made
