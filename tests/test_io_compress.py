"""Packed streams: many members, every kind of damage, bombs; what stands before the damage is always read."""

import gzip
import hashlib
import io
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.errors import InputError
from cleaner.io.compress import unpacked
from cleaner.io.streams import Source

zstandard = pytest.importorskip("zstandard", reason="needs the extra zst")

# Does not pack well, so that the packed data have some length to be cut at.
DATA = b"".join(b"%d %s\n" % (n, hashlib.sha256(b"%d" % n).hexdigest().encode()) for n in range(400))
PACK = {"gzip": gzip.compress, "zstd": zstandard.ZstdCompressor(write_checksum=True).compress}


def read(packed, **options):
    """What can be read of packed bytes, and the damage."""
    try:
        source = Source(unpacked(io.BytesIO(packed), **options))
    except InputError as error:
        return b"", str(error)
    return b"".join(iter(source.chunk, b"")), source.damage


@pytest.mark.parametrize("packing", PACK)
def test_members_follow_each_other(packing):
    assert read(PACK[packing](DATA) + PACK[packing](b"") + PACK[packing](b"more")) == (DATA + b"more", None)


def test_what_is_not_packed_comes_as_it_is():
    assert read(DATA) == (DATA, None)
    assert read(b"") == (b"", None)
    assert read(b"\x1f") == (b"\x1f", None)


@pytest.mark.parametrize("packing", PACK)
def test_cut_off_anywhere(packing):
    packed = PACK[packing](DATA) + PACK[packing](DATA)
    whole = len(PACK[packing](DATA))
    last = 0
    for cut in range(4, len(packed), 97):
        got, damage = read(packed[:cut])
        assert (DATA + DATA).startswith(got)
        assert len(got) >= last
        assert cut == whole or "cut off" in damage
        last = len(got)
    assert last >= len(DATA)


def test_gzip_cut_off_gives_all_that_it_holds():
    packed = gzip.compress(DATA)
    for cut in range(20, len(packed), 97):
        assert read(packed[:cut])[0] == zlib.decompressobj(31).decompress(packed[:cut])


def test_gzip_gives_what_stands_before_a_wrong_byte():
    packed = gzip.compress(DATA)
    for at in range(200, len(packed) - 8, 97):
        wrong = packed[:at] + bytes([packed[at] ^ 0x55]) + packed[at + 1 :]
        got, damage = read(wrong)
        assert "damaged" in damage
        before = zlib.decompressobj(31).decompress(packed[: at - 1])
        assert got.startswith(before[:-300])


@pytest.mark.parametrize("packing", PACK)
def test_a_wrong_checksum_is_told(packing):
    packed = PACK[packing](DATA)
    at = -6 if packing == "gzip" else -2
    wrong = packed[:at] + bytes([packed[at] ^ 1]) + packed[at + 1 :]
    got, damage = read(wrong)
    assert "damaged" in damage
    assert packing == "zstd" or got == DATA


@pytest.mark.parametrize("packing", PACK)
def test_bytes_after_the_end_are_told(packing):
    got, damage = read(PACK[packing](DATA) + b"no more")
    assert got == DATA
    assert "after the end" in damage


def test_padding_with_zeros_is_no_damage():
    assert read(gzip.compress(DATA) + b"\0" * 512 + gzip.compress(DATA) + b"\0" * 100_000) == (DATA + DATA, None)


def bomb(packing, size):
    if packing == "gzip":
        return gzip.compress(b"a" * size)
    return zstandard.ZstdCompressor(3).compress(b"a" * size)


@pytest.mark.parametrize("packing", PACK)
def test_a_bomb_is_given_up_and_never_held(packing):
    packed = bomb(packing, 300_000_000)
    tracemalloc.start()
    source = Source(unpacked(io.BytesIO(packed)))
    size = sum(len(chunk) for chunk in iter(source.chunk, b""))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "bomb" in source.damage
    assert size < 150_000_000
    assert peak < 80_000_000


def test_text_that_repeats_is_no_bomb():
    line = b'{"url": "https://news.example/", "text": "the same again"}\n'
    data = b"".join(b"%d" % n + line for n in range(1_500_000))
    assert read(gzip.compress(data, 1))[1] is None


@pytest.mark.parametrize("packing", PACK)
def test_skippable_frames_and_long_windows(packing):
    frame = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"12345"
    if packing == "zstd":
        assert read(frame + PACK[packing](DATA) + frame) == (DATA, None)
        parameters = zstandard.ZstdCompressionParameters(window_log=30, enable_ldm=True)
        long = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
        assert "--long" in read(long.compress(DATA) + long.flush())[1]


@given(st.lists(st.binary(max_size=2000), max_size=5), st.sampled_from(sorted(PACK)))
def test_round_trip(members, packing):
    packed = b"".join(map(PACK[packing], members))
    assert read(packed) == (b"".join(members), None)


@given(st.binary(max_size=300), st.sampled_from([b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd"]))
def test_no_bytes_break_it(data, magic):
    read(magic + data)
