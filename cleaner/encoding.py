"""Bytes → text, so that no byte is ever lost.

The order is the browser's: a byte order mark, the declared label (through the WHATWG list that webencodings holds,
never Python's own codec names, among which are codecs that unpack archives), strict UTF-8, then detection by
charset-normalizer. Whatever fails to go back to the very same bytes is refused for the next candidate.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Other elements than these have a charset, too: scripts name their own.
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)\b[^<>]{0,400}?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:\-]{2,40})""", re.IGNORECASE
)

# How much of a page may hold the declaration (the WHATWG asks for 1024 bytes; pages with long comments need more).
DECLARATION_BYTES = 4096

# How much charset-normalizer looks at, in bytes: it takes some 50 ms for this.
DETECTION_BYTES = 60_000

_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")

# In a page that declares nothing, so much of what is beyond ASCII must be right UTF-8: in Chinese and Japanese
# encodings some pairs of bytes are by accident.
MIXED_SHARE = 0.5
# More high bytes than this share are another script than Latin.
WESTERN_SHARE = 0.15
_SIGN_IN_WORD = re.compile(
    "[a-z][\u00a1-\u00aa\u00ac\u00ae-\u00b4\u00b6-\u00ba\u00bc-\u00bf\u00d7\u00f7\u2020-\u2022\u02c6\u2030][a-z]|[\u00c0-\u00ff][\u00c0-\u00de]|[\u00e0-\u00ff]{3}"
)

# Python's names of the encodings that the WHATWG knows: nothing else is on the web.
WEB_CODECS = [
    "cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "koi8_r",
    "koi8_u", "iso8859_2", "iso8859_5", "iso8859_7", "cp866", "shift_jis", "euc_jp", "iso2022_jp", "gb18030", "big5",
    "euc_kr",
]  # fmt: skip

# A page that was encoded twice has at least so many characters beyond ASCII, once mended: a page that has nothing but
# ASCII may quote one or two garbled ones.
GARBLED = 3
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
# What windows-1252 has for the bytes 80 to 9F. For the five that it leaves out the web has the controls of that number,
# as Latin-1 has for all of them.
_TYPOGRAPHY = {ord(char): byte for byte in range(0x80, 0xA0) if (char := bytes([byte]).decode("cp1252", "ignore"))}

LOSSLESS = "utf-8/surrogateescape"
"""How a text is named whose bytes are no known encoding: undecodable bytes stay, as lone surrogates."""


def decode_text(raw: bytes) -> tuple[str, str]:
    """The text of a plain-text file and the name of its encoding; :func:`encode_text` gives the bytes back.

    >>> decode_text("Zürich".encode("cp1252"))[0]
    'Zürich'
    """
    for mark, name in _BOMS:
        if raw.startswith(mark):
            text = _exactly(raw, name)
            if text is not None:
                return text, name
    text = _exactly(raw, "utf-8")
    if text is not None:
        return text, "utf-8"
    for name in _guesses(raw):
        text = _exactly(raw, name)
        if text is not None:
            return text, name
    return raw.decode("utf-8", "surrogateescape"), LOSSLESS


def encode_text(text: str, encoding: str) -> bytes:
    """The inverse of :func:`decode_text`."""
    if encoding == LOSSLESS:
        return text.encode("utf-8", "surrogateescape")
    return text.encode(encoding, "surrogatepass" if encoding.startswith("utf-16") else "strict")


def _exactly(raw: bytes, name: str) -> str | None:
    try:
        text = raw.decode(name)
        return text if encode_text(text, name) == raw else None
    except (UnicodeError, LookupError):
        return None


def _guesses(raw: bytes) -> list[str]:
    if b"\0" in raw[:4096] and len(raw) % 2 == 0:
        even, odd = raw[0:4096:2].count(0), raw[1:4096:2].count(0)
        if max(even, odd) > 0.3 * len(raw[:4096]) / 2:
            return ["utf-16-le" if odd > even else "utf-16-be"]
    if _is_binary(raw[:4096]):
        return []
    if _looks_western(raw):
        return ["cp1252"]
    return [name for name in (_detect(raw), "cp1252") if name]


def _looks_western(raw: bytes) -> bool:
    """True for windows-1252, which browsers assume where nothing is declared.

    Few bytes are high then, and they are letters and typography, never signs in the middle of words.
    """
    high = sum(byte > 127 for byte in raw[:DETECTION_BYTES])
    if high > WESTERN_SHARE * len(raw[:DETECTION_BYTES]):
        return False
    text = raw[:DETECTION_BYTES].decode("cp1252", "replace")
    return not _SIGN_IN_WORD.search(text) and "\ufffd" not in text


def _is_binary(head: bytes) -> bool:
    return sum(byte < 9 or 13 < byte < 27 for byte in head) > 0.02 * len(head)


