"""Requests and answers as values, so that what the review answers can be told without a connection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """What a browser asks."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """By their names in lower case."""
    body: bytes = b""

    def json(self) -> dict[str, Any]:
        """The body, which must be a JSON object. Raises :class:`RefusedError` if it is not."""
        try:
            found = json.loads(self.body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise RefusedError(400, "the request is no JSON object")
        return found


@dataclass(frozen=True, slots=True)
class Response:
    """What it is answered."""

    status: int
    body: bytes
    type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """A request that is not answered, with a status of HTTP and a sentence for people."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


def json_response(value: Any, status: int = 200) -> Response:
    """An answer in JSON. Lone surrogates become escapes."""
    return Response(status, json.dumps(value).encode("ascii"))
