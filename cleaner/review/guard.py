"""Who may talk to the server, and what a page that comes from it may do.

The server listens on the loopback address only. That does not keep other people's pages out: a page in the same browser
can send requests to it, and a name of its own that it lets point to 127.0.0.1 (DNS rebinding) makes them look like
requests to itself. So a request needs three things: a *Host* that means this machine; a secret, which the address that
the terminal prints brings along the first time and a cookie after that; and, where it changes something, an *Origin*
that is the server's own and a header that other sites' pages cannot send.
"""

from __future__ import annotations

import hmac
import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from cleaner.review.http import RefusedError, Request

LOCAL = frozenset(("127.0.0.1", "localhost", "::1"))
"""Names of this machine. The port is not asked for: a tunnel from another machine changes it."""

OWN_HEADER = "x-cleaner-review"
"""A request with it from another site is asked for in advance (CORS preflight), and never granted."""

# Sent with every answer. The policy of the page itself is added to it (`page`).
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

CLOSED = "default-src 'none'; frame-ancestors 'none'"
"""The policy of an answer that is no page: it may do nothing."""


class Guard:
    """Holds the secret of one server and asks requests for it."""

    def __init__(self, port: int) -> None:
        self.token = secrets.token_urlsafe(32)
        # Cookies do not tell ports apart: two reviews must not take each other's.
        self._cookie = f"cleaner-review-{port}"

    def check(self, request: Request) -> None:
        """Raise :class:`cleaner.review.http.RefusedError` for a request that must not be answered."""
        if _host_of(request.headers.get("host", "")) not in LOCAL:
            raise RefusedError(403, "this server answers to 127.0.0.1 and localhost only")
        if not self._knows(request):
            raise RefusedError(403, "open the address that 'cleaner review' printed in the terminal: it holds the key")
        if request.method == "POST":
            if request.headers.get("origin") != f"http://{request.headers.get('host')}":
                raise RefusedError(403, "this request comes from another site")
            if OWN_HEADER not in request.headers:
                raise RefusedError(403, f"this request lacks the header {OWN_HEADER}")

    def is_new(self, request: Request) -> bool:
        """Whether the request brings the secret in its address, so that it should be given the cookie."""
        return "token" in request.query

    def cookie(self) -> str:
        """What sets the cookie: it is not for scripts, and is not sent along with requests from other sites."""
        return f"{self._cookie}={self.token}; Path=/; HttpOnly; SameSite=Strict"

    def _knows(self, request: Request) -> bool:
        given = request.query.get("token") or self._of_cookie(request)
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())

    def _of_cookie(self, request: Request) -> str:
        try:
            morsel = SimpleCookie(request.headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return ""
        return morsel.value if morsel else ""


def _host_of(header: str) -> str | None:
    """The name in a Host header, without the port."""
    try:
        return urlsplit(f"//{header}").hostname
    except ValueError:
        return None
