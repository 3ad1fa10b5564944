"""Bad input: a clear error or a sensible result; never a traceback, never lost text, never more than linear time."""

import codecs
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleaner
from cleaner.encoding import decode_html, decode_text, encode_text, html_as_utf8
from cleaner.errors import UsageError
from tests.invariants import check_invariants
from tests.timing import least_seconds

DUMMY = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna "
    "aliqua, ut enim ad minim veniam, quis nostrud exercitation ullamco laboris"
)
STORY = "The council voted on Tuesday night to rebuild the old harbour bridge, which had been closed for a year."


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\t \r\n", "\u200b", "\ufeff"])
def test_nothing_in_it(text):
    result = cleaner.clean(text, kind="text")
    assert result.flags == {"empty"}
    assert result.text == text
    check_invariants(result)


@pytest.mark.parametrize(
    "text",
    [
        STORY,
        "One line",
        "a\0b\0c " + STORY,
        f"{STORY} \udc80\udcff\ud800 {STORY}",
        f"\u202e{STORY}\u202c",
        f"{STORY}\r\n\r\n{STORY[:50]}\r{STORY[50:]}\u2028{STORY[3:]}\u2029\x85\x0b\x0c{STORY[9:]}",
        f"{STORY}\n" + "e" + "\u0301" * 5000,
        "\x1b[31mred\x1b[0m " + STORY,
        STORY + "\n" + "=" * 5000,
        "\n".join([f"{DUMMY} {number}." for number in range(6)]),
    ],
)
def test_strange_text_stays(text):
    result = cleaner.clean(text, kind="text")
    assert result.text == text
    check_invariants(result)


@pytest.mark.parametrize(
    "unit",
    [
        STORY + " ", "a", "ab ", " ", "share ", "\n", "x\n", "photo: a/b, ", "by and ", "12:30 ", "1 comment\n", "é\u0301",
        "©", "(", "“", "| ", "a@b.", "#tag ", "2024-05-14 ", "Share\n", "read more: a. ", "<p>", "{{a}} ", "ａ",
    ],
)  # fmt: skip
def test_time_grows_with_the_length(unit):
    cleaner.clean(STORY)
    short, long = unit * (20_000 // len(unit)), unit * (160_000 // len(unit))
    enough = 30 * max(least_seconds(lambda: cleaner.clean(short, kind="text"), 0.02), 0.02)
    taken = least_seconds(lambda: cleaner.clean(long, kind="text"), enough)
    assert taken < enough, "eight times the text took more than thirty times as long"


# Each took seconds to years, the most because a regular expression could share out a run in too many ways.
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text", f"Ba{'M' * 50}?\n\n12 May 2024\n\n{STORY}"),
        ("auto", "<!-- -->" * 400 + STORY),
        ("text", "Facebook" + "·-google news" * 15 + "!"),
        ("text", "\n".join("تاريخ" + " " * 65 + "!" * n for n in range(1, 20))),
        ("text", f"Council b{'a' * 40_000} votes\n\nAdvertisement\n\n{STORY}\n\n{STORY[4:]}"),
        ("text", f"{STORY * 2} Sign up for our newsletter.{' ' * 40_000}1"),
        ("html", "<div><h1>Bridge</h1>" * 30_000),
    ],
    ids=["name", "comments", "networks", "date", "word", "spaces", "headings"],
)
def test_runs_take_no_time(kind, text):
    cleaner.clean(STORY)
    assert least_seconds(lambda: cleaner.clean(text, kind=kind), 5) < 5


