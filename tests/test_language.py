"""The same answer every time, and the right one on a paragraph of news."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from cleaner.blocks import text_document
from cleaner.language import find_language, foreign_to

NEWS = {
    "en": "The council voted on Tuesday night to rebuild the old harbour bridge after a long debate about what it would cost the town.",
    "de": "Der Stadtrat hat am Dienstagabend nach langer Debatte beschlossen, die alte Hafenbrücke neu zu bauen, die seit einem Jahr gesperrt ist.",
    "fr": "Le conseil municipal a voté mardi soir la reconstruction du vieux pont du port, après un long débat sur ce que cela coûtera à la ville.",
    "es": "El ayuntamiento aprobó el martes por la noche la reconstrucción del viejo puente del puerto, tras un largo debate sobre lo que costará a la ciudad.",
    "it": "Il consiglio comunale ha votato martedì sera la ricostruzione del vecchio ponte del porto, dopo un lungo dibattito su quanto costerà alla città.",
    "pt": "A câmara municipal aprovou na noite de terça-feira a reconstrução da velha ponte do porto, depois de um longo debate sobre o que vai custar à cidade.",
    "nl": "De gemeenteraad heeft dinsdagavond na een lang debat besloten om de oude havenbrug te herbouwen, die al een jaar voor het verkeer gesloten is.",
    "pl": "Rada miasta przyjęła we wtorek wieczorem po długiej debacie uchwałę o odbudowie starego mostu portowego, który od roku jest zamknięty dla ruchu.",
    "ru": "Городской совет во вторник вечером после долгих споров решил восстановить старый портовый мост, который уже год как закрыт для движения.",
    "uk": "Міська рада у вівторок увечері після довгих суперечок вирішила відбудувати старий портовий міст, який уже рік закритий для руху.",
    "tr": "Belediye meclisi salı akşamı uzun bir tartışmadan sonra bir yıldır trafiğe kapalı olan eski liman köprüsünün yeniden yapılması için karar aldı.",
    "sv": "Kommunfullmäktige beslutade på tisdagskvällen efter en lång debatt att bygga om den gamla hamnbron som har varit stängd för trafik i ett år.",
    "ar": "صوت مجلس المدينة مساء الثلاثاء على إعادة بناء جسر الميناء القديم بعد نقاش طويل حول ما سوف يكلف المدينة من المال في هذا العام.",
    "he": "מועצת העיר הצביעה ביום שלישי בערב בעד בנייה מחדש של גשר הנמל הישן אחרי דיון ארוך על מה שזה יעלה לעיר.",
    "ja": "市議会は火曜日の夜、長い議論の末に、一年前から通行止めになっている古い港の橋を架け替えることを決めた。",
    "zh": "市议会星期二晚上经过长时间的辩论后决定重建已经关闭一年的旧港口大桥，工程将于秋天开始。",
    "ko": "시의회는 화요일 밤 오랜 토론 끝에 일 년 동안 통행이 막혀 있던 낡은 항구 다리를 다시 짓기로 결정했다.",
}


@pytest.mark.parametrize("language", NEWS)
def test_a_paragraph_of_news(language):
    assert find_language(text_document(NEWS[language])) == language


def test_threads_agree():
    texts = [*NEWS.values(), "Minister quits", "Ja", "xyzzy plugh " * 30, "12345"] * 3
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda text: find_language(text_document(text)), texts))
    assert answers == [find_language(text_document(text)) for text in texts]


@pytest.mark.parametrize("text", ["", "   \n", "12345 67", "🙂🙂🙂"])
def test_nothing_to_go_by(text):
    assert find_language(text_document(text)) is None


def test_a_foreign_line():
    words = NEWS["de"].lower().split()
    assert foreign_to("en", NEWS["de"], words) == "de"
    assert foreign_to("de", NEWS["de"], words) is None
    assert foreign_to("en", "פרסום ראשון", ["פרסום", "ראשון"]) == "he"
