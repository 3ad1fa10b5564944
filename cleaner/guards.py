"""Reasons to keep: each guard looks at one claim and says why it must not act, or nothing.

Guards speak about wording claims only, whose evidence is a quotation from the block. What a structure claims, its
detector has already weighed. The packs' own examples say how notices are worded: a rule's hits teach here, too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain, pairwise

from cleaner.language import UNSPACED, words_of
from cleaner.model import Category, Document, Finding
from cleaner.rules import load_rules
from cleaner.text import WORD, fold

Guard = Callable[[Document, Finding], str | None]

# Words by which a story tells what somebody said. Left out are those that notices use, too: “sagen Sie uns Ihre
# Meinung”, Indonesian “kata sandi” (password), Portuguese “conta” (account). Scripts without spaces: pieces of words.
SAID = {
    "af": "sê gesê vertel antwoord waarsku vra",
    "ar": (
        "قال قالت قالوا وقال وقالت يقول تقول يقولون حذر حذرت أوضح أوضحت وأوضح وأوضحت اعترف اعترفت صرخ صرخت "
        "همس همست روى روت أكد أكدت وأكد وأكدت"
    ),
    "bg": "каза казаха казва казват заяви разказа признава призна напомня съветва обяснява обясни",
    "bn": "বলেন বললেন বলেছেন বলেছিলেন জানান",
    "ca": (
        "diu diuen deia deien explicava cridava demana preguntava advertia repetia responia recordava "
        "bromejava avisava demanava insistia"
    ),
    "cs": (
        "řekl řekla řekli říká říkal říkala říkají uvedl uvedla žertuje říkaly vzpomínal vzpomínala přiznal "
        "přiznala varoval varovala vysvětlil vysvětlila tvrdí tvrdil tvrdila prohlásil prohlásila křičel "
        "křičela opakoval opakovala připomněl připomněla"
    ),
    "da": "siger sagde fortæller fortalte råbte advarede forklarede svarede spøgte mente lød mindede hævder hævdede",
    "de": (
        "sagt sagte sagten erzählte erzählten erklärte meinte betonte rief riefen klagte versprach "
        "antwortete warnt warnte erinnerte fragte fragten lachte witzelte ergänzte spottete seufzte mahnte "
        "meldete urteilte"
    ),
    "el": (
        "είπε είπαν λέει λένε φώναξε δήλωσε έλεγε έλεγαν φώναζε προειδοποίησε εξήγησε θυμάται παραδέχτηκε "
        "ρώτησε ψιθύρισε αστειεύτηκε αστειεύεται τόνισε διηγείται"
    ),
    "en": (
        "said says told replied recalled joked shouted warned warns insisted insists argued argues conceded "
        "quipped whispered testified ruled"
    ),
    "es": (
        "dijo dijeron dice dicen decía decían contó cuentan explicó aseguró afirmó señaló recordó bromea "
        "gritó advirtió respondió insistió insiste sostuvo sostiene reconoció admitió preguntó susurró "
        "ironizó lamentó contaba explicaba rezaba"
    ),
    "et": "ütles ütlesid ütleb rääkis lausus hüüdis hüüab",
    "fa": "گفت گفتند گفته افزود میگوید میگفت",
    "fi": (
        "sanoo sanoi sanovat kertoo kertoi huusi varoitti varoittaa muistutti vastasi vitsaili totesi toteaa "
        "huomautti kuului väitti väittää naurahti"
    ),
    "fr": (
        "dit disent disait disaient raconte racontent racontait affirme expliquait répondu crié confie "
        "plaisante répondit lança assurait ironise ironisait plaisantait soupire soupirait murmura rappelait "
        "raconta écrivait dénonçait confiait expliqua promettait ordonna répétait"
    ),
    "he": "אמר אמרה אמרו אומר אומרת אומרים",
    "hi": "कहा बताया",
    "hr": (
        "rekao rekla rekli kaže kažu kazao kazala izjavio izjavila objasnio objasnila zaključio zaključila "
        "zaključilo dodao dodala tvrdi piše"
    ),
    "hu": (
        "mondta mondták mondja mondják mesélte mesélik kiáltotta mondogatta figyelmeztetett magyarázta "
        "emlékezett emlékszik kérdezte felelte vallotta állította tréfálkozott ismételte suttogta"
    ),
    "id": (
        "ujar ujarnya katanya tutur tuturnya ucap ucapnya tegasnya jelasnya kenang kenangnya ungkapnya "
        "teriaknya tanyanya bisiknya"
    ),
    "is": "sagði sögðu segir segja svaraði kallaði útskýrði spurði bætti",
    "it": (
        "disse dissero dice dicono diceva dicevano racconta raccontano spiega gridò rispose ripeteva ripete "
        "avvertì ammonì spiegò raccontò scherza scherzava ricordava ricordò ammise sussurrò insiste sostiene "
        "ironizza recitava urlava urlò chiese assicurò"
    ),
    "ja": (
        "と話した と話す と語った と語る と述べた と言った と笑う "
        "と振り返る と証言し と説明した と話し と叫ん と訴えた と答えた と警告し"
    ),
    "ko": (
        "말했다 밝혔다 덧붙였다 전했다 설명했다 털어놓았다 회상했다 "
        "외쳤다 물었다 주장했다 강조했다 경고했다 고백했다 답했다 증언했다"
    ),
    "lt": "sakė sako teigė pasakojo kalbėjo",
    "lv": "teica saka sacīja stāsta stāstīja iesaucās",
    "ms": "berkata katanya ujar ujarnya",
    "ne": "भने बताए भन्छन् भनिन्",
    "nl": (
        "zegt zei zeiden vertelt vertelde riep vroeg waarschuwt waarschuwde grapte grapt beloofde luidde "
        "antwoordde verklaarde bekende hoorde oordeelde verzuchtte herinnerde benadrukt benadrukte"
    ),
    "no": "sier sa forteller fortalte ropte advarte forklarte svarte spøkte mente lød hevder hevdet spurte",
    "pl": (
        "mówi mówią mówił mówiła powiedział powiedziała twierdzi dodał dodała krzyczał żartuje wyliczyła "
        "wyliczył wylicza radzi orzekł orzekła przyznaje przyznał przyznała zapewniał zapewniała powtarzał "
        "powtarzała usłyszał usłyszała ostrzega ostrzegał ostrzegała tłumaczył tłumaczyła wspomina wspominał "
        "wspominała podkreśla podkreślał zaznaczył pytał pytała odpowiedział odpowiedziała odparł odparła "
        "relacjonuje śmieje wyjaśnił wyjaśniła krzyczała żartował żartowała głosiło głosił"
    ),
    "pt": (
        "disse disseram diz dizem dizia diziam contou explicou afirmou pediu gritou respondeu repetia "
        "repetiu advertiu alertou lembrou avisou brincou ironizou insistiu sussurrou garantiu admitiu "
        "perguntou"
    ),
    "ro": (
        "spus spune spunea spun strigat povestesc povestește declarat glumea repeta avertiza zicea zice "
        "răspundea povestea susținea avertizat"
    ),
    "ru": (
        "сказал сказала сказали говорит говорят говорил говорила рассказал рассказала напомнил заявил "
        "заявила шутит говорили вспоминает вспоминал вспоминала признался призналась предупредил "
        "предупредила пояснил пояснила утверждал утверждает подчеркнул подчеркнула спросил спросила шутил "
        "шутила кричал кричала рассказывает рассказывал рассказывала повторял повторяла уверял уверяла "
        "объяснил объяснила посетовал"
    ),
    "sk": (
        "povedal povedala povedali hovorí hovoril hovorila uviedol uviedla tvrdí smeje vysvetľuje odkázal "
        "odkázala dodal dodala píše"
    ),
    "sl": "dejal dejala dejali pravi pravijo povedal povedala piše svari vpraša vabi",
    "sr": (
        "rekao rekla rekli kaže kažu kazao kazala izjavio рекао рекла рекли каже кажу казао казала изјавио "
        "objasnio objasnila dodao dodala piše објаснио објаснила додао додала пише"
    ),
    "sv": (
        "säger sade sa berättar berättade ropade varnade varnar råder förklarade svarade skämtade menade "
        "påpekade undrade skrattade hävdar hävdade löd"
    ),
    "sw": "alisema amesema walisema wamesema anasema wanasema aliongeza aliandika anaandika alimwambia humwambia",
    "tr": (
        "dedi diyor dediler söyledi söylüyor anlattı anlatıyor anlatıyordu derdi diyordu uyardı hatırlattı "
        "bağırdı fısıldadı açıkladı sordu söylerdi söylemişti"
    ),
    "uk": (
        "сказав сказала сказали каже кажуть казав казала розповів розповіла нагадав заявив заявила говорить "
        "говорив говорила розповідає згадує згадував згадувала зізнався зізналася пояснив пояснила попередив "
        "попередила запитав запитала жартує жартував кричав кричала повторював повторювала наголосив "
        "наголосила"
    ),
    "ur": "کہا کہتے کہتی بتایا پوچھا",
    "vi": "nói kể",
    "zh": "他说 她说 告诉记者 对记者说 说道 坦言 感叹 警告说 解释说 笑道 笑着说",
    "zu": "uthe bathe uthi bathi kusho usho",
}

# Words by which a story tells what was: past tenses and third persons, pieces of words as above. Notices speak of what
# is, to "you"; left out is what they use all the same: "was this helpful?", "prices were accurate when this was
# published", German "wurde hinzugefügt", Portuguese "foi enviado", in whatever language.
TOLD = {
    "ar": "كان كانت كانوا",
    "ca": "era havia tenia tenien ell ella",
    "cs": "měl měla jeho napsal napsala psal ptal ptala zjistil zjistila oznámil oznámila chtěl chtěla",
    "da": "havde han hun hans hendes stod skrev vidste",
    "de": (
        "hatte hatten ihm seinen brachte begann brauchten hörte musste mussten kam kamen gab ging schrieb dachte wusste"
    ),
    "el": "ήταν είχε είχαν έγραφε έγραψε ήθελε ζήτησε",
    "en": "had his her he she him came gave took wrote knew stood nobody herself himself",
    "es": "era había habían estaba estaban tenía pidió pidieron escribió quiso aprendió enseñó llegó murió supo",
    "fi": "oli hän hänen häntä kirjoitti kirjoittivat tiesi joutui",
    "fr": "était avait avaient fut furent conseillait envoyait voulait disparut mourut écrivit savait demanda",
    "hu": "volt írta jelentette akarta",
    "id": "dia ia",
    "it": "era aveva avevano fu furono stava leggeva scrisse chiedeva voleva morì sapeva chiese",
    "ja": "彼女 彼は 彼が 彼の 彼らは",
    "nl": "had hadden werd werden hij hem kon gaf schreef wist moest",
    "no": "hadde han hun hans hennes sto skrev visste",
    "pl": (
        "był była było byli miał miała jego jej pisał pisała napisał napisała odpisał odpisała zapytał "
        "zapytała musiał musiała wiedział wiedziała chciał chciała dostał dostała"
    ),
    "pt": "era havia tinha estava escreveu quis ensinava morreu levou sabia mandou",
    "ro": "era avea aveau fusese scria voia știa ceruse",
    "ru": "была ему просил просила писал писала писали написал написала спрашивал спрашивала хотел хотела знал знала",
    "sv": "hade han hon hans hennes gjorde satt stod skrev visste",
    "tr": "idi vardı yoktu oldu onun yazmıştı demişti yazıyordu hükmetti istedi biliyordu",
    "uk": "була йому питав питала писав писала написав написала просив просила хотів хотіла знав знала",
    "zh": "她 他们",
}

# Longer claims are legal text, in which “the said third parties” may stand; in words.
SAID_WORDS = 40

# What the site says of itself. Pointers and captions quote stories, so they hold such words as well; credits and
# corrections tell of the past.
OF_THE_SITE = frozenset(
    (
        Category.ADVERTISEMENT, Category.AFFILIATE_DISCLOSURE, Category.APP_PROMO, Category.AUTHOR_BIO,
        Category.COMMENTS, Category.COOKIE_CONSENT, Category.COPYRIGHT, Category.DONATION, Category.EMBED,
        Category.MEDIA_PLAYER, Category.NAVIGATION, Category.NEWSLETTER, Category.PAYWALL, Category.REGISTRATION,
        Category.SHARE, Category.TAGS, Category.TECHNICAL, Category.UI,
    )
)  # fmt: skip

# Of these, notes on authors tell of people too, and readers' comments of anything.
NEVER_TOLD = OF_THE_SITE - {Category.AUTHOR_BIO, Category.COMMENTS}

# What is said in words of its own: what the site says of itself, and where a text comes from. Menus and tags name what
# stories are about.
WORDED_ALIKE = (NEVER_TOLD | {Category.ATTRIBUTION, Category.COMMENTS}) - {Category.NAVIGATION, Category.TAGS}

# A claim speaks of other things than notices do if so many of its words, and this share of them, begin like none in the
# packs' phrases and examples of that language; names, words of two letters and the commonest ones say nothing. Endings
# are cut, in code points. Where words are not set apart, or short, pairs of neighbouring signs stand for them. Of 769
# examples of rules, in a story and with the words of their own rule unknown, 15 look like that, and of 151 sentences of
# stories that were written to be taken for notices 121 do.
STRANGE_WORDS = (4, 0.5)
STEM = 5
SHORTEST = 3
STRANGE_PAIRS = (12, 0.65)
# Where nouns begin with a capital, names can't be told from them.
NOUNS_LARGE = ("de",)
# Packs that hold fewer different words know too little to judge by.
VOCABULARY = 300

# Fewer words behind the label of a credit are a name.
CLAUSE_WORDS = 4

# In so many paragraphs the claim's own word must stand for the story to be about the thing.
ABOUT_PARAGRAPHS = 3

# Shorter lines are labels and buttons, in words.
ABOUT_SENTENCE = 8

# What a crosshead of such a story may be worded as. Labels of the other categories stand between paragraphs as buttons:
# “Advertisement” in a story about advertising, “Read more” in one about reading.
CROSSHEADS = frozenset(
    (Category.COMMENTS, Category.COOKIE_CONSENT, Category.DONATION, Category.NEWSLETTER, Category.PAYWALL)
)

# A quote begins and ends within so many code points of the evidence; looking further would cost long lines dear.
QUOTE_REACH = 1_000

# A list has at least so many other items; further than this it is not followed.
LIST_ITEMS = 2
LONGEST_LIST = 40

# A box of facts has at least so many others that are none of the page's own.
FACTS = 2

# "Author: Jane Doe" and its like; what stands behind the colon is at most a line's worth, in code points.
_FACT = re.compile(r"[^:：!?]{2,30}[:：]\s?[^:：!?]{1,60}")
_LABELLED = re.compile(r"\W*(\w)[^:：]{0,30}[:：]\s?(.+)", re.DOTALL)
_BULLET = re.compile(r"[-–•*·▪●◦‣]\s|\d{1,2}[.)]\s")
_ANY_OPENER = re.compile('["“„«»「『‚‘]')
_OPENING, _CLOSING = "“„«「『", "”“»」』"
_OPENERS, _CLOSERS = '"“„«»「『‚‘', '"”“»«」』’'


def in_quotes(document: Document, finding: Finding) -> str | None:
    """Somebody in the story says it: the evidence stands inside quotation marks."""
    text, at, _ = _place(document, finding)
    if at < 0:
        return None
    if text[0] in _OPENERS and text[-1] in _CLOSERS and finding.end - finding.start >= len(text):
        return "the whole line is a quote"
    opens = text[0] in _OPENING or (text[0] == '"' and text.find('"', 1) < 0)
    if opens and all(text.find(mark, 1) < 0 for mark in _CLOSING):
        return "it opens a quote of several lines"
    before, after = text[max(0, at - QUOTE_REACH) : at], text[at : at + QUOTE_REACH]
    if not _ANY_OPENER.search(before):
        return None
    opened = max(before.rfind(mark) for mark in _OPENERS)
    closed = max(before.rfind(mark) for mark in "”»」』")
    if opened < 0 or closed > opened or not any(mark in after for mark in _CLOSERS):
        return None
    inside = min(position for position in (after.find(mark) for mark in _CLOSERS) if position >= 0)
    around = len(WORD.findall(before[:opened])) + len(WORD.findall(after[inside:]))
    straight = before.count('"')
    if opened == before.rfind('"') and straight % 2 == 0:
        return None
    return "it is a quote in running text" if around >= 3 else None


def somebody_says_it(document: Document, finding: Finding) -> str | None:
    """Somebody in the story says it: the sentence names the speaker, as notices do not."""
    if finding.category not in OF_THE_SITE:
        return None
    language = document.language if document.language in SAID else "en"
    said = _word_claimed(document, finding, SAID[language], language)
    return f"somebody in the story says it: {said!r}" if said else None


def story_tells_it(document: Document, finding: Finding) -> str | None:
    """The sentence tells what was, or of a third person: notices speak of what is, to the reader."""
    if finding.category not in NEVER_TOLD or document.language not in TOLD:
        return None
    told = _word_claimed(document, finding, TOLD[document.language], document.language)
    return f"the story tells it: {told!r}" if told else None


def _word_claimed(document: Document, finding: Finding, listed: str, language: str) -> str | None:
    """The first of some words of a language in a claim that is a sentence or more, and no legal text."""
    if not _is_sentence(document, finding):
        return None
    claimed = fold(document.text[finding.start : finding.end]).text
    words = WORD.findall(claimed)
    if len(words) > SAID_WORDS:
        return None
    known = _words(listed)
    if language in UNSPACED:
        return next((word for word in known if word in claimed), None)
    return next((word for word in words if word in known), None)


def speaks_of_other_things(document: Document, finding: Finding) -> str | None:
    """The words of a notice stand in a sentence that for the rest is worded like none: a country's navigation, the
    cookies in a tin.
    """
    if finding.category not in WORDED_ALIKE or not _is_sentence(document, finding):
        return None
    pack = finding.rule.split(".")[1]
    language = (document.language or "en") if pack == "any" else pack
    known = _words_of_notices(language)
    if not known:
        return None
    claimed = document.text[finding.start : finding.end]
    telling = _pairs(claimed) if language in UNSPACED else _stems(claimed, language)
    strange = [word for word in telling if word not in known]
    enough, share = STRANGE_PAIRS if language in UNSPACED else STRANGE_WORDS
    if len(strange) < max(enough, share * len(telling)):
        return None
    return f"{len(strange)} of its {len(telling)} words stand in no such notice: {', '.join(strange[:3])}…"


def _stems(text: str, language: str) -> list[str]:
    """How the words of a text begin, but for names and for what every text holds."""
    named = () if language in NOUNS_LARGE else [word for word in WORD.findall(text) if word[0].isupper()]
    common = words_of(language).union(fold(" ".join(named)).text.split())
    words = WORD.findall(fold(text).text)
    return [word[:STEM] for word in words if len(word) >= SHORTEST and word not in common]


def _pairs(text: str) -> list[str]:
    """The pairs of neighbouring signs in the words of a text."""
    return [first + second for word in WORD.findall(fold(text).text) for first, second in pairwise(word)]


@cache
def _words_of_notices(language: str) -> frozenset[str]:
    """How the words begin that the packs have for notices, of a language and of none; nothing where they hold few."""
    own, common = frozenset(_held_by_packs(language)), frozenset(_held_by_packs("any"))
    return own | common if len(own) >= VOCABULARY else frozenset()


def _held_by_packs(language: str) -> Iterator[str]:
    rules = (rule for rule in load_rules() if rule.language == language and rule.category in WORDED_ALIKE)
    # Labels have no sentences, but words of everything that sites sell and show.
    sentences = (rule.hits + (() if rule.at == "whole" else rule.phrases) for rule in rules)
    for text in chain.from_iterable(sentences):
        if language in UNSPACED:
            yield from _pairs(text)
        else:
            yield from (word[:STEM] for word in WORD.findall(fold(text).text))


def label_in_a_sentence(document: Document, finding: Finding) -> str | None:
    """What looks like the label of a credit is a word of its sentence: “everywhere the same picture: fallen trees”."""
    text, at, _ = _place(document, finding)
    labelled = _LABELLED.match(text, at) if finding.category is Category.PHOTO_CREDIT and at > 0 else None
    if not labelled or not labelled[2][0].islower():
        return None
    before = text[:at].rstrip()[-1:]
    if not before.isalnum() and before != ",":
        return None
    if not labelled[1].islower() and not (document.language in NOUNS_LARGE and _is_a_clause(labelled[2], "de")):
        return None
    return "its label is a word of the sentence, which goes on behind it"


def _is_a_clause(text: str, language: str) -> bool:
    """Names have no such words between them: “dpa” and “picture alliance” begin with a small letter as well."""
    words = WORD.findall(text)
    return len(words) >= CLAUSE_WORDS and not words_of(language).isdisjoint(words)


@cache
def _words(listed: str) -> dict[str, None]:
    """Words, in their order."""
    return dict.fromkeys(listed.split())


def story_is_about_it(document: Document, finding: Finding) -> str | None:
    """The claim's own word stands in paragraph after paragraph: the story is about cookies, comments, subscriptions.

    Then sentences stay, and so do list items and crossheads; other labels are buttons still. What leads to another
    story names its topic, which is this story's, too: that says nothing.
    """
    if finding.category is Category.RELATED:
        return None
    text, at, index = _place(document, finding)
    if at < 0:
        return None
    reading = document.readings[index]
    crosshead = finding.category in CROSSHEADS and _between_paragraphs(document, index)
    if not (reading.sentence and reading.word_count >= ABOUT_SENTENCE) and not _BULLET.match(text) and not crosshead:
        return None
    common = words_of(document.language or "en")
    words = [word for word in WORD.findall(fold(finding.evidence).text) if len(word) >= 4 and word not in common]
    for word in sorted(words, key=len, reverse=True)[:2]:
        others = document.paragraphs_with(word, but=index)
        if others >= ABOUT_PARAGRAPHS:
            return f"the story is about it: {word!r} stands in {others} other paragraphs"
    return None


def _between_paragraphs(document: Document, index: int) -> bool:
    """The lines right above and below are paragraphs. Tags would tell more, but a cleaned page has none any more, and
    cleaning it again must come to the same answer.
    """
    return 0 < index < len(document.blocks) - 1 and all(document.readings[index + by].prose for by in (-1, 1))


def in_a_list(document: Document, finding: Finding) -> str | None:
    """One item of a list whose other items no rule knows: an instruction that is worded like a button."""
    text, at, index = _place(document, finding)
    if at < 0 or not _BULLET.match(text) or finding.end - finding.start < len(text):
        return None
    others, strange = _strangers(document, index, _BULLET.match)
    if others >= LIST_ITEMS and strange >= others / 2:
        return f"it is one item of a list of {others + 1}"
    return None


def in_a_fact_box(document: Document, finding: Finding) -> str | None:
    """One line of several that say what something is or who did it, whose other labels no rule knows: a book's title,
    its author and price, what a race was like.
    """
    text, at, index = _place(document, finding)
    if at < 0 or not _FACT.fullmatch(text) or finding.end - finding.start < len(text):
        return None
    others, strange = _strangers(document, index, _FACT.fullmatch)
    if strange >= FACTS and strange >= others / 2:
        return f"it is one of {others + 1} facts in a box"
    return None


def _strangers(document: Document, index: int, alike: Callable[[str], object]) -> tuple[int, int]:
    """How many lines like this one stand around it without a gap, and in how many of these no rule finds anything."""
    first = last = index
    while first > 0 and index - first < LONGEST_LIST and alike(document.blocks[first - 1].text):
        first -= 1
    end = min(len(document.blocks), index + LONGEST_LIST)
    while last + 1 < end and alike(document.blocks[last + 1].text):
        last += 1
    others = [document.blocks[i].text for i in range(first, last + 1) if i != index]
    return len(others), sum(not document.notes.matches.get(text) for text in others)


def _is_sentence(document: Document, finding: Finding) -> bool:
    """True for a wording claim in a line that is a sentence or more."""
    _, at, index = _place(document, finding)
    return at >= 0 and document.readings[index].sentence


def _place(document: Document, finding: Finding) -> tuple[str, int, int]:
    """The finding's block, where in it the evidence stands (-1: nowhere, so it is no wording claim), its number."""
    index = bisect_right(document.starts, finding.start) - 1
    if index < 0:
        return "", -1, 0
    block = document.blocks[index]
    at = finding.start - block.start
    if not finding.evidence:
        at = -1
    elif not block.text.startswith(finding.evidence, at):
        at = block.text.find(finding.evidence)
    return block.text, at, index


GUARDS: tuple[Guard, ...] = (
    in_quotes, somebody_says_it, story_tells_it, in_a_list, in_a_fact_box, story_is_about_it, speaks_of_other_things,
    label_in_a_sentence,
)  # fmt: skip