def test_unknown_kinds_and_types_are_refused():
    with pytest.raises(UsageError, match="kind must be one of"):
        cleaner.clean("x", kind="pdf")
    with pytest.raises(UsageError, match="str or bytes"):
        cleaner.clean(None)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_every_byte_comes_back(raw):
    text, encoding = decode_text(raw)
    assert encode_text(text, encoding) == raw
    assert isinstance(decode_html(raw)[0], str)


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "cp1251", "shift_jis", "gb18030", "euc-kr"]
)
def test_encodings_of_text_files(codec):
    texts = {"cp1251": "Городской совет решил восстановить мост. " * 20, "shift_jis": "市議会は橋を架け替えることを決めた。" * 20,
             "gb18030": "市议会决定重建旧港口大桥。" * 20, "euc-kr": "시의회는 다리를 다시 짓기로 했다. " * 20}  # fmt: skip
    text = texts.get(codec, "Der Stadtrat will die Brücke für Fußgänger öffnen. " * 20)
    raw = text.encode(codec)
    decoded, encoding = decode_text(raw)
    assert decoded.lstrip("\ufeff") == text
    assert encode_text(decoded, encoding) == raw


def test_a_page_in_any_declared_encoding():
    for label, codec in (("windows-1251", "cp1251"), ("shift_jis", "shift_jis"), ("latin1", "cp1252")):
        text = {"cp1251": "Мост открыт", "shift_jis": "橋が開通", "cp1252": "Brücke – offen"}[codec]
        raw = f"<html><head><meta charset='{label}'></head><body><p>{text}</p></body></html>".encode(codec)
        assert text in cleaner.clean(raw).document.text
    assert decode_html(b"<meta charset=zip><p>x")[0], "Python's own codecs are never asked"


FRENCH = "Le maire a été très clair : le pont, rénové à grands frais, rouvrira à l’été. " * 3
RUSSIAN = "Городской совет решил восстановить мост. " * 3
CHINESE = "市议会昨天决定重建旧港口的大桥，工程预计明年春天开始。" * 3
KOREAN = "시의회는 다리를 다시 짓기로 했다. " * 3
JAPANESE = "市議会は橋を架け替えることを決めた。" * 3


def declaring(label, *parts):
    """A page that declares an encoding, or none, made of bytes."""
    return (f"<meta charset={label}>".encode() if label else b"") + b"<p>" + b"".join(parts) + b"</p>"


@pytest.mark.parametrize(
    ("label", "codec", "text", "stray", "shown"),
    [
        ("iso-8859-1", "cp1252", FRENCH, b"\xe2\x80\x9d", "â€\x9d"),
        (
            "iso-8859-1",
            "cp1252",
            "EDUCAÇÃO " + "A prefeitura abrirá a ponte até julho, não já. " * 20,
            b"\xe2\x80\x9d",
            "â€\x9d",
        ),
        (None, "cp1252", FRENCH, b"\xe2\x80\x9d", "â€\x9d"),
        ("windows-1251", "cp1251", RUSSIAN, b"\x98", "\x98"),
        ("windows-1253", "cp1253", "Το συμβούλιο άνοιξε τη γέφυρα. " * 3, b"\xff", "\ufffd"),
        ("gb2312", "gb18030", CHINESE, b"\xff", "\ufffd"),
        ("gb2312", "gb18030", CHINESE, "𠮷".encode("gb18030"), "𠮷"),
        ("euc-kr", "cp949", KOREAN, "다".encode("cp949")[:1], "\ufffd"),
        ("shift_jis", "cp932", JAPANESE, b"\x85\x9f", "\ufffd"),
        ("euc-jp", "euc_jp", JAPANESE, b"\xa9\xa1", "\ufffd"),
        ("euc-jp", "euc_jp", JAPANESE, b"\x8f\xa1\xa1", "\ufffd"),
    ],
)
def test_bytes_that_the_declared_encoding_lacks_garble_no_others(label, codec, text, stray, shown):
    raw = text.encode(codec)
    assert decode_html(declaring(label, raw, stray, b"<br>", raw))[0].endswith(f"<p>{text}{shown}<br>{text}</p>")


@pytest.mark.parametrize("label", ["euc-jp", "shift_jis", "big5"])
def test_a_pair_that_is_no_character_does_not_shift_the_pairs_behind_it(label):
    codec = {"shift_jis": "cp932", "big5": "big5hkscs", "euc-jp": "euc_jp"}[label]
    unknown = {"shift_jis": b"\x85\x9f", "big5": b"\x81\x81", "euc-jp": b"\xa9\xa1"}[label]
    text = "市議会決定重建大橋" * 20
    assert decode_html(declaring(label, unknown, text.encode(codec)))[0].endswith(f"<p>\ufffd{text}</p>")


