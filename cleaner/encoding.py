"""Bytes → text, so that no byte is ever lost.

A page: a byte order mark, UTF-8, the declared label (through the WHATWG list that webencodings holds, never Python's
own codec names, among which are codecs that unpack archives), the same with a few bytes that it lacks, then detection
by charset-normalizer. A plain text: a byte order mark, strict UTF-8, then detection; whatever fails to go back to the
very same bytes is refused for the next candidate.
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

_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")

# So much of what is beyond ASCII must be right UTF-8 if nothing else speaks for it: in the encodings of other scripts
# than Latin some pairs of bytes are by accident.
MIXED_SHARE = 0.5
# The declared encoding is believed as long as it lacks no more than this share of the characters beyond ASCII; one is
# always allowed, because many pages in English have few of these.
LACKING_SHARE = 0.01
# More high bytes than this share are another script than Latin.
WESTERN_SHARE = 0.15
# So much of the high bytes may be odd in windows-1252, as "ÇÃ" in capitals is. Of development pages in French it was
# 1.4 % at most, of pages in Big5, taken for windows-1252, 4.4 % at least, of other scripts and of Polish more.
ODD_SHARE = 0.03
_SIGN_IN_WORD = re.compile(
    "[a-z][\u00a1-\u00aa\u00ac\u00ae-\u00b4\u00b6-\u00ba\u00bc-\u00bf\u00d7\u00f7\u2020-\u2022\u02c6\u2030][a-z]|[\u00c0-\u00ff][\u00c0-\u00de]|[\u00e0-\u00ff]{3}"
)

# Python's names of the encodings that the WHATWG knows: nothing else is on the web. Korean is looked for without the
# syllables that Microsoft added: with these, Shift_JIS can be taken for it.
WEB_CODECS = [
    "cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "koi8_r",
    "koi8_u", "iso8859_2", "iso8859_5", "iso8859_7", "cp866", "cp932", "euc_jp", "iso2022_jp", "gb18030", "big5hkscs",
    "euc_kr",
]  # fmt: skip
# The web reads these as what vendors have made of them; webencodings says so from 0.6 on, but for GBK.
_OF_THE_WEB = {"shift_jis": "cp932", "big5": "big5hkscs", "euc_kr": "cp949", "gbk": "gb18030"}
# HKSCS has other characters in the place of a few of Big5's, and some twice, so that they do not go back.
_OTHER_BIG5 = {"big5hkscs": "big5"}
# What is one character to browsers, though Python's codec does not know it.
_TWO_BYTES = re.compile(rb"[\x81-\x9f\xa1-\xfe][\x80-\xfe]")
_UNITS = {
    "cp932": _TWO_BYTES,
    "gb18030": _TWO_BYTES,
    "big5hkscs": _TWO_BYTES,
    "cp949": _TWO_BYTES,
    "euc_jp": re.compile(rb"\x8f?[\xa1-\xfe]{2}"),
    "iso2022_jp": re.compile(rb"[\x21-\x7e]{2}"),
}
_NO_UNIT = re.compile(rb"(?!)")
# What stands in a text for bytes that its encoding lacks.
_LACKED = re.compile("[\x80-\x9f\ufffd]")
# What windows-1252 lacks are letters of windows-1250: "ť" and "Ź".
_LACKED_IN_WORD = re.compile("[A-Za-z][\x80-\x9f]|[\x80-\x9f][A-Za-z]")

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
    detected = _detect(raw) or ""
    detected = _OF_THE_WEB.get(detected, detected)
    return [name for name in (detected, _OTHER_BIG5.get(detected), "cp1252") if name]


def _looks_western(raw: bytes, strays: bool = False) -> bool:
    """True for windows-1252, which browsers assume where nothing is declared.

    Few bytes are high then, and they are letters and typography, never signs in the middle of words. A few may be
    something else if ``strays``.
    """
    head = raw[:DETECTION_BYTES]
    high = sum(byte > 127 for byte in head)
    if high > WESTERN_SHARE * len(head):
        return False
    text = head.decode("cp1252", _LACKING)
    odd = len(_SIGN_IN_WORD.findall(text)) + len(_LACKED.findall(text))
    return odd == 0 or (strays and odd <= max(1, ODD_SHARE * high))


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
    """The text of a page and the name of its encoding, decoded much as browsers do.

    A few bytes that the declared encoding lacks become U+FFFD, or the controls of that number. If they are many, the
    encoding is guessed. If no guess fits, they become U+FFFD after all, but stray bytes in UTF-8 are windows-1252.

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
    if declared in ("utf-8", None) and _mixed(raw, declared):
        return raw.decode("utf-8", _STRAY), "utf-8"
    for text, name in _readings(raw, declared):
        if text is not None:
            return text, name
    name = declared or "cp1252"
    return raw.decode(name, _STRAY if name == "utf-8" else "replace"), name


