"""Who may talk to the server, what it answers, and what it does not."""

import http.client
import json
import socket
import threading

import pytest

from cleaner.errors import UsageError
from cleaner.review.app import LIMIT, App
from cleaner.review.guard import Guard
from cleaner.review.http import Request
from cleaner.review.run import Asked, open_review
from cleaner.review.server import Server
from cleaner.review.trial import LIMIT as TRIAL_LIMIT

OWN = "http://127.0.0.1:8000"


class Client:
    """Asks an app as a browser with the cookie would."""

    def __init__(self, review=None):
        self.guard = Guard(8000)
        self.app = App(self.guard, review)

    def headers(self, **changed):
        usual = {
            "host": "127.0.0.1:8000", "origin": OWN, "x-cleaner-review": "1",
            "cookie": self.guard.cookie().partition(";")[0],
        }  # fmt: skip
        named = usual | {name.replace("_", "-"): value for name, value in changed.items()}
        return {name: value for name, value in named.items() if value is not None}

    def get(self, path, query=None, **headers):
        return self.app(Request("GET", path, query or {}, self.headers(**headers)))

    def post(self, path, told, **headers):
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        return self.app(Request("POST", path, {}, self.headers(**headers), body))


def told(response, status=200):
    found = json.loads(response.body)
    assert response.status == status, found
    return found


@pytest.fixture
def client(reviewed_run, tmp_path):
    with open_review(Asked(reviewed_run, tmp_path / "r.jsonl"), lambda _: None) as review:
        yield Client(review)


def test_without_the_secret_nothing_is_told():
    client = Client()
    for headers in (
        {"cookie": None},
        {"cookie": "cleaner-review-8000=guess"},
        {"cookie": client.guard.cookie().partition(";")[0].replace("8000", "8001")},
        {"cookie": "cleaner-review-8000=\u00e9"},
        {"cookie": "a;;=\x00"},
    ):
        for response in (client.get("/", **headers), client.post("/try", {"text": "a"}, **headers)):
            assert "holds the key" in told(response, 403)["error"]
            assert client.guard.token.encode() not in response.body
    assert told(client.get("/", {"token": "guess"}), 403)
    assert Guard(1).token != Guard(1).token
    assert len(Guard(1).token) >= 40


def test_the_address_brings_the_secret_and_a_cookie_keeps_it():
    client = Client()
    first = client.get("/", {"token": client.guard.token}, cookie=None)
    assert first.status == 200
    name, *rest = first.headers["Set-Cookie"].split("; ")
    assert {"HttpOnly", "SameSite=Strict"} <= set(rest)
    later = client.get("/", cookie=f"other=1; {name}")
    assert later.status == 200
    assert "Set-Cookie" not in later.headers


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000", "localhost:9999"])
def test_this_machine_has_several_names(host):
    assert Client().get("/", host=host).status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", "127.0.0.1@evil.example", "", "[", None],
)
def test_names_that_others_let_point_here_are_refused(host):
    assert "localhost only" in told(Client().get("/", host=host), 403)["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:8001"},
        {"origin": "https://127.0.0.1:8000"},
        {"origin": "null"},
        {"origin": None},
        {"x_cleaner_review": None},
    ],
)
def test_other_sites_cannot_change_anything(client, headers):
    number = client.get("/item", {"number": "0"})
    verdict = {"item": told(number)["id"], "verdict": "right"}
    told(client.post("/verdict", verdict, **headers), 403)
    assert told(client.get("/overview"))["judged"] == 0
    assert told(client.post("/verdict", verdict))["judged"] == 1


@pytest.mark.parametrize(
    "path",
    ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/review.js", "/store", "//evil.example/", "/item/", "\\", ""],
)
def test_there_are_no_files_to_be_had(client, path):
    assert "error" in told(client.get(path), 404)


def test_every_answer_says_what_may_be_done_with_it(client):
    for response in (
        client.get("/"),
        client.get("/item", {"number": "0"}),
        client.get("/none"),
        client.get("/", host="a"),
    ):
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert "http" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "require-trusted-types-for 'script'" in client.get("/").headers["Content-Security-Policy"]


def test_the_page_holds_nothing_of_documents_and_asks_nobody_else(client):
    page = client.get("/").body.decode()
    assert "hostile" not in page
    assert page.count("<script>") == 1
    assert "src=" not in page
    assert "http://" not in page.replace('"http:"', "")
    assert "innerHTML" not in page


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/verdict", b"", 400),
        ("/verdict", b"[1]", 400),
        ("/verdict", b"\xff{", 400),
        ("/verdict", {"item": "none", "verdict": "right"}, 400),
        ("/verdict", {"item": ["x"], "verdict": {"a": 1}}, 400),
        ("/undo", {}, 400),
        ("/export", {"what": "everything"}, 400),
        ("/export", {"what": "fixture", "item": {"a": 1}}, 400),
        ("/try", {"text": "a", "kind": "pdf"}, 400),
        ("/try", {"text": "a", "preset": "wild"}, 400),
        ("/overview", {}, 405),
        ("/", {}, 405),
    ],
)
def test_nonsense_is_answered_in_words(client, path, body, status):
    assert told(client.post(path, body), status)["error"]


@pytest.mark.parametrize(
    "query", [{}, {"number": "x"}, {"number": "-1"}, {"number": "9999"}, {"number": "0", "start": "a", "end": "b"}]
)
def test_items_that_are_not_there(client, query):
    assert told(client.get("/item", query), 400)["error"]