def test_japanese_has_the_characters_that_vendors_added():
    added = {"①": b"\xad\xa1", "㈱": b"\xad\xea", "髙": b"\xfc\xe2", "德": b"\xf9\xfe"}
    raw = JAPANESE.encode("euc_jp").join([b"", *added.values(), b""])
    text = JAPANESE.join(["", *added, ""])
    assert decode_html(declaring("euc-jp", raw)) == (f"<meta charset=euc-jp><p>{text}</p>", "euc_jp")
    shifts = "橋".encode("iso2022_jp")[:3], "橋".encode("iso2022_jp")[-3:]
    raw = shifts[0] + b"".join(bytes(byte & 0x7F for byte in pair) for pair in added.values()) + shifts[1]
    assert decode_html(declaring("iso-2022-jp", JAPANESE.encode("iso2022_jp"), raw))[0].endswith(
        f"<p>{JAPANESE}{''.join(added)}</p>"
    )


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        # "ť" is none of the bytes of windows-1252.
        ("iso-8859-1", "cp1250", "Městská rada včera rozhodla, že starý most přes řeku opět otevře, neboť lidé chtějí jezdit do práce. Loď i síť linek čekají. " * 3),
        ("iso-8859-1", "cp932", "市議会は、橋を架け替えることを決めた。" * 3),
        ("euc-jp", "gb18030", CHINESE),
        ("gb2312", "cp1251", RUSSIAN),
    ],
)  # fmt: skip
def test_an_encoding_that_lacks_much_of_the_page_is_not_believed(label, codec, text):
    assert decode_html(declaring(label, text.encode(codec)))[0].endswith(f"<p>{text}</p>")


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", RUSSIAN + "«Вестник РФ»"),
        ("koi8_r", RUSSIAN + "Завтра приём граждан"),
        ("gb18030", CHINESE),
        ("cp874", "สภาเมืองมีมติให้เปิดสะพานเก่าอีกครั้งในเดือนพฤษภาคม เพราะประชาชนต้องการเดินทาง"),
        ("cp1256", "قرر مجلس المدينة أمس إعادة بناء الجسر، وقال العمدة إن العمل سيبدأ في الربيع. " * 3),
    ],
)
def test_accidents_do_not_make_a_page_utf_8(codec, text):
    raw = declaring("utf-8", b"<i class=ad></i>" * 99, text.encode(codec))
    assert len(text.encode(codec)) < 0.15 * len(raw), "markup may outweigh the text"
    assert re.search(rb"[\xc2-\xdf][\x80-\xbf]", raw)
    assert text in decode_html(raw)[0]


@pytest.mark.parametrize("pasted", ["d’août", "🎆"])
def test_a_page_that_declares_utf_8_and_is_mostly_something_else(pasted):
    raw = declaring("utf-8", FRENCH.encode("cp1252"), pasted.encode(), "EDUCAÇÃO".encode("cp1252"))
    assert decode_html(raw) == (f"<meta charset=utf-8><p>{FRENCH}{pasted}EDUCAÇÃO</p>", "utf-8")


@pytest.mark.parametrize("label", [None, "utf-8"])
def test_what_is_nothing_known_is_shown_as_browsers_do(label):
    raw = declaring(label, b"\x81\xe9\xad\xe8" * 9)
    assert decode_html(raw)[0].count("é\xadè") == 9


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp932", "市議会は、古い港の橋を架け替えることを決めた。工事は来年の春に始まり、二年かかるという。商店街のひとびとは、①工事中の迂回路、②駐車場、③費用について話しあった。"),
        ("big5hkscs", "市議會決定重建舊港口大橋，恒生銀行裏面的工程預計明年春天開始。"),
        ("cp949", KOREAN),
    ],
)  # fmt: skip
def test_what_is_detected_has_the_characters_that_vendors_added(codec, text):
    raw = (text * 8).encode(codec)
    decoded, encoding = decode_text(raw)
    assert decoded == text * 8
    assert encode_text(decoded, encoding) == raw
    assert decode_html(declaring(None, raw))[0] == f"<p>{text * 8}</p>"


