"""What a reader does with the console: compares two rungs, looks from every side and view, finds, plays, saves, links."""

import io
import re
import time
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.browser
TRUTH = {"dark": (0xFF, 0x61, 0x61), "light": (0xC4, 0x16, 0x2A)}  # as in palette.ts
PARTIES = [(0x58, 0xA9, 0xFF), (0xFF, 0xA2, 0x3E)]  # on the dark map
MANY = 20  # colours that a map has at least; an empty canvas has one


def picture(page, of):
    """What stands on the screen there, as an array of colours."""
    return np.asarray(Image.open(io.BytesIO(page.locator(of).screenshot())).convert("RGB"))


def look_for(page, words):
    """Open the search by its key and type."""
    page.keyboard.press("/")
    page.wait_for_selector(".search input:focus")
    page.keyboard.type(words)


def hues(colours):
    """How many different colours there are."""
    return len(Image.fromarray(colours).getcolors(colours.size))


def share(page):
    """Where the divider stands, 0 to 1, by the page and by the screen."""
    said = int(page.get_attribute(".divider", "aria-valuenow")) / 100
    stage, handle = page.locator(".stage").bounding_box(), page.locator(".divider").bounding_box()
    assert abs((handle["x"] + handle["width"] / 2 - stage["x"]) / stage["width"] - said) < 0.01
    return said


def test_the_divider_is_dragged_between_two_rungs(console):
    page = console.open("#compare=divide&left=0.1&right=4.1")
    assert share(page) == 0.5
    before = picture(page, ".stage canvas")
    box, stage = page.locator(".divider").bounding_box(), page.locator(".stage").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(stage["x"] + 0.8 * stage["width"], box["y"] + 100, steps=6)
    page.mouse.up()
    page.mouse.move(stage["x"] + 0.3 * stage["width"], box["y"])  # let go of, it stays
    console.still(page)
    assert abs(share(page) - 0.8) < 0.01
    assert "divider=0.8" in page.url
    assert (picture(page, ".stage canvas") != before).any()


def test_the_divider_is_moved_by_keys_to_its_ends_and_no_further(console):
    page = console.open("#compare=divide")
    time_before = console.time(page)
    page.locator(".divider").focus()
    page.keyboard.press("ArrowRight")
    assert share(page) == 0.52
    page.keyboard.press("PageUp")
    assert share(page) == 0.42
    for end, limit in (("Home", 0.03), ("End", 0.97)):
        page.keyboard.press(end)
        page.keyboard.press("ArrowLeft" if end == "Home" else "ArrowRight")
        assert share(page) == limit
    assert console.time(page) == time_before  # the keys meant the divider, not time
    assert "ung 0" in page.get_attribute(".divider", "aria-valuetext")


def test_side_by_side_shows_two_rungs_and_one_map_one(console):
    page = console.open("#compare=beside&left=0.1&right=4.1")
    assert page.locator(".pane").count() == 2
    colours = picture(page, ".stage canvas")
    middle = colours.shape[1] // 2
    assert (colours[:, : middle - 20] != colours[:, middle + 20 : 2 * middle]).any()
    page.get_by_role("button", name="One map").click()
    console.still(page)
    assert page.locator(".pane").count() == 1
    assert page.locator(".divider").count() == 0


@pytest.mark.parametrize("view", ["Europe", "North Pole", "World", "Globe"])
def test_every_flat_view_draws_the_earth_and_who_is_on_it(console, view):
    page = console.open("#compare=one&right=4.truth", color_scheme="dark")
    page.get_by_role("navigation", name="View").get_by_role("button", name=view, exact=True).click()
    console.still(page)
    colours = console.colours(page)
    assert len(colours) > MANY
    assert all(colours[party] > 10 for party in PARTIES)


def test_the_flat_views_differ(console):
    page = console.open("#compare=one")
    seen = []
    for _ in range(4):
        page.keyboard.press("v")
        console.still(page)
        seen.append(picture(page, ".stage canvas").tobytes())
    assert len(set(seen)) == 4


def test_the_free_globe_is_fetched_when_asked_for_and_turns(console):
    page = console.open()
    assert not any("globe.js" in url for url in console.asked)
    page.get_by_role("button", name="3D").click()
    page.wait_for_selector(".space canvas")
    console.still(page)
    assert sum("globe.js" in url for url in console.asked) == 1
    before = picture(page, ".space canvas")
    assert hues(before) > MANY
    page.locator(".space canvas").focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(600)
    turned = picture(page, ".space canvas")
    assert (turned != before).mean() > 0.02
    assert "view=space" in page.url
    page.get_by_role("button", name="Europe").click()
    console.still(page)
    assert len(console.colours(page)) > MANY


