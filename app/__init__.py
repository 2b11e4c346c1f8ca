"""The application's package: light to load, since whatever is imported from it loads this; the factory is fetched when
it is called.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from app.security.keys import Wrapping


def create_app(settings: dict[str, Any], wrapping: "Wrapping") -> "Flask":
    """The staff application. Raises ConfigError or KeyTrouble when it may not serve."""
    made: Flask = import_module("app.application").create_app(settings, wrapping)
    return made
