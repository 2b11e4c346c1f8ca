"""The catalogues: Vietnamese complete, placeholders kept, both languages on screen."""

import re
import sys
from pathlib import Path

import pytest

from tests.conftest import Browser
from tests.support.world import build

sys.path.insert(0, str(Path(__file__).parent.parent / "translations"))
import catalogues  # noqa: E402


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_string_is_translated(language):
    template, _ = catalogues.extracted()
    assert catalogues.untranslated(catalogues.load(language), template, set()) == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_placeholders_survive_translation(language):
    for message in catalogues.load(language):
        original = message.id if isinstance(message.id, str) else message.id[0]
        for translated in [message.string] if isinstance(message.string, str) else message.string:
            if original and translated:
                assert sorted(re.findall(r"%\(\w+\)[sd]", original)) == sorted(
                    re.findall(r"%\(\w+\)[sd]", translated)
                ), original


def test_the_language_can_be_switched(installation, tmp_path):
    build(installation, tmp_path)
    browser = Browser(installation.app)
    browser.sign_in("OFFICER")
    page = browser.get("/inbox/").get_data(as_text=True)
    assert '<html lang="vi">' in page and "Việc cần làm" in page
    browser.get("/lang/en")
    page = browser.get("/inbox/").get_data(as_text=True)
    assert '<html lang="en">' in page and "Work to do" in page and "Complaint" in page and "Việc cần làm" not in page
    browser.get("/lang/vi")
    assert "Việc cần làm" in browser.get("/inbox/").get_data(as_text=True)


def test_wtforms_and_flask_appbuilder_speak_vietnamese(installation):
    browser = Browser(installation.app)
    page = browser.post("/login/", {"username": "", "password": ""}).get_data(as_text=True)
    assert "Không được để trống" in page and "This field is required" not in page