def test_verdicts_are_kept_and_taken_back(client):
    item = told(client.get("/item", {"number": "2"}))
    assert item["verdict"] is None
    told(client.post("/verdict", {"item": item["id"], "verdict": "category", "category": "ui", "start": 1}))
    kept = told(client.get("/item", {"number": "2"}))["verdict"]
    assert (kept["verdict"], kept["category"], "start" in kept) == ("category", "ui", False)
    assert told(client.get("/overview"))["next"] == 0
    back = told(client.post("/undo", {}))
    assert (back["number"], back["judged"]) == (2, 0)


def test_a_proposed_span_is_marked(client):
    item = told(client.get("/item", {"number": "0"}))
    query = {"number": "0", "start": str(item["start"]), "end": str(item["end"] + 5)}
    marked = told(client.get("/item", query))
    roles = [span["role"] for span in marked["spans"]]
    assert roles[:2] == ["target", "proposed"]
    text = "".join(piece for part in marked["parts"] for piece, numbers in part["pieces"] if 1 in numbers)
    assert text


def test_results_count_by_category_and_rule(client):
    for number in range(8):
        item = told(client.get("/item", {"number": str(number)}))
        told(client.post("/verdict", {"item": item["id"], "verdict": "right" if number else "wrong"}))
    found = told(client.get("/results"))
    assert sum(sum(row["counts"].values()) for kind in ("removal", "spared") for row in found[kind]["rule"]) == 8
    assert found["removal"]["all"][0]["right"]["low"] < found["removal"]["all"][0]["right"]["share"] < 1


def test_a_text_is_tried():
    client = Client()
    found = told(client.post("/try", {"text": "The bridge is open, the city said.\n\nAdvertisement\n"}))
    assert found["cleaned"] == "The bridge is open, the city said.\n"
    assert [piece for piece in found["pieces"] if piece[1]] == [["Advertisement", [0]]]
    assert found["spans"][0]["rule"] == "advertisement.en.label"
    page = told(client.post("/try", {"text": "<p>The bridge is open.</p>", "kind": "auto", "preset": "careful"}))
    assert page["kind"] == "html"
    assert told(client.get("/overview"), 404)


# --- over a connection ---


@pytest.fixture
def server():
    with Server(None) as found:
        threading.Thread(target=found.serve_forever, args=(0.01,), daemon=True).start()
        yield found
        found.shutdown()


def talk(server, request):
    """What is answered to these bytes, until the server hangs up."""
    with socket.create_connection(server.server_address, timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode("latin-1")


def request(server, first, **headers):
    guard = server.app._guard
    host = f"127.0.0.1:{server.server_port}"
    usual = {"Host": host, "Origin": f"http://{host}", "X-Cleaner-Review": "1", "Cookie": guard.cookie().split(";")[0]}
    lines = [first, *(f"{name}: {value}" for name, value in (usual | headers).items() if value is not None)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_it_listens_on_this_machine_only(server):
    assert server.server_address[0] == "127.0.0.1"
    assert server.address.startswith(f"http://127.0.0.1:{server.server_port}/?token=")


def test_a_page_comes_over_a_connection_and_the_next_one_too(server):
    connection = http.client.HTTPConnection(*server.server_address, timeout=10)
    connection.request("GET", server.address.partition(str(server.server_port))[2])
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Content-Type")) == (200, "text/html; charset=utf-8")
    assert answer.read().startswith(b"<!doctype html>")
    connection.request("GET", "/")
    assert connection.getresponse().status == 403
    connection.close()


@pytest.mark.parametrize(
    ("first", "headers", "body", "status"),
    [
        ("POST /try HTTP/1.1", {"Content-Length": str(TRIAL_LIMIT + 1)}, b"", 413),
        ("POST /verdict HTTP/1.1", {"Content-Length": str(LIMIT + 1)}, b"", 413),
        ("POST /try HTTP/1.1", {"Content-Length": "9" * 5000}, b"", 411),
        ("POST /try HTTP/1.1", {"Content-Length": "-1"}, b"", 411),
        ("POST /try HTTP/1.1", {"Content-Length": "\u0661".encode().decode("latin-1")}, b"", 411),
        ("POST /try HTTP/1.1", {}, b"", 411),
        ("POST /try HTTP/1.1", {"Transfer-Encoding": "chunked", "Content-Length": "2"}, b"{}", 411),
        ("POST /try HTTP/1.1", {"Content-Length": "2"}, b"{}", 200),
        ("PUT /try HTTP/1.1", {"Content-Length": "2"}, b"{}", 501),
        ("GET http://[ HTTP/1.1", {}, b"", 400),
        ("GET /" + "a" * 70_000 + " HTTP/1.1", {}, b"", 414),
    ],
)
def test_what_is_no_request_of_ours_is_refused(server, first, headers, body, status):
    answer = talk(server, request(server, first, **headers) + body)
    assert answer.splitlines()[0].split()[1] == str(status)
    assert "Content-Security-Policy: default-src 'none'" in answer
    assert talk(server, request(server, "GET / HTTP/1.1")).startswith("HTTP/1.1 200")


@pytest.mark.parametrize("first", ["nonsense", "GET / HTTP/9.9", "", "\0" * 500])
def test_what_is_no_http_gets_no_page(server, first):
    answer = talk(server, request(server, first))
    assert "<html" not in answer
    assert talk(server, request(server, "GET / HTTP/1.1")).startswith("HTTP/1.1 200")


def test_a_taken_port_is_said(server):
    with pytest.raises(UsageError, match=f"port {server.server_port} cannot be used.*--port"):
        Server(None, server.server_port)