def test_where_the_free_globe_cannot_be_had_the_flat_one_comes(console):
    page = console.open()
    page.route("**/globe.js", lambda route: route.abort())
    page.get_by_role("button", name="3D").click()
    page.wait_for_selector(".stage canvas")
    console.still(page)
    assert page.get_by_role("button", name="Globe", exact=True).get_attribute("aria-pressed") == "true"
    assert len(console.colours(page)) > MANY
    console.complaints[:] = [line for line in console.complaints if "ERR_FAILED" not in line]  # what was cut off above


def test_search_finds_and_the_panel_says_what_it_is_and_who_says_so(console, told):
    page = console.open("#compare=one&right=4.1&t=0")
    look_for(page, "T1")
    page.keyboard.press("Enter")
    panel = page.locator("aside.panel")
    panel.get_by_role("heading", name="Track T1").wait_for()
    assert "Not held at this moment" in panel.inner_text()
    panel.get_by_role("button", name="Go to when it begins").click()
    console.still(page)
    said = panel.inner_text()
    assert "Who says so" in said
    assert "What it is" in said
    assert told["parties"][1]["title"] in said
    console.still(page)
    assert "select=track." in page.url
    sensor = told["sensors"][0]
    look_for(page, sensor["title"][:12])
    page.keyboard.press("Enter")
    panel.get_by_role("heading", name=sensor["title"]).wait_for()
    assert told["parties"][sensor["party"]]["title"] in panel.inner_text()
    look_for(page, "nothing is called this")
    page.get_by_text("Nothing has that name").wait_for()


def test_every_perspective_shows_another_picture(console):
    page = console.open("#compare=one&right=4.0&t=300")
    seen = {}
    for side in ("0", "1", "centre", "truth"):
        page.get_by_label("Seen by").select_option(side)
        console.still(page)
        seen[side] = picture(page, ".stage canvas").tobytes()
    assert len(set(seen.values())) == 4