def test_what_hong_kong_has_twice_goes_back_to_its_bytes():
    text = "市議會決定重建舊港口大橋，工程預計明年春天開始。" * 8 + "╞═╪═╡"
    decoded, encoding = decode_text(text.encode("big5"))
    assert decoded == text
    assert encode_text(decoded, encoding) == text.encode("big5")


def page_of(text, head=""):
    return f"<html><head><meta charset='utf-8'>{head}</head><body><p>{text}</p></body></html>"


def twice(page, wrong):
    """A page in UTF-8 that was read as something else and written in UTF-8 again."""
    read = "".join(bytes([byte]).decode(wrong, "ignore") or chr(byte) for byte in page.encode())
    return read.encode()


@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
@pytest.mark.parametrize(
    "text",
    [
        "Der Stadtrat öffnet die Brücke für Fußgänger.",
        "“It’s open – at last,” said the harbour’s café owner. It cost 5 € a head…",
        "Городской совет решил восстановить мост.",
        "市議会は橋を架け替えることを決めた。",
        "Fireworks 🎆🎆🎆",
    ],
)
def test_a_page_that_was_encoded_twice_is_mended(text, wrong):
    page = page_of(text)
    assert decode_html(twice(page, wrong)) == (page, "utf-8")
    assert html_as_utf8(twice(page, wrong)) == page.encode()
    assert html_as_utf8(codecs.BOM_UTF8 + twice(page, wrong)) == page.encode()
    assert html_as_utf8(twice("\ufeff" + page, wrong)) == page.encode()
    assert text in cleaner.clean(twice(page, wrong)).document.text
    assert text in cleaner.clean(twice(page, wrong).decode("utf-8")).document.text  # as rows of JSON lines hold it


@pytest.mark.parametrize(
    "page",
    [
        page_of("Der Stadtrat öffnet die Brücke für Fußgänger."),
        page_of("A page shows “Ã©” where “é” was meant, “â€œ” for a quotation mark and “Ã¼” for “ü”."),
        page_of("My name is Zo&euml;, and your letters call me ZoÃ«."),
        page_of("MAÇÃ\u00a0 e MANHÃ\u00a0 e IRMÃ\u00a0 e LÃ\u00a0"),
        page_of("Two of them: Ã©, Ã¼."),
        page_of("ÃÃÃ Ã©Ã©Ã©"),
        page_of("caf&eacute;"),
    ],
    ids=["once", "about it", "a name", "capitals before spaces", "two", "some are not", "references"],
)
def test_a_page_that_was_encoded_once_stays(page):
    assert decode_html(page.encode()) == (page, "utf-8")
    assert html_as_utf8(page.encode()) == page.encode()


def test_a_stray_byte_beside_what_was_encoded_twice_leaves_it():
    page = page_of("Der Stadtrat öffnet die Brücke für Fußgänger.")
    raw = twice(page, "cp1252") + "<p>Café</p>".encode("cp1252")
    assert decode_html(raw)[0] == twice(page, "cp1252").decode() + "<p>Café</p>"


def test_a_text_that_was_encoded_twice_is_kept_byte_for_byte():
    raw = twice("Der Stadtrat öffnet die Brücke für Fußgänger.", "cp1252")
    assert cleaner.clean(raw, kind="text").document.text.encode() == raw


def test_deep_and_broken_pages():
    for page in (
        "<div>" * 20_000 + STORY,
        "<p>" + STORY + "<table><tr><td>" * 300,
        "<html>",
        "<frameset><frame src=a>",
        "</p></p>",
        "<" * 5000,
    ):
        result = cleaner.clean(page, kind="html")
        check_invariants(result)
        assert (STORY in result.document.text) or STORY not in page
