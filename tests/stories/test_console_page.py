"""The console in Debian's Chromium, served by its own process: what is drawn, by keyboard too, and that it asks nobody else.

`console` opens pages and, when a story ends, proves that nobody but the server was asked and nothing was complained of.
"""

import pytest

pytestmark = pytest.mark.browser
FREE = {"title", "question", "text", "nature", "launched_by", "vehicle", "class", "name", "by", "program", "version"}
HOSTILE = "<img src=x onerror=alert(1)>\"'&</script>"


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 800), (360, 740)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_run_is_drawn_and_nobody_else_is_asked(console, size, scheme):
    page = console.open(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    assert len(console.colours(page)) > 20
    assert not any("globe.js" in url for url in console.asked)  # only on demand
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "impact" in page.inner_text("body")


def test_keys_move_through_time_rungs_and_views(console):
    page = console.open()
    before = page.url
    page.keyboard.press("End")
    page.keyboard.press("v")
    console.still(page)
    assert page.url != before
    later = page.url
    page.keyboard.press("Home")
    console.still(page)
    assert page.url != later
    page.keyboard.press("/")
    console.still(page)
    assert page.evaluate("document.activeElement.tagName") == "INPUT"
    page.keyboard.press("Escape")


def test_a_link_leads_back_to_the_same_place(console):
    page = console.open()
    page.keyboard.press("v")
    page.keyboard.press("ArrowRight")
    console.still(page)
    assert console.open(page.url).url == page.url


def test_the_mailed_page_opens_from_a_disk_and_asks_nobody(console, told, mail):
    file = mail(told)
    page = console.open(file)
    assert len(console.colours(page)) > 20
    assert [url for url in console.asked if not url.startswith(("data:", "blob:"))] == [file]


def texts_made_hostile(value, inside=""):
    """Every free text of a document, wherever it stands; what programs read stays: names, kinds, hashes."""
    if isinstance(value, dict):
        return {
            key: HOSTILE if isinstance(each, str) and key in FREE else texts_made_hostile(each, key)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [HOSTILE if inside == "classes" else texts_made_hostile(each, inside) for each in value]
    return value


@pytest.mark.parametrize("by", ["server", "mail"])
def test_hostile_text_stands_there_as_text(console, told, mail, by):
    """In every title, name and event: nothing of it becomes part of the page, wherever one looks."""
    told = texts_made_hostile(told)
    page = console.open(document=told) if by == "server" else console.open(mail(told))
    assert HOSTILE in page.inner_text("body")
    sensor = told["sensors"][0]["id"]
    for where in ("tab=Events", "tab=Tracks", "dialog=/", "dialog=?", f"select=sensor.{sensor}", "select=track.0.0"):
        kind, which = where.split("=")
        if kind == "tab":
            page.get_by_role("tab", name=which).click()
        elif kind == "dialog":
            page.keyboard.press(which)
        else:
            page.evaluate("which => { location.hash = 'select=' + which }", which)
        console.still(page)
        assert page.locator("img, [onerror]").count() == 0, where
        if which not in ("?", "Tracks"):
            assert "<img src=x" in page.inner_text("body"), where
        page.keyboard.press("Escape")


def test_an_exercise_says_so_on_the_screen(console, told):
    page = console.open(document=told | {"origin": "exercise"})
    assert "EXERCISE" in page.inner_text("body")


def test_the_replay_and_the_ambiguous_events_lead_to_one_another(console, told, mail):
    page = console.open()
    page.get_by_role("link", name="Ambiguous events").locator("visible=true").click()
    page.wait_for_selector(".listed")
    page.get_by_role("link", name="Replay of a run").click()
    page.wait_for_selector(".stage canvas")
    assert console.open(mail(told)).get_by_role("link", name="Ambiguous events").count() == 0  # there is no server