def _readings(raw: bytes, declared: str | None) -> Iterator[tuple[str | None, str]]:
    """What to try on a page, the next only if the one before gave no text: guesses take their time."""
    # Bytes beyond ASCII that are right UTF-8 all through the page are that, whatever the page declares: in other
    # encodings such sequences are rare accidents.
    if declared is None or not raw.isascii():
        yield _strictly(raw, "utf-8"), "utf-8"
    if declared is not None:
        yield _strictly(raw, declared), declared
    if declared is not None and declared != "utf-8":
        yield _but_for_a_few(raw, declared), declared
    elif _strictly(raw, "cp1252") is None:  # else it is one guess among others
        yield _but_for_a_few(raw, "cp1252"), "cp1252"
    for name in _guesses(raw):
        yield _strictly(raw, name), name


def _strictly(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _but_for_a_few(raw: bytes, name: str) -> str | None:
    """The text of a page in an encoding that lacks next to nothing of it: a word was pasted in from elsewhere.

    ``None`` if it lacks more. Of windows-1252 a page must look, too: it is often said of pages that are something else.
    """
    if name == "cp1252" and not _looks_western(raw, strays=True):
        return None
    rough = raw.decode(name, "replace")  # fast, whatever stands in the page, but some pairs may be askew
    beyond = sum(char > "\x7f" for char in rough)
    if rough.count("\ufffd") > max(10, 10 * LACKING_SHARE * beyond):
        return None
    text = raw.decode(name, _LACKING)
    if len(_LACKED.findall(text)) > max(1, LACKING_SHARE * beyond):
        return None
    return None if name == "cp1252" and _LACKED_IN_WORD.search(text) else text


def _mixed(raw: bytes, declared: str | None) -> bool:
    """True for UTF-8 in which some bytes are not: pages are pasted together from several sources.

    Half of the bytes beyond ASCII must be right UTF-8; some are enough in a page that declares it, if all the others
    can be windows-1252.
    """
    if _strictly(raw, "utf-8") is not None:
        return False
    right = sum(map(len, _UTF8_LETTER.findall(raw)))
    if right > MIXED_SHARE * sum(byte > 127 for byte in raw):
        return True
    return declared is not None and right > 0 and _looks_western(_UTF8_LETTER.sub(b" ", raw), strays=True)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101  (registered for decoding only)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


def _as_the_web(error: UnicodeError) -> tuple[str, int]:
    """What browsers read where Python's codec knows nothing, and where they go on."""
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101
    raw, start = error.object, error.start
    if error.encoding == "charmap":
        # What browsers take of the one-byte encodings, and Python does not, are the controls of that number.
        return chr(raw[start]) if raw[start] < 0xA0 else "\ufffd", start + 1
    # Python would go on with the second byte of a pair, and take all pairs to the next ASCII one byte askew.
    unit = _UNITS.get(error.encoding, _NO_UNIT).match(raw, start)
    if unit is None:
        return "\ufffd", error.end
    added = error.encoding in ("euc_jp", "iso2022_jp") and len(unit[0]) == 2
    return _of_vendors(unit[0][0] & 0x7F, unit[0][1] & 0x7F) if added else "\ufffd", unit.end()


def _of_vendors(row: int, cell: int) -> str:
    """A character that NEC and IBM have added to Japan's standard, by its 7-bit code: ① and 髙 are among them.

    The same table, arranged in another way, is in windows-932.
    """
    lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
    trail = cell + (0x7E if row % 2 == 0 else 0x1F + (cell > 0x5F))
    return _strictly(bytes([lead, trail]), "cp932") or "\ufffd"


_STRAY = "news-cleaner-stray-bytes"
codecs.register_error(_STRAY, _as_windows_1252)
_LACKING = "news-cleaner-lacking-bytes"
codecs.register_error(_LACKING, _as_the_web)


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
    codec = str(known.codec_info.name)
    return _OF_THE_WEB.get(codec, codec)
