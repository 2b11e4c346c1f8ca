"""Requests whose uploaded files stay in memory: stock Werkzeug puts what is larger than 500 kB on a disk, in clear."""

import io
from typing import IO, Any

from flask import Request


class MemoryRequest(Request):
    """A request that writes nothing to disk. MAX_CONTENT_LENGTH bounds what it may hold."""

    def _get_file_stream(self, *_arguments: Any, **_named: Any) -> IO[bytes]:
        return io.BytesIO()
