"""The settings of the running application, for code that knows no request and no Flask.

What puts the layers together hands them in; operations ask by name. They are those of the application at work, so
that two applications in one process keep theirs apart.
"""

from collections.abc import Callable, Mapping
from typing import Any

Source = Callable[[], Mapping[str, Any]]
_sources: list[Source] = []


def hand_in(source: Source) -> None:
    """From here on settings come from there; asked each time, since what is at work may change."""
    _sources[:] = [source]


def setting(name: str) -> Any:
    """The value of that setting. Raises RuntimeError where nobody handed any in, KeyError for one there is not."""
    if not _sources:
        raise RuntimeError("no settings were handed in")
    return _sources[0]()[name]
