"""Listens on the loopback address and hands what comes to :class:`cleaner.review.app.App`."""

from __future__ import annotations

import socketserver
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cleaner.errors import UsageError
from cleaner.review.app import App
from cleaner.review.guard import CLOSED, HEADERS, Guard
from cleaner.review.http import RefusedError, Request, Response, json_response
from cleaner.review.review import Review

LOOPBACK = "127.0.0.1"

IDLE = 60
"""Seconds after which a connection on which nothing comes is closed."""


class Server(ThreadingHTTPServer):
    """A server that is bound and not serving yet. Raises :class:`cleaner.errors.UsageError` if the port is taken."""

    daemon_threads = True

    def __init__(self, review: Review | None, port: int = 0) -> None:
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except (OSError, OverflowError) as error:
            raise UsageError(f"port {port} cannot be used: {error}; choose another with --port") from error
        self._guard = Guard(self.server_port)
        self.app = App(self._guard, review)

    @property
    def address(self) -> str:
        """Where to go with a browser. It holds the secret."""
        return f"http://{LOOPBACK}:{self.server_port}/?token={self._guard.token}"

    def server_bind(self) -> None:
        """Bind, without asking the network for this machine's name as the base class does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that left is no error of anybody's."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "cleaner", ""
    timeout = IDLE

    def do_GET(self) -> None:
        self._answer(lambda: b"")

    def do_POST(self) -> None:
        self._answer(self._body)

    def _answer(self, body: Callable[[], bytes]) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            parts = urlsplit(self.path)
            request = Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body())
        except ValueError:
            self.send_error(400, "this is no address")
            return
        except RefusedError as refused:
            self.send_error(refused.status, refused.why)
            return
        self._send(self.server.app(request))

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit() and len(length) < 16):
            raise RefusedError(411, "say how long the request is")
        limit = self.server.app.limit(urlsplit(self.path).path)
        if int(length) > limit:
            raise RefusedError(413, f"the request has more than {limit:,} bytes")
        return self.rfile.read(int(length))

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        own = {"Content-Type": response.type, "Content-Length": str(len(response.body))}
        for name, value in ({**HEADERS, "Content-Security-Policy": CLOSED} | dict(response.headers) | own).items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Refuse what cannot be read as a request, in the form of all answers.

        What else it says may still be on its way, so no other request can follow it.
        """
        self.close_connection = True
        self._send(json_response({"error": message or "the request makes no sense"}, code))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the terminal is for what the user has to know."""
