"""Keeps the catalogues: extracts our strings, Flask-AppBuilder's and WTForms', updates vi and en, compiles.

Our strings are written in Vietnamese, so their Vietnamese translation is themselves; what the two libraries say is
translated in the vi catalogue by hand. `--compile` only compiles; `--check` changes nothing and fails when a string is
missing or untranslated.
"""

import sys
from pathlib import Path

import flask_appbuilder
import wtforms
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "lazy_formatter_gettext": None}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OURS = HERE.parent / "app"
LIBRARIES = (Path(flask_appbuilder.__file__).parent, Path(wtforms.__file__).parent)


def extracted() -> tuple[Catalog, set[str]]:
    """Every string, and those among them that are ours."""
    catalogue = Catalog(project="Đơn thư", charset="utf-8")
    ours = set()
    for folder in (OURS, *LIBRARIES):
        for file, line, message, comments, _context in extract_from_dir(str(folder), METHODS, keywords=KEYWORDS):
            key = message if isinstance(message, str) else message[0]
            if not key.strip() or (folder != OURS and key in ours):
                continue
            catalogue.add(
                message,
                locations=[(f"{folder.name}/{file}", line)] if folder == OURS else [(folder.name, 0)],
                auto_comments=comments,
            )
            if folder == OURS:
                ours.add(key)
    return catalogue, ours


def path_of(language: str) -> Path:
    """The catalogue of a language."""
    return HERE / language / "LC_MESSAGES" / "messages.po"


def load(language: str) -> Catalog:
    """The catalogue as it stands."""
    if not path_of(language).exists():
        return Catalog(locale=language, charset="utf-8")
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def untranslated(catalogue: Catalog, needed: Catalog, skip: set[str]) -> list[str]:
    """Strings that are needed and have no translation."""
    missing = []
    for message in needed:
        key = message.id if isinstance(message.id, str) else message.id[0] if message.id else ""
        found = catalogue.get(message.id)
        whole = found is not None and (
            all(found.string) if isinstance(found.string, tuple | list) else bool(found.string)
        )
        if key and key not in skip and (not whole or found.fuzzy):
            missing.append(key)
    return missing


def update() -> None:
    """Both catalogues hold every string; ours are their own Vietnamese."""
    for language in ("vi", "en"):
        template, ours = extracted()  # anew: updating a catalogue keeps the template's own message objects
        catalogue = load(language)
        catalogue.update(template, no_fuzzy_matching=True)
        for message in catalogue:
            key = message.id if isinstance(message.id, str) else message.id[0] if message.id else ""
            own = key in ours
            if key and ((language == "vi" and own) or (language == "en" and not own)):
                plural = not isinstance(message.id, str)
                message.string = (
                    tuple(message.id[: catalogue.num_plurals]) if plural and catalogue.num_plurals <= 2 else message.id
                )
        catalogue.obsolete.clear()
        catalogue.fuzzy = False
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        with path_of(language).open("wb") as file:
            write_po(file, catalogue, width=140, sort_output=True, omit_header=False, include_lineno=False)


def compile_all() -> None:
    """The .mo files that Flask-Babel reads."""
    for language in ("vi", "en"):
        with path_of(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, load(language))


def check() -> list[str]:
    """What is wrong with the catalogues, a line each."""
    template, _ = extracted()
    return [
        f"{language}: {key!r}" for language in ("vi", "en") for key in untranslated(load(language), template, set())
    ]


if __name__ == "__main__":
    if "--check" in sys.argv:
        problems = check()
        print("\n".join(problems) or "catalogues are complete")
        sys.exit(1 if problems else 0)
    if "--compile" not in sys.argv:
        update()
    compile_all()
