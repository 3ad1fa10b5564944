"""What the server answers: a page, and what that page asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cleaner.errors import CleanerError, OutputError
from cleaner.review.guard import CLOSED, HEADERS, Guard
from cleaner.review.http import RefusedError, Request, Response, json_response
from cleaner.review.page import page
from cleaner.review.review import Review
from cleaner.review.trial import LIMIT as TRIAL_LIMIT
from cleaner.review.trial import try_out

LIMIT = 64_000
"""Bytes of a request, where it does not bring a text to try."""

Answer = Callable[[Request], Any]


class App:
    """Answers requests about one review; without one, only texts can be tried."""

    def __init__(self, guard: Guard, review: Review | None) -> None:
        self._guard, self._review = guard, review
        self._routes: dict[tuple[str, str], Answer] = {("POST", "/try"): lambda request: try_out(request.json())}
        if review is not None:
            self._routes |= {
                ("GET", "/overview"): lambda _: review.overview(),
                ("GET", "/item"): lambda request: _item(review, request),
                ("POST", "/verdict"): lambda request: review.give(request.json()),
                ("POST", "/undo"): lambda _: review.undo(),
                ("GET", "/results"): lambda _: review.results(),
                ("POST", "/export"): lambda request: _export(review, request),
            }

    @staticmethod
    def limit(path: str) -> int:
        """Bytes that the body of a request may have."""
        return TRIAL_LIMIT if path == "/try" else LIMIT

    def __call__(self, request: Request) -> Response:
        """Answer a request; a refused one, and one that goes wrong, are answered in words."""
        try:
            self._guard.check(request)
            response = self._answer(request)
        except RefusedError as refused:
            response = json_response({"error": refused.why}, refused.status)
        except OutputError as error:
            response = json_response({"error": f"not saved: {error}"}, 507)
        except CleanerError as error:
            response = json_response({"error": str(error)}, 400)
        except Exception as error:  # the browser must hear of it, and the review goes on
            response = json_response({"error": f"unexpected {type(error).__name__}: {error}"}, 500)
        headers = {**HEADERS, "Content-Security-Policy": CLOSED, **response.headers}
        return Response(response.status, response.body, response.type, headers)

    def _answer(self, request: Request) -> Response:
        if request.path == "/" and request.method == "GET":
            body, policy = page(trial_only=self._review is None)
            cookie = {"Set-Cookie": self._guard.cookie()} if self._guard.is_new(request) else {}
            return Response(200, body, "text/html; charset=utf-8", {"Content-Security-Policy": policy, **cookie})
        answer = self._routes.get((request.method, request.path))
        if answer is not None:
            return json_response(answer(request))
        known = {path for _, path in self._routes} | {"/"}
        raise RefusedError(405, "not this way") if request.path in known else RefusedError(404, "there is nothing here")


def _item(review: Review, request: Request) -> dict[str, Any]:
    query = request.query
    try:
        number = int(query.get("number", ""))
        proposed = (int(query["start"]), int(query["end"])) if "start" in query and "end" in query else None
    except ValueError:
        raise RefusedError(400, "the item is asked for by a number") from None
    return review.item(number, proposed, whole="whole" in query)


def _export(review: Review, request: Request) -> dict[str, Any]:
    asked = request.json()
    item = asked.get("item")
    return review.export(str(asked.get("what")), item if isinstance(item, str) else None)