@pytest.mark.parametrize("side", ["0", "1", "centre"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_truth_is_shown_to_nobody_but_the_analyst(console, side, scheme):
    """Neither on the map, nor in the lists, nor by search, nor by a link that names it, at any time."""
    page = console.open(f"#compare=one&right=4.{side}", color_scheme=scheme)
    for key, secret in (("truth.0", "Highest point"), ("event.4.0", "launch 1")):
        page.evaluate("key => { location.hash = 'select=' + key }", key)
        console.still(page)
        assert secret not in page.inner_text("aside.panel")
    page.get_by_role("tab", name="Compare").click()
    for part in (0.1, 0.3, 0.5, 0.7, 1.0):
        low, high = (float(page.get_attribute(".slider", end)) for end in ("min", "max"))
        page.evaluate("t => { location.hash = 't=' + t }", low + part * (high - low))
        console.still(page)
        assert console.colours(page)[TRUTH[scheme]] == 0, part
    look_for(page, "missile 1")
    assert page.locator("#found li small").filter(has_text="True flight").count() == 0
    page.keyboard.press("Escape")
    for tab in ("Events", "Tracks"):
        page.get_by_role("tab", name=tab).click()
        assert not re.search(r"true (place|impact|flight)", page.inner_text("aside.panel"), re.I)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_analyst_sees_the_truth(console, scheme):
    """So that the story above can fail."""
    page = console.open("#compare=one&right=4.truth&t=300", color_scheme=scheme)
    assert console.colours(page)[TRUTH[scheme]] > 10
    page.evaluate("location.hash = 'select=truth.0'")
    page.wait_for_selector("article.chosen")
    assert "Highest point" in page.inner_text("aside.panel")


def test_a_side_is_not_told_what_the_other_alone_knows(console, told):
    """A link to the other's track, at a rung at which nothing is shared, opens nothing of it."""
    index = next(i for i, rung in enumerate(told["rungs"]) if rung["rung"] == 0)
    picture_of = told["rungs"][index]["picture"]
    theirs = next(track for track in told["pictures"][picture_of]["tracks"] if track["holder"] == 0)
    moment = told["grid"]["start_s"] + (theirs["start"] + 2) * told["grid"]["step_s"]
    link = f"#compare=one&t={moment}&select=track.{picture_of}.{theirs['id']}"
    page = console.open(f"{link}&right=0.1")
    assert "How well known" not in page.inner_text("aside.panel")
    page = console.open(f"{link}&right=0.0")
    assert "How well known" in page.inner_text("aside.panel")


@pytest.mark.parametrize("speed", [1, 5, 20, 100])
def test_playing_moves_time_at_the_chosen_speed(console, speed):
    page = console.open("#t=0")
    page.get_by_role("button", name=f"{speed}×", exact=True).click()
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(200)
    begin, clock = console.time(page), time.perf_counter()
    page.wait_for_timeout(1500)
    rate = (console.time(page) - begin) / (time.perf_counter() - clock)
    assert 0.6 * speed < rate < 1.4 * speed  # the slider steps in fifths of a moment, and asking takes its time
    page.get_by_role("button", name="Pause").click()
    at = console.time(page)
    console.still(page)
    assert console.time(page) == at


def test_playing_ends_with_the_history(console):
    page = console.open()
    end = float(page.get_attribute(".slider", "max"))
    page.evaluate("t => { location.hash = 't=' + t }", end - 5)
    console.still(page)
    page.get_by_role("button", name="100×").click()
    page.get_by_role("button", name="Play").click()
    page.wait_for_selector(".play[aria-label=Play]")
    assert console.time(page) == end


def saved(page, what):
    """The bytes of a picture that was asked for, and the name it came under."""
    page.get_by_role("button", name="Save picture").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=what).click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def test_a_saved_png_is_a_picture_of_the_map(console):
    page = console.open("#compare=beside&t=300")
    name, data = saved(page, "PNG")
    assert re.fullmatch(r"entente-[\w-]+-300s\.png", name)
    image = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    box = page.locator(".stage canvas").bounding_box()
    assert image.shape[1] == 2 * round(box["width"])  # twice as fine as the screen
    assert hues(image) > MANY


def test_a_saved_svg_is_a_drawing_and_holds_no_program(console, told):
    hostile = "<script>alert(1)</script>\"'&"
    told["case"]["title"] = told["title"] = hostile
    for sensor in told["sensors"]:
        sensor["title"] = hostile
    page = console.open("#compare=beside&t=300", document=told)
    name, data = saved(page, "SVG")
    assert name.endswith("-300s.svg")
    root = ET.fromstring(data)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    tags = {element.tag.split("}")[1] for element in root.iter()}
    assert "path" in tags
    assert not tags & {"script", "foreignObject", "image", "use", "a", "style"}
    attributes = {key for element in root.iter() for key in element.attrib}
    assert not any(key.lower().startswith("on") or key.endswith("href") for key in attributes)
    assert hostile in "".join(root.itertext())


def test_a_deep_link_restores_everything(console, told):
    sensor = told["sensors"][0]
    link = f"#view=pole&t=290&compare=beside&left=0.1&right=4.centre&theme=light&select=sensor.{sensor['id']}"
    page = console.open(link)
    assert console.time(page) == 290
    assert page.get_by_role("button", name="North Pole").get_attribute("aria-pressed") == "true"
    assert page.get_by_role("button", name="Side by side").get_attribute("aria-pressed") == "true"
    assert [one.input_value() for one in page.get_by_label("Seen by").all()] == ["1", "centre"]
    rungs = [told["rungs"][int(one.input_value())]["rung"] for one in page.get_by_label("Rung of cooperation").all()]
    assert rungs == [0, 4]
    assert page.get_attribute("html", "data-theme") == "light"
    assert page.get_by_role("heading", name=sensor["title"]).is_visible()
    again, once_more = console.open(page.url), console.open(page.url)
    assert again.url == once_more.url == page.url
    assert (picture(again, ".stage canvas") == picture(once_more, ".stage canvas")).all()
    free = console.open("#view=space&from=60,30,2,10,20&t=290")
    free.wait_for_selector(".space canvas")
    assert "from=60%2C30%2C2%2C10%2C20" in free.url


@pytest.mark.parametrize(
    "link", ["#t=1e999&at=x,y&left=99.9&view=moon&select=track.9.9", "#%%%&=&t=", "#divider=7&from=1"]
)
def test_a_link_that_says_nonsense_is_as_none(console, link):
    page = console.open(link)
    assert len(console.colours(page)) > MANY
    low, high = (float(page.get_attribute(".slider", end)) for end in ("min", "max"))
    assert low <= console.time(page) <= high
