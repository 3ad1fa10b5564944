"""Which language a document is in: the script, else a vote of function words, else langdetect where the vote is unsure.

The vote counts which languages' commonest words (jusText's stop lists) the text uses. It costs microseconds and is
right on nearly every news text of more than a few sentences; langdetect costs milliseconds, so it is asked only on
enough letters, and as a rule once a document: until its language is known. langdetect is random unless seeded, and
its first call is not safe in threads, so it is loaded under a lock with its seed set.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import chain, islice, repeat
from threading import Lock

from cleaner.model import Block, Document
from cleaner.text import PROSE_WORDS, fold_simple

# jusText's file name → ISO 639-1, for the languages in which newspapers appear.
STOPLISTS = {
    "Afrikaans": "af", "Albanian": "sq", "Arabic": "ar", "Armenian": "hy", "Azerbaijani": "az", "Basque": "eu",
    "Belarusian": "be", "Bengali": "bn", "Bulgarian": "bg", "Catalan": "ca", "Croatian": "hr", "Czech": "cs",
    "Danish": "da", "Dutch": "nl", "English": "en", "Estonian": "et", "Finnish": "fi", "French": "fr",
    "Galician": "gl", "Georgian": "ka", "German": "de", "Greek": "el", "Gujarati": "gu", "Hebrew": "he",
    "Hindi": "hi", "Hungarian": "hu", "Icelandic": "is", "Indonesian": "id", "Irish": "ga", "Italian": "it",
    "Kannada": "kn", "Kazakh": "kk", "Latvian": "lv", "Lithuanian": "lt", "Luxembourgish": "lb", "Macedonian": "mk",
    "Malay": "ms", "Malayalam": "ml", "Marathi": "mr", "Nepali": "ne", "Norwegian_Bokmal": "no", "Persian": "fa",
    "Polish": "pl", "Portuguese": "pt", "Romanian": "ro", "Russian": "ru", "Serbian": "sr", "Slovak": "sk",
    "Slovenian": "sl", "Spanish": "es", "Swahili": "sw", "Swedish": "sv", "Tagalog": "tl", "Tamil": "ta",
    "Telugu": "te", "Turkish": "tr", "Ukrainian": "uk", "Urdu": "ur", "Vietnamese": "vi", "Welsh": "cy",
}  # fmt: skip

# Scripts that belong to one newspaper language each.
SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "ko": re.compile("[\uac00-\ud7af]"),
    "zh": re.compile("[\u3400-\u4dbf\u4e00-\u9fff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "ka": re.compile("[\u10a0-\u10ff]"),
    "hy": re.compile("[\u0530-\u058f]"),
}

# Languages whose words are not set apart by spaces, or are short: pieces are looked for in them.
UNSPACED = ("ja", "ko", "zh")

_ANY_SCRIPT = re.compile("|".join(script.pattern for script in SCRIPTS.values()))

# The commonest words of each list; the long tail holds names and loan words. 200 told the 79 development publishers'
# languages apart as well as 100 and better than 50.
WORDS_PER_LANGUAGE = 200

# How much text is looked at, in code points and words. A fifth of it tells two languages apart; the rest is for
# documents that quote another one at length.
SAMPLE = 2_000
SAMPLE_WORDS = 150

# The vote is sure if the winner's words make this share of the text and lead the next language by this factor: near
# relatives (Danish and Norwegian) share most of theirs, languages with many word forms (Turkish) use few.
SURE = ((0.25, 1.08), (0.1, 1.5))
ENOUGH_VOTES = 5

# A line with more of the document's own function words than this share is in its language.
MAX_OWN = 0.1

# langdetect is wrong on a third of shorter strings, in letters.
ENOUGH_LETTERS = 100
# And it takes its time for every letter: it answered the same on this much as on all, in code points.
LANGDETECT_SAMPLE = 600

_langdetect_lock = Lock()


@cache
def function_words() -> Mapping[str, tuple[str, ...]]:
    """Folded function word → the languages that have it among their commonest words."""
    languages: dict[str, list[str]] = defaultdict(list)
    for name, code in STOPLISTS.items():
        words = _in_order(name)
        latin = "e" in "".join(words[:50])
        for word in words:
            if latin or not word.isascii():  # some lists of other scripts hold the English of their source
                languages[word].append(code)
    return {word: tuple(codes) for word, codes in languages.items()}


def _in_order(name: str) -> list[str]:
    # justext.get_stoplist gives a set; the files run from the commonest word down, and that order is what counts here.
    lines = resources.files("justext").joinpath("stoplists", f"{name}.txt").read_text("utf-8")
    words = dict.fromkeys(map(str.strip, fold_simple(lines).split("\n")))
    words.pop("", None)
    return list(words)[:WORDS_PER_LANGUAGE]


@cache
def words_of(language: str) -> frozenset[str]:
    """The folded function words of one language; empty for one without a list."""
    return frozenset(word for word, codes in function_words().items() if language in codes)


def find_language(document: Document, *, thorough: bool = True) -> str | None:
    """ISO 639-1 code of the language that most of the text is in; ``None`` if that cannot be told.

    The same text gives the same answer in every process and thread. Unless ``thorough``, langdetect is not asked.
    """
    sample = _sample(document)
    text = "\n".join(block.text for block in sample)[:SAMPLE]
    by_script = _by_script(text)
    if by_script:
        return by_script
    words = list(islice(chain.from_iterable(document.read(block).words for block in sample), SAMPLE_WORDS))
    language, sure = vote(words)
    if sure or not thorough or sum(map(str.isalpha, text)) < ENOUGH_LETTERS:
        return language
    return _ask_langdetect(text[:LANGDETECT_SAMPLE]) or language


def _sample(document: Document) -> list[Block]:
    """The blocks to look at: of a page its main content; longer ones first, menus are often in another language."""
    blocks = [block for block in document.blocks if block.main is not False] or document.blocks
    sample: list[Block] = []
    size = 0
    for shortest in (PROSE_WORDS, 0):
        for block in blocks:
            if document.read(block).word_count >= shortest:
                sample.append(block)
                size += len(block.text)
                if size >= SAMPLE:
                    return sample
        if sample:
            break
    return sample


def _by_script(sample: str) -> str | None:
    if sample.isascii() or not _ANY_SCRIPT.search(sample):
        return None
    letters = sum(map(str.isalpha, sample)) or 1
    shares = {code: len(script.findall(sample)) / letters for code, script in SCRIPTS.items()}
    if shares["ja"] > 0.05 and shares["ja"] + shares["zh"] > 0.4:
        return "ja"
    best = max(shares, key=lambda code: shares[code])
    return best if shares[best] > 0.4 else None


def vote(words: Sequence[str]) -> tuple[str | None, bool]:
    """The language whose function words stand most often among the folded words, and whether that is sure."""
    counts = Counter(chain.from_iterable(map(function_words().get, words, repeat(()))))
    if not counts:
        return None, False
    ranked = counts.most_common(2)
    best, votes = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0
    sure = votes >= ENOUGH_VOTES and any(votes >= share * len(words) and votes >= lead * second for share, lead in SURE)
    return (best if votes >= 2 else None), sure


@cache
def _langdetect() -> object:
    from langdetect import DetectorFactory  # noqa: PLC0415
    from langdetect import detector_factory as module  # noqa: PLC0415

    DetectorFactory.seed = 0
    module.init_factory()
    return module._factory


def _ask_langdetect(sample: str) -> str | None:
    with _langdetect_lock:
        import langdetect  # noqa: PLC0415

        _langdetect()
        try:
            code = str(langdetect.detect(sample))
        except langdetect.LangDetectException:
            return None
    return code.split("-", maxsplit=1)[0]


def foreign_to(language: str, text: str, words: Sequence[str]) -> str | None:
    """The language of a line that is surely in another language than the document, else ``None``.

    ``words`` are the folded words of the line.

    >>> line = "el ayuntamiento aprobó ayer la reconstrucción del viejo puente tras un largo debate sobre el coste"
    >>> foreign_to("en", line, line.split())
    'es'
    >>> foreign_to("es", line, line.split())
    """
    own = words_of(language)
    if len(own.intersection(words)) > MAX_OWN * len(words):
        return None
    by_script = _by_script(text)
    if by_script:
        return by_script if by_script != language else None
    if not own or sum(map(function_words().__contains__, words)) < ENOUGH_VOTES:
        return None
    other, sure = vote(words)
    return other if sure and other != language else None
