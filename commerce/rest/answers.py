"""The API's answers: Django's, at a third of the cost of their headers."""

import functools
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.http.cookie import SimpleCookie
from django.http.response import ResponseHeaders


class Headers(ResponseHeaders):
    """Django's headers; what is plain ASCII needs no conversion, all else is treated as ever."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._store: dict[str, tuple[str, str]] = {}
        for name, value in given.items():
            self[name] = value

    def __setitem__(self, name: str, value: Any) -> None:
        if type(value) is str and value.isascii() and value.isprintable() and (key := plain(name)):
            self._store[key] = name, value
        else:
            super().__setitem__(name, value)

    def setdefault(self, name: str, value: str | bytes | int) -> None:
        """Set a header unless it has already been set."""
        if name.lower() not in self._store:
            self[name] = value

    def items(self) -> Any:
        """List names and values."""
        return self._store.values()


@functools.lru_cache(maxsize=1_000)
def plain(name: str) -> str:
    """Write a header's name as Django looks it up; "" if it needs Django's own treatment."""
    return name.lower() if name.isascii() and name.isprintable() else ""


class Answer(HttpResponse):
    """A response that is whole from the beginning."""

    def __init__(self, content: bytes, status: int, headers: Mapping[str, str]) -> None:
        self.headers = Headers(headers)
        self.status_code = status
        self.cookies = SimpleCookie()
        self.closed = False
        self._container = [content]
        self._resource_closers: list[Any] = []
        self._charset = self._reason_phrase = self._handler_class = None