def _detect(raw: bytes) -> str | None:
    from charset_normalizer import from_bytes  # noqa: PLC0415  (only asked where everything certain has failed)

    high = next((at for at, byte in enumerate(raw) if byte > 127), 0)
    start = max(0, high - DETECTION_BYTES // 2)
    best = from_bytes(raw[start : start + DETECTION_BYTES], cp_isolation=WEB_CODECS).best()
    return best.encoding if best else None


def html_as_utf8(page: str | bytes) -> bytes:
    """A page in UTF-8, bytes decoded as :func:`decode_html` does. Most pages are that already."""
    raw = page.encode("utf-8", "replace") if isinstance(page, str) else page
    if isinstance(page, str) or _is_utf8(raw):
        return _encoded_once(raw) or raw
    return decode_html(raw)[0].encode("utf-8", "replace")


def _is_utf8(raw: bytes) -> bool:
    if b"\0" in raw or b"\x1b" in raw or raw.startswith(codecs.BOM_UTF8):
        return False  # the bytes of UTF-16 or ISO-2022 may look like ASCII
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def decode_html(raw: bytes, charset: str | None = None) -> tuple[str, str]:
    """The text of a page and the name of its encoding, decoded as browsers do; undecodable bytes become U+FFFD.

    A page that was encoded in UTF-8 twice is mended, which browsers do not do; its encoding is ``utf-8``.

    ``charset`` is the label that HTTP gave it, if it came by HTTP. It goes before what the page declares, unless it is
    windows-1252 or Latin-1: many servers say that of everything.
    """
    once = _encoded_once(raw)
    if once is not None:
        return once.decode("utf-8"), "utf-8"
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(name, "replace"), name
    declared = declared_encoding(raw)
    told = _known_codec(charset) if charset else None
    if told and told.startswith("utf-16") and b"\0" not in raw[:DECLARATION_BYTES]:
        told = None  # ASCII would become Chinese
    if told and (declared is None or told != "cp1252"):
        declared = told
    if declared in ("utf-8", None) and _mixed(raw, 0 if declared else MIXED_SHARE):
        return raw.decode("utf-8", _STRAY), "utf-8"
    for name in _candidates(raw, declared):
        try:
            return raw.decode(name), name
        except (UnicodeDecodeError, LookupError):
            continue
    name = declared or "utf-8"
    return raw.decode(name, "replace"), name


def _candidates(raw: bytes, declared: str | None) -> Iterator[str]:
    """What to try on a page, the next only if the one before has failed: guesses take their time."""
    # Bytes beyond ASCII that are right UTF-8 all through the page are that, whatever the page declares: in other
    # encodings such sequences are rare accidents.
    if declared is None or not raw.isascii():
        yield "utf-8"
    if declared is not None:
        yield declared
    yield from _guesses(raw)


def _mixed(raw: bytes, share: float) -> bool:
    """True for UTF-8 in which some bytes are not: pages are pasted together from several sources.

    ``share``, 0 to 1, of the bytes beyond ASCII must be right UTF-8.
    """
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        right = sum(map(len, _UTF8_LETTER.findall(raw)))
        return right > share * sum(byte > 127 for byte in raw)
    return False


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101  (registered for decoding only)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_STRAY = "news-cleaner-stray-bytes"
codecs.register_error(_STRAY, _as_windows_1252)


def _encoded_once(raw: bytes) -> bytes | None:
    """A page without the second of two encodings, and without a byte order mark; ``None`` if it has but one.

    Somebody read UTF-8 as Latin-1 or windows-1252, which give every byte a character, and wrote these in UTF-8: "é" has
    become "Ã©". It is taken back only if the whole page proves it: all its characters beyond ASCII, as bytes again, are
    valid UTF-8. A single right "é" disproves it, because its byte asks for another that continues it; so does a page
    about such garbling that shows what was meant. Right characters that are valid UTF-8 by accident are rare, a page
    without any others rarer still. The idea is that of ftfy (Robyn Speer), which mends texts by the same step where
    they look garbled, stretches of them, too.

    Nearly every page disproves it by the first such character, so that this costs next to nothing.
    """
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        raw.decode("ascii")
        return None
    except UnicodeDecodeError as error:
        first = error.start
    try:
        once = raw[:first] + _BEYOND_ASCII.sub(_as_bytes, raw[first:])
        garbled = sum(char > "\x7f" for char in once.decode("utf-8"))
    except UnicodeError:
        return None
    return once.removeprefix(codecs.BOM_UTF8) if garbled >= GARBLED else None


def _as_bytes(garbled: re.Match[bytes]) -> bytes:
    """The bytes that a run of characters was read from. Raises :class:`UnicodeError` if they are no UTF-8."""
    raw = garbled.group().decode("utf-8").translate(_TYPOGRAPHY).encode("latin-1")
    raw.decode("utf-8")
    return raw


def declared_encoding(raw: bytes) -> str | None:
    """The Python codec of the label that the page declares; ``None`` if it declares none that the web knows."""
    labels = (match[1].decode("ascii") for match in _DECLARED.finditer(raw[:DECLARATION_BYTES]))
    codec = next(filter(None, map(_known_codec, labels)), None)
    # A page that can be read as ASCII to find this label is not UTF-16, whatever it says.
    return "utf-8" if codec and codec.startswith("utf-16") else codec


def _known_codec(label: str) -> str | None:
    import webencodings  # noqa: PLC0415

    known = webencodings.lookup(label)
    if known is None or known.name in ("replacement", "x-user-defined"):
        return None
    return str(known.codec_info.name)
