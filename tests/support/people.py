"""Who acts in the tests of accounts: found by identifier, signed in."""

from sqlalchemy import select

from app.models import Account
from tests.conftest import PASSWORD, Browser


def find(session, identifier):
    return session.scalars(select(Account).where(Account.username == identifier)).unique().one()


def sign_in(installation, identifier, password=PASSWORD):
    browser = Browser(installation.app)
    assert browser.sign_in(identifier, password).status_code == 302
    return browser


def key_of(installation, identifier):
    with installation.owner() as connection:
        return connection.execute("select id from ab_user where username = %s", [identifier]).fetchone()[0]
