"""Site configurations: what a file says goes before what the extractor thinks, and each removal names the file."""

import pickle

import pytest

import cleaner
from cleaner.errors import UsageError
from cleaner.site_config import SiteConfigs, read_config
from tests.invariants import check_invariants

STORY = (
    "The council voted on Tuesday night to rebuild the old harbour bridge, which had been closed for a year.",
    "Work is to begin in the autumn, the mayor said on Wednesday, and the ferry will sail until the deck is in place.",
)
PROMO = "Buy our calendar of bridges for the coming year, printed on good paper by people who love bridges."
PAGE = f"""<html><head><title>Council votes to rebuild bridge</title></head><body><div class="nav"><a href="/">Home</a></div>
<h1>Council votes to rebuild bridge</h1><p>{PROMO.replace("Buy", "Order")}</p>
<div id="story"><p>{STORY[0]} <span class="inline-ad">Tap to hear</span></p><div class="my-promo"><p>{PROMO}</p></div>
<p>{STORY[1]}</p></div></body></html>"""
CONFIG = """# example
title: //h1
body: //div[@id='nowhere']
body: //div[@id='story']
strip: //span[@class='inline-ad']
strip_id_or_class: 'my-promo'
replace_string(<b>): <i>
tidy: no
test_url: https://www.example.com/a#top
test_contains: rebuild the old   harbour bridge
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "example.com.txt").write_text(CONFIG)
    return tmp_path


def clean(folder, url="https://www.example.com/a", page=PAGE):
    return cleaner.clean(page, kind="html", url=url, options=cleaner.Options(site_configs=folder))


def test_a_file_is_read():
    config = read_config(CONFIG, "example.com.txt")
    assert config.body == ("//div[@id='nowhere']", "//div[@id='story']")
    assert config.strip == (
        "//span[@class='inline-ad']", "//*[contains(@class, 'my-promo') or contains(@id, 'my-promo')]",
    )  # fmt: skip
    assert config.tests == {"https://www.example.com/a": ("rebuild the old   harbour bridge",)}
    assert read_config("nonsense\nbody:\n: x\ntest_contains: early", "x.txt").body == ()


def test_the_body_is_the_story_and_what_is_stripped_goes(folder):
    result = clean(folder)
    assert result.text.splitlines() == list(STORY)
    assert "site-config-failed" not in result.flags
    check_invariants(result, cleaner.Options(site_configs=folder))
    reasons = {r.text.strip(): (r.rule, r.reason) for r in result.removals}
    rule, reason = reasons["Tap to hear"]
    assert rule.endswith(".structure.site-config")
    assert reason.endswith("example.com.txt strips it: //span[@class='inline-ad']")
    assert reasons[PROMO][0] == "advertisement.structure.site-config"
    assert "outside the body that example.com.txt names: //div[@id='story']" in str(reasons)
    assert result.title == "Council votes to rebuild bridge"


def test_it_is_for_its_own_site_only(folder):
    assert not any(".site-config" in r.rule for r in clean(folder, "https://example.org/a").removals)
    assert not any(".site-config" in r.rule for r in clean(folder, "https://news.example.com/a").removals)
    assert not any(".site-config" in r.rule for r in clean(folder, None).removals)
    canonical = PAGE.replace("<head>", '<head><link rel="canonical" href="https://www.example.com/a">')
    assert any(".site-config" in r.rule for r in clean(folder, None, canonical).removals)


def test_the_nearest_file_is_taken(folder):
    for name in (".example.com.txt", ".news.example.com.txt", ".com.txt"):
        (folder / name).write_text("body: //p")
    configs = SiteConfigs(folder)
    for host, file in (
        ("example.com", "example.com.txt"),
        ("www.example.com", "example.com.txt"),
        ("a.example.com", ".example.com.txt"),
        ("a.news.example.com", ".news.example.com.txt"),
        ("news.example.com", ".news.example.com.txt"),
        ("other.com", ".com.txt"),
    ):
        assert configs.of_address(f"https://{host}/a").file == file
    assert configs.of_address("https://example.org/a") is None


def test_a_body_that_is_gone_leaves_it_to_the_extractor_and_says_so(folder):
    (folder / "example.com.txt").write_text("body: //div[@id='old-story']\nstrip: //span[@class='inline-ad']")
    result = clean(folder)
    assert set(STORY) <= set(result.text.splitlines())
    assert "Tap to hear" not in result.text
    assert "site-config-failed" in result.flags


def test_an_expression_that_is_none_is_passed_over_and_told(folder):
    (folder / "example.com.txt").write_text("body: //div[\nbody: //div[@id='story']\nstrip: ]]")
    result = clean(folder)
    assert all(paragraph in result.text for paragraph in STORY)
    assert "Order our calendar" not in result.text
    assert "site-config-failed" in result.flags


def test_a_page_too_deep_for_a_tree_is_left_to_the_extractor(folder):
    page = PAGE.replace("<body>", f"<body data-site-config=0>{'<div>' * 2_500}")
    result = clean(folder, page=page)
    assert set(STORY) <= {line.removesuffix(" Tap to hear") for line in result.text.splitlines()}
    assert PROMO in result.document.text
    assert "site-config-failed" in result.flags


def test_a_page_by_which_the_file_is_tested_must_hold_what_it_says(folder):
    (folder / "example.com.txt").write_text(CONFIG + "test_contains: a sentence that is not there\n")
    assert "site-config-failed" in clean(folder).flags
    assert "site-config-failed" not in clean(folder, "https://www.example.com/other").flags


def test_stripping_a_cell_leaves_the_table(folder):
    (folder / "example.com.txt").write_text("strip: //td[@class='x']")
    page = PAGE.replace('<div class="my-promo">', '<table><tr><td>One</td><td class="x">Two</td></tr></table><div>')
    assert any("One | Two" in block.text for block in clean(folder, page=page).document.blocks)


@pytest.mark.parametrize("page", [b"", b"<", b"<!-- -->", b"\xff\xfe", b"<a>" * 5000])
def test_broken_pages(folder, page):
    assert (
        cleaner.clean(
            page, kind="html", url="https://example.com", options=cleaner.Options(site_configs=folder)
        ).restore()
        is not None
    )


def test_the_folder_travels_and_is_checked(folder, tmp_path):
    options = cleaner.Options(site_configs=folder)
    again = pickle.loads(pickle.dumps(options))  # noqa: S301
    assert again.config_folder.digest == options.config_folder.digest
    (folder / "other.org.txt").write_text("body: //p")
    assert SiteConfigs(folder).digest != options.config_folder.digest
    for wrong in (tmp_path / "none", tmp_path / "empty"):
        if wrong.name == "empty":
            wrong.mkdir()
        with pytest.raises(UsageError, match="holds no site configurations"):
            cleaner.Options(site_configs=wrong)
