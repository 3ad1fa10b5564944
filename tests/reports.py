"""A small corpus with something of everything, runs over it, and what stands in the pages of their reports."""

import gzip
import json
import re
import zipfile
import zlib
from base64 import b64decode

from cleaner.batch import run_batch
from cleaner.options import Options

EVIL = (
    "</script><script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'><!-- <style>*{display:none}</style>"
    " \u2028\u2029\x1b[31m\x07\x00\x7f\u202egnp.exe\u202c ${policy} $data ]]>"
)
STORY = (
    "The council of {town} voted on Monday night to rebuild the old harbour bridge, which had been closed to all "
    "traffic for a year. Engineers had warned that two of its piers would not survive another winter."
)
STORIES = {
    "en": "Work is to begin in the autumn, and the ferry will go on until then, the mayor of {town} said on Wednesday.",
    "de": "Die Arbeiten sollen im Herbst beginnen, und bis dahin soll die Fähre weiter fahren, sagte die "
    "Bürgermeisterin von {town} am Mittwoch, die auf den Bericht der Ingenieure lange gewartet hatte.",
}


def text_of(n):
    """A document of two paragraphs and what the cleaner takes from it."""
    language = "de" if n % 4 == 3 else "en"
    story = STORIES[language].format(town=f"Port {n}")
    parts = [
        f"Council of Port {n} votes to rebuild bridge",
        "By Jane Doe",
        STORY.format(town=f"Port {n}"),
        "Advertisement",
    ]
    parts += [story] * (1 + n % 3) + [story.replace("Wednesday", "Friday").replace("Mittwoch", "Freitag")]
    parts += ["(photo credit: City of Northport)", "Read more: Five things to know", "Share", "Comments are closed."]
    parts += ["Subscribe now to read the full story"] if n % 5 == 0 else []
    return "\n\n".join(parts) + "\n"


def rows():
    """The documents of the corpus, one of them hostile in all that it says."""
    for n in range(24):
        yield {"id": f"story {n}", "url": f"https://www.site{n % 3}.example/{n}", "text": text_of(n)}
    hostile = f"{EVIL}\n\n{STORY}\n\nAdvertisement\n\nRead more: {EVIL}\n\n{STORY} {EVIL}\n\nShare\n"
    yield {"id": EVIL, "url": f"javascript:window.pwned=3//{EVIL}", "language": "en", "text": hostile}


def make_runs(folder):
    """Two runs over the corpus, ``careful`` and ``thorough``; two documents of it fail."""
    with (folder / "stories.jsonl").open("w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows())
        file.write(json.dumps({"id": EVIL, "words": 1}) + "\n{half\n")
    for preset in ("careful", "thorough"):
        actions = {"caption": "keep", "share": "keep"} if preset == "careful" else {}
        run_batch(folder / "stories.jsonl", folder / preset, Options(preset, actions))


def data_of(page, name):
    """The value that a page carries in an element."""
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)[1])


def documents_of(page):
    """The documents of a page with their texts and spans, in the order of its lists."""
    bundles = re.findall(r'<script type="text/plain" id="bundle-\d+">(.*?)</script>', page)
    unpacked = [json.loads(zlib.decompress(b64decode(bundle))) for bundle in bundles]
    about = data_of(page, "numbers")["documents"]
    return [(each, unpacked[each["place"][0]][each["place"][1]]) for each in about]


def make_inputs_with_what_is_no_document(folder):
    """Six documents, and between them nine things that are none: a picture, records of an archive, a link, a folder."""
    folder.mkdir()
    for n, name in enumerate(("a.txt", "d.txt")):
        (folder / name).write_text(text_of(n))
    (folder / "b.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "b.txt").symlink_to(folder / "nowhere.txt")
    records = [warc_record(n, kind) for n in range(3) for kind in ("request", "response", "metadata")]
    (folder / "c.warc.gz").write_bytes(b"".join(map(gzip.compress, records)))
    with zipfile.ZipFile(folder / "e.zip", "w") as archive:
        archive.mkdir("more")
        archive.writestr("more/e.txt", text_of(5))


def warc_record(n, kind):
    """A record of an archive; a response holds the page of document ``n``."""
    text = "".join(f"<p>{line}</p>" for line in text_of(n).splitlines() if line)
    block = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>{text}".encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{kind}-{n}>\r\n"
        f"WARC-Target-URI: https://www.site{n}.example/{n}\r\nWARC-Date: 2024-02-29T00:00:00Z\r\n"
        f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


PASSED = {"a folder": 1, "a link to nothing": 1, "metadata": 3, "request": 3, "unknown suffix": 1}
