"""WARC and WET: every page that can be had, whatever its neighbours, its headers and its packing say."""

import gzip
import hashlib
import io
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.encoding import decode_html
from cleaner.io.fields import cleaned_row
from cleaner.io.files import find_inputs, read_entries
from cleaner.io.http_body import plain_body
from cleaner.io.records import Keys, Passed, Record, Unreadable
from cleaner.io.warc import read_warc

pytest.importorskip("fastwarc", reason="needs the extra warc")
brotli = pytest.importorskip("brotli", reason="needs the extra warc")
zstandard = pytest.importorskip("zstandard", reason="needs the extra zst")

PAGE = b"<!DOCTYPE html><p>" + b" ".join(hashlib.sha256(b"%d" % n).hexdigest().encode() for n in range(500))


def record(block, n=0, type="response", media="application/http; msgtype=response", length=None, extra=""):
    head = (
        f"WARC/1.0\r\nWARC-Type: {type}\r\nWARC-Record-ID: <urn:uuid:{n}>\r\nWARC-Date: 2024-02-29T00:00:00Z\r\n"
        f"WARC-Target-URI: https://news.example/{n}\r\n{extra}Content-Type: {media}\r\n"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def http(body=PAGE, headers="", media="text/html; charset=utf-8", status="200 OK"):
    return f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n{headers}\r\n".encode() + body


def chunked(body, size=5000):
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def entries(data, **options):
    return list(read_warc(io.BytesIO(data), "a.warc", Keys(), **options))


def outcomes(data, **options):
    return [entry.raw if isinstance(entry, Record) else entry.why for entry in entries(data, **options)]


GOOD = [record(http(b"<p>page %d " % n + PAGE[:800]), n) for n in range(6)]


def test_a_response():
    (entry,) = entries(record(http(b"<p>caf\xe9", media="text/html; charset=ISO-8859-1")))
    fields = {
        "id": "<urn:uuid:0>",
        "url": "https://news.example/0",
        "date": "2024-02-29T00:00:00Z",
        "charset": "iso-8859-1",
    }
    assert entry == Record(0, "<urn:uuid:0>", b"<p>caf\xe9", "html", "https://news.example/0", None, fields)
    assert cleaned_row(entry, "café") == {**fields, "text": "café"}


def test_a_text_and_a_page_without_http():
    wet = record("Zürich".encode(), 1, "conversion", "text/plain")
    page = record(b"<p>x", 2, "resource", "text/html")
    assert [(e.number, e.kind, e.raw) for e in entries(wet + page)] == [
        (0, "text", "Zürich".encode()),
        (1, "html", b"<p>x"),
    ]


def test_what_is_passed_over_has_a_reason():
    data = b"".join(
        [
            record(b"software: x\r\n", 0, "warcinfo", "application/warc-fields"),
            record(b"GET / HTTP/1.1\r\n\r\n", 1, "request", "application/http; msgtype=request"),
            record(http(b"\x89PNG", media="image/png"), 2),
            record(http(status="404 Not Found"), 3),
            record(http(status="301 Moved"), 4),
            record(b"20240229 1.2.3.4", 5, "response", "text/dns"),
            record(http(), 6, "revisit"),
            record(http(b'{"a": 1}', media=""), 7),
            record(http(b" <p>x", media=""), 8),
            record(b"x", 9, "nonsense", "x/y"),
            record(http(status="999 Denied"), 10),
        ]
    )
    found = entries(data)
    assert [entry.number for entry in found] == list(range(11))
    assert [entry.reason if isinstance(entry, Passed) else entry.raw for entry in found] == [
        "warcinfo", "request", "no page", "status 404", "status 301", "no HTTP", "revisit", "no page", b" <p>x", "unknown type", "unknown status",
    ]  # fmt: skip


PACKED = {
    "gzip": ("Content-Encoding: gzip", gzip.compress(PAGE)),
    "x-gzip": ("Content-Encoding: X-GZIP", gzip.compress(PAGE)),
    "two members": ("Content-Encoding: gzip", gzip.compress(PAGE[:500]) + gzip.compress(PAGE[500:])),
    "deflate": ("Content-Encoding: deflate", zlib.compress(PAGE)),
    "raw deflate": ("Content-Encoding: deflate", zlib.compress(PAGE)[2:-4]),
    "brotli": ("Content-Encoding: br", brotli.compress(PAGE)),
    "zstd": ("Content-Encoding: zstd", zstandard.compress(PAGE)),
    "twice": ("Content-Encoding: br, gzip", gzip.compress(brotli.compress(PAGE))),
    "chunked": ("Transfer-Encoding: chunked", chunked(PAGE)),
    "chunked gzip": ("Transfer-Encoding: Chunked\r\nContent-Encoding: gzip", chunked(gzip.compress(PAGE))),
    "chunk with extension": ("Transfer-Encoding: chunked", b"%X ;a=b\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE)),
    "identity": ("Content-Encoding: identity", PAGE),
}
LIES = {
    name: (f"{header}: {value}", PAGE)
    for name, header, value in [
        ("gzip", "Content-Encoding", "gzip"),
        ("deflate", "Content-Encoding", "deflate"),
        ("brotli", "Content-Encoding", "br"),
        ("zstd", "Content-Encoding", "zstd"),
        ("utf-8", "Content-Encoding", "utf-8"),
        ("compress", "Content-Encoding", "compress"),
        ("chunked", "Transfer-Encoding", "chunked"),
    ]
}


@pytest.mark.parametrize(
    "case", [*PACKED.items(), *(("no " + name, case) for name, case in LIES.items())], ids=lambda case: case[0]
)
def test_bodies_are_unpacked_and_headers_not_believed(case):
    header, body = case[1]
    (entry,) = entries(record(http(body, header + "\r\n")))
    assert entry.raw == PAGE
    assert "truncated" not in entry.fields


@pytest.mark.parametrize("name", sorted(set(PACKED) - {"identity", "chunk with extension"}))
def test_a_body_that_breaks_off_is_given_as_far_as_it_goes(name):
    header, body = PACKED[name]
    for cut in range(1, len(body) - 9, 97):
        (entry,) = entries(record(http(body[:cut], header + "\r\n")))
        if isinstance(entry, Record) and not PAGE.startswith(entry.raw):
            assert cut < 200  # so short that it cannot be told from a body that is not packed
        elif isinstance(entry, Record):
            assert entry.fields["truncated"] == "the body breaks off"
    # zstd packs so short a page in one block, and Brotli may.
    assert name in ("zstd", "brotli", "twice") or len(entry.raw) > len(PAGE) // 2


def test_a_body_shorter_than_http_says():
    (entry,) = entries(record(http(b"<p>x", "Content-Length: 5\r\n")))
    assert (entry.raw, entry.fields["truncated"]) == (b"<p>x", "the body breaks off")
    (entry,) = entries(record(http(b"<p>x", "Content-Length: 4\r\n"), extra="WARC-Truncated: time\r\n"))
    assert entry.fields["truncated"] == "time"


@pytest.mark.parametrize(
    ("header", "body", "said"),
    [
        ("Content-Encoding: gzip", lambda: gzip.compress(b"<p>" + b"a" * 300_000_000), "bomb"),
        ("Content-Encoding: gzip", lambda: gzip.compress(PAGE * 100), "larger than 1 MB"),
        ("Content-Encoding: br", lambda: brotli.compress(b"<p>" + b"a" * 50_000_000), "larger than 1 MB"),
        ("Content-Encoding: zstd", lambda: zstandard.compress(b"<p>" + b"a" * 50_000_000), "larger than 1 MB"),
        ("X: y", lambda: PAGE * 40, "larger than 1 MB"),
        ("Content-Encoding: compress", lambda: b"\x1f\x9d\x90\x00\x01\x02\x03", "packed as 'compress'"),
        ("Content-Encoding: gzip", lambda: gzip.compress(PAGE)[:12], "end too early"),
    ],
)
def test_a_bad_body_costs_its_record(header, body, said):
    limit = 100_000_000 if said == "bomb" else 1_000_000
    data = record(http(body(), header + "\r\n")) + GOOD[1]
    tracemalloc.start()
    found = outcomes(data, limit=limit)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said in found[0]
    assert found[1].startswith(b"<p>page 1")
    assert peak < (80_000_000 if said == "bomb" else 15_000_000)


def numbers(data, **options):
    """Which of the good pages are there, and what is said of those that cannot be read."""
    told = (entry for entry in entries(data, **options) if not isinstance(entry, Passed))
    return [int(entry.url[-1]) if isinstance(entry, Record) else entry.why for entry in told]


@pytest.mark.parametrize("length", [0, 10, 100])
def test_a_length_that_is_too_short(length):
    bad = record(http(), 1, length=length)
    assert numbers(GOOD[0] + bad + GOOD[2]) == [0, "its Content-Length does not fit what stands there", 2]


@pytest.mark.parametrize("more", [10, 100, 2000, 10**6, 10**9])
def test_a_length_that_is_too_long(more):
    bad = record(http(), 1, length=len(http()) + more)
    first, why, *others = numbers(GOOD[0] + bad + GOOD[2] + GOOD[3])
    assert first == 0
    assert "Content-Length" in why
    assert others == [2, 3]


@pytest.mark.parametrize(
    ("strange", "said"),
    [
        (b"nonsense\r\nand more\r\n\r\n", "here stand bytes that are no WARC record"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", "the record has no Content-Length"),
        (b"WARC/1.0\r\nContent-Length: -5\r\n\r\n", "the record has no Content-Length"),
        (b"WARC/1.0\r\nX: y", "the head of the record does not end"),
        (b"WARC/1.0\r\nX: " + b"a" * 1_500_000, "the head of the record does not end"),
        (record(http(), 1).replace(b"HTTP/1.1 200 OK", b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), None),
    ],
)
def test_what_is_no_record_costs_itself(strange, said):
    assert numbers(GOOD[0] + strange + b"\r\n" + GOOD[2]) == ([0, said, 2] if said else [0, 2])


def test_a_large_record_is_passed_over():
    found = numbers(GOOD[0] + record(http(b"x" * 3_000_000), 1) + GOOD[2], limit=1_000_000)
    assert found == [0, "larger than 1 MB, the limit for one record", 2]


MANY = [record(http(b"<p>page %d " % n + PAGE), n) for n in range(200)]  # 6.6 MB


@pytest.mark.parametrize("length", [1_000_100, 3_000_000, 6_000_000, 10**14])
def test_a_length_above_the_limit_that_is_wrong_costs_its_record(length):
    wrong = record(http(b"<p>short"), 999, length=length)
    found = numbers(MANY[0] + wrong + b"".join(MANY[1:]), limit=1_000_000)
    assert found == [0, "its Content-Length reaches beyond the next records", *(n % 10 for n in range(1, 200))]


def test_two_lengths_above_the_limit_that_are_wrong():
    wrong = record(http(b"<p>short"), 999, length=3_000_000)
    found = numbers(MANY[0] + wrong + wrong + b"".join(MANY[1:]), limit=1_000_000)
    assert [each for each in found if not isinstance(each, int)] == [
        "its Content-Length reaches beyond the next records"
    ]
    assert len(found) == 201


@pytest.mark.parametrize(
    "told",
    [
        b"\r\n\r\nWARC/1.0\r\nis how a record begins.\r\n\r\n",
        b"\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\nContent-Length: 7\r\n\r\nand so on, and on.\r\n",
        b"\r\n\r\nWARC/1.0\r\nContent-Length: 10000000\r\n\r\n" * 1000,
        b"\nWARC/1.0\n" * 1000,
    ],
)
@pytest.mark.parametrize("before", [0, 500_000, 2_500_000])
def test_a_page_above_the_limit_that_tells_of_warc(told, before):
    large = record(http(b"x" * before + told + b"x" * (3_000_000 - before)), 1)
    found = numbers(GOOD[0] + large + GOOD[2], limit=1_000_000)
    assert found == [0, "larger than 1 MB, the limit for one record", 2]
    cut = GOOD[0] + large[:-1_000]
    assert numbers(cut, limit=1_000_000)[1].endswith("the file ends before the record does")


def test_an_archive_in_a_record_above_the_limit():
    large = record(b"x" * 2_500_000 + b"\r\n\r\n" + GOOD[3] + GOOD[4] + b"x" * 1000, 1, "resource", "application/warc")
    found = numbers(GOOD[0] + large + GOOD[2], limit=1_000_000)
    assert found == [0, "larger than 1 MB, the limit for one record", 2]
    assert numbers(GOOD[0] + large, limit=1_000_000) == found[:2]


def test_odd_heads():
    block = http(b"<p>x").replace(b"\r\n", b"\n")
    assert numbers(record(block, 1).replace(b"\r\n", b"\n") + GOOD[2]) == [1, 2]
    lower = record(http(b"<p>x"), 1).replace(b"WARC-Type: response", b"warc-type:RESPONSE")
    assert outcomes(lower) == [b"<p>x"]
    latin = record(http(b"<p>x"), 1).replace(b"example/1", b"example/caf\xe9")
    assert outcomes(latin) == [b"<p>x"]


@pytest.mark.parametrize("pack", [None, gzip.compress, zstandard.compress], ids=["plain", "gzip", "zstd"])
@pytest.mark.parametrize("members", [True, False])
def test_a_cut_archive_keeps_the_records_before(tmp_path, pack, members):
    parts = GOOD if pack is None else [pack(part) for part in GOOD] if members else [pack(b"".join(GOOD))]
    data = b"".join(parts)
    path = tmp_path / "a.warc"
    path.write_bytes(data)
    (file,) = find_inputs(str(path))
    whole = list(read_entries(file))
    assert len(whole) == len(GOOD)
    ends = [sum(map(len, parts[: n + 1])) for n in range(len(parts))]
    for cut in range(1, len(data), 97):
        path.write_bytes(data[:cut])
        found = list(read_entries(file))
        before = sum(end <= cut for end in ends)
        assert found[:before] == whole[:before]
        kept = [entry for entry in found if isinstance(entry, Record)]
        assert kept == whole[: len(kept)]
        assert cut in ends or isinstance(found[-1], Unreadable) or len(found) == len(kept) > before


def test_any_wrong_byte():
    data = b"".join(GOOD[:3])
    for at in range(0, len(data), 7):
        found = entries(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        assert len([entry for entry in found if isinstance(entry, Record)]) >= 2


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data):
    assert numbers(GOOD[1] + data + b"\r\n" + GOOD[2])[0] == 1
    assert b"WARC/" in data or numbers(data + b"\r\n" + GOOD[2])[-1] == 2
    entries(b"WARC/1.0\r\n" + data)
    entries(record(data))
    entries(record(http(data)))


@given(
    st.binary(max_size=300), st.sampled_from(["chunked", ""]), st.sampled_from(["gzip", "deflate", "br", "zstd", ""])
)
def test_no_body_breaks_it(data, transfer, content):
    for magic in (b"", b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"\x78\x9c", b"5\r\n"):
        found = entries(record(http(magic + data, f"Transfer-Encoding: {transfer}\r\nContent-Encoding: {content}\r\n")))
        assert len(found) == 1


@given(st.binary(max_size=3000), st.integers(1, 700), st.sampled_from(["", "gzip", "br", "zstd", "gzip, br"]))
def test_round_trip(body, size, coding):
    body = b"<p>" + body
    pack = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstandard.compress}
    packed = body
    for name in filter(None, coding.split(", ")):
        packed = pack[name](packed)
    if coding.endswith("br") and sum(byte < 9 or 13 < byte < 32 for byte in packed[:1000]) <= len(packed[:1000]) // 50:
        return  # nobody could tell these few bytes from text
    assert plain_body(chunked(packed, size), "chunked", coding, 10_000) == (body, True)


def test_the_charset_of_http_decides_between_two():
    text = "ニュース"
    (entry,) = entries(record(http(f"<p>{text}".encode("euc_jp"), media="text/html; charset=EUC-JP")))
    assert decode_html(entry.raw, entry.fields["charset"])[0] == f"<p>{text}"
    declared = f'<meta charset="shift_jis"><p>{text}'.encode("euc_jp")
    assert decode_html(declared, "euc-jp")[0].endswith(text)
    assert decode_html(f"<p>{text}".encode(), "iso-8859-1")[0] == f"<p>{text}"
    assert decode_html(f"<p>{text}".encode("euc_jp"), "no such charset")[1]
    assert decode_html(b"<p>news!", "utf-16")[0] == "<p>news!"
    assert decode_html("<p>news!".encode("utf-16-le"), "utf-16")[0] == "<p>news!"


def test_heads_that_never_end_cost_time_once():
    data = b"WARC/1.0\r\nX: " + b"WARC/1.0\r\n" * 50_000
    assert len(entries(data + GOOD[0])) == 50_000 + 1
