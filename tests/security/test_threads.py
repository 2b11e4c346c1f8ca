"""Scope lives in the session, and a session belongs to one request: requests on threads of one process do not meet."""

import re
from concurrent.futures import ThreadPoolExecutor

from app.extensions import db
from app.security import scope
from tests.conftest import Browser

ROUNDS = 12


def seen_by(browser):
    """The petitions of every unit that each of many requests showed."""
    pages = [browser.get("/petitions/").get_data(as_text=True) for _ in range(ROUNDS)]
    return [frozenset(re.findall(r">([ABC]-(?:complaint|denunciation)-[^<]*)</a>", page)) for page in pages]


def test_requests_on_threads_of_one_process_keep_their_scopes_apart(world):
    installation, _ = world
    people = {}
    for identifier in ("OFFICER", "BINH", "CHI", "SYNTHESIS"):
        people[identifier] = Browser(installation.app)
        people[identifier].sign_in(identifier)
    alone = {name: set(seen_by(browser)) for name, browser in people.items()}
    assert all(len(found) == 1 for found in alone.values()) and len({min(found) for found in alone.values()}) > 1
    with ThreadPoolExecutor(len(people)) as threads:
        together = dict(zip(people, threads.map(seen_by, people.values()), strict=True))
    assert {name: set(found) for name, found in together.items()} == alone


def test_a_session_of_another_thread_has_no_scope(world):
    installation, _ = world

    def scope_there():
        with installation.app.app_context():
            return scope.current(db.session()), id(db.session())

    with installation.session() as session, ThreadPoolExecutor(1) as threads:
        theirs, number = threads.submit(scope_there).result()
        assert theirs == scope.NO_SCOPE and number != id(session) and scope.current(session).system
