"""The console's pages of ambiguous events: the list, one event at two rungs, numbers that are Python's, and what is no event."""

import gzip
import json
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect
from typer.testing import CliRunner

import entente as en
from entente.cli import app
from entente.console.events import told
from entente.console.shelf import shelf
from entente.report.event_reasons import reasons
from entente.report.language import Tongue
from entente.scenario.event_files import load_event, shipped_events

pytestmark = pytest.mark.browser
ASSETS = Path(__file__).parents[2] / "src/entente/console/assets"
EVENTS = Path(__file__).parents[2] / "examples/events"
HOSTILE = "My own glint <img src=x onerror=alert(1)>"
READY = ".listed, .figure, .failure"
ROCKET = "events#event=sounding-rocket-1995"
SIZES = [(1920, 1080), (1280, 800), (360, 740)]
SMALL, PACKED = 30_000, 100_000  # bytes, gzipped: of the program, and of one event's document
TENTH, POINT = 0.051, 0.0051  # dB, shares: what is left of a number written with one digit, or in whole per cent


@pytest.fixture(scope="module")
def served(tmp_path_factory, module_serving):
    """One console without a run, with an event of the user's own beside the shipped ones."""
    own = tmp_path_factory.mktemp("own") / "mine.yaml"
    text = (EVENTS / "glint-1983.yaml").read_text(encoding="utf-8")
    own.write_text(text.replace("id: glint-1983", "id: mine").replace("The satellite glint", HOSTILE))
    address = module_serving("--event", str(own), "--port", "0")
    assert address.endswith("/events#event=mine")
    served.file = own
    return address.split("events#")[0]


@pytest.fixture(scope="module")
def rocket():
    """The event as Python tells it."""
    return en.event("sounding-rocket-1995")


def number(text):
    """The first number in a text, as it is written for people."""
    return float(re.search(r"[−-]?\d+(\.\d+)?", text)[0].replace("−", "-"))


def ask(address):
    """Status and answer."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            body = answer.read()
            packed = answer.headers["content-encoding"] == "gzip"
            return answer.status, json.loads(gzip.decompress(body) if packed else body), len(body)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read()), 0


# What the server tells


@pytest.mark.parametrize("name", ["sounding-rocket-1995", "glint-1983", "misfire-2022"])
def test_the_document_holds_the_numbers_of_python(name):
    """At every rung, of both sides, at the moments that both know."""
    account, document = en.event(name), told(load_event(name))
    attack = document["natures"].index("attack")
    for rung in document["rungs"]:
        for party, at in zip(account.event.parties, rung["readings"], strict=True):
            said, reading = document["readings"][at], account.readings[rung["rung"], party]
            moments, chances = account.attack(rung["rung"], party)
            for moment in (0.0, 90.0, 300.0, 600.0):
                g, n = round(moment / document["grid"]["step_s"]), int((moments == moment).nonzero()[0][0])
                for rule in ("OR", "AND", "Bayes"):
                    assert said["called"][rule][g] == pytest.approx(reading.shares(moment, rule), abs=1e-5)
                means = dict(zip(document["natures"], [row[g] for row in said["chances"]], strict=True))
                assert means == pytest.approx(reading.chances(moment), abs=1e-5)
                three = [said[end][attack][g] for end in ("low", "middle", "high")]
                assert three == pytest.approx(chances[n].tolist(), rel=1e-3, abs=2e-6)
                weighed = [what for first, what in said["weighed"] if first <= g][-1]
                found = [(one["channel"], one["says"], one["decibans"][1]) for one in weighed["channels"]]
                assert [one[:2] for one in found] == [one[:2] for one in reading.weights(moment)]
                assert [one[2] for one in found] == pytest.approx([one[2] for one in reading.weights(moment)], abs=6e-3)
                assert all(one["decibans"] == sorted(one["decibans"]) for one in weighed["channels"])
                assert document["natures"][weighed["rival"]] == reading.rival(moment)
            # What is replaced before it comes is never held, and is left out here.
            held = {(one["giver"], one["says"]): one for one in said["items"] if not one["replaced"]}
            for one in account.timeline(rung["rung"], party):
                here = held.get((one.giver, one.says))
                if here and here["comes"] == pytest.approx(one.share):
                    assert here["at_s"] == pytest.approx(one.at_s, abs=0.06)
                    held.pop((one.giver, one.says))
            assert len(held) <= 1, held


def test_rungs_at_which_a_side_reads_the_same_share_a_reading():
    document = told(load_event("sounding-rocket-1995"))
    russia = [rung["readings"][1] for rung in document["rungs"]]
    assert russia[4:] == [russia[4]] * 5
    assert len(set(russia)) > 2


def test_an_answer_is_small_and_made_once(served):
    for name in (None, "glint-1983"):
        where = f"{served}events.json" + (f"?event={name}" if name else "")
        status, first, size = ask(where)
        assert status == 200
        assert size < PACKED
        assert ask(where)[1] == first
    found = shelf("glint-1983")[0]
    packed, kept = found.packed("glint-1983"), found._told["glint-1983"][1]
    assert found.packed("glint-1983") == packed
    assert found._told["glint-1983"][1] is kept


def test_without_a_run_the_first_page_leads_to_the_events(served):
    with urllib.request.urlopen(served, timeout=60) as answer:
        assert answer.url == f"{served}events"
        assert b"assets/events.js" in answer.read()
    status, refusal, _ = ask(f"{served}replay.json")
    assert (status, "entente console RUN" in refusal["error"]) == (404, True)


@pytest.mark.parametrize("name", ["nope", "", "../../etc/passwd", "x" * 5000])
def test_an_unknown_event_is_refused_in_one_line(served, name):
    status, refusal, _ = ask(f"{served}events.json?event={name}")
    assert status == 404
    assert "is not known; known: mine, training-tape-1979" in refusal["error"]
    assert "\n" not in refusal["error"]
    assert len(refusal["error"]) < 500


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("entente: 1\nid: bad\nevidence: [", "is not YAML here"),
        ("entente: 1\nid: bad\n", "title: the key is missing here"),
        (None, "is not known; known: training-tape-1979"),
    ],
)
def test_the_command_refuses_what_is_no_event(tmp_path, content, says):
    file = tmp_path / "bad.yaml"
    if content is not None:
        file.write_text(content)
    done = CliRunner().invoke(app, ["console", "--event", str(file) if content is not None else "bad", "--port", "0"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert says in done.stderr


def test_the_program_is_a_small_one_of_its_own():
    assert len(gzip.compress((ASSETS / "events.js").read_bytes())) < SMALL
    assert b"sounding rocket" not in (ASSETS / "app.js").read_bytes()


# What the pages show


def test_the_list_says_how_each_event_ends_at_both_ends_of_the_ladder(console):
    page = console.open("events", ready=READY)
    lines = page.locator(".listed li")
    assert lines.count() == len(shipped_events()) + 1
    for one in en.events(rungs=(0, 8)):
        line = lines.filter(has_text=one.event.title)
        party = one.event.suspected[0].by
        assert one.event.truth.what in line.inner_text()
        for rung, words in zip((0, 8), line.locator(".words").all_inner_texts(), strict=True):
            right, wrong, _ = one.shares(rung, party)
            assert abs(number(words) / 100 - right) <= POINT, (one.event.id, rung, words)
            assert ("held for an attack" in words) == (wrong > 0.0005)
    lines.filter(has_text="sounding rocket of 25").locator("a").click()
    page.wait_for_selector(".figure")
    page.go_back()
    page.wait_for_selector(".listed")


@pytest.mark.parametrize(("moment", "rungs"), [(90, (0, 4)), (300, (0, 1)), (600, (2, 8))])
def test_what_the_panel_says_is_what_python_says(console, rocket, moment, rungs):
    """Calls, weights, chances and since when each thing is held."""
    page = console.open(f"{ROCKET}&rungs={rungs[0]},{rungs[1]}&t={moment}&tab=now", ready=READY)
    readings = [rocket.readings[rung, "russia"] for rung in rungs]
    for row, rule in zip(page.locator(".calls tbody tr").all()[1:], ("Bayes", "OR", "AND"), strict=True):
        cells = row.locator("td").all_inner_texts()
        for reading, cell in zip(readings, cells, strict=True):
            right, wrong, _ = reading.shares(moment, rule)
            assert number(cell) / 100 == pytest.approx(right, abs=POINT)
            assert number(cell.splitlines()[-1].lstrip("<>")) / 100 == pytest.approx(wrong, abs=2 * POINT)
    for which, reading in enumerate(readings):
        rows = page.locator(f".balance.which{which} .channel:not(:has(:text('in fewer than half')))").all()
        weights = [number(row.locator(".decibans b").inner_text()) for row in rows]
        assert sorted(weights) == pytest.approx(sorted(one[2] for one in reading.weights(moment)), abs=TENTH)
        since = {
            item.split("\n")[0].strip(): item for item in page.locator(f".balance.which{which} .item").all_inner_texts()
        }
        for held in rocket.timeline(rungs[which], "russia"):
            if held.says in since and held.giver != "partner":
                minutes, seconds = divmod(round(held.at_s[1]), 60)
                assert f"since {minutes}:{seconds:02d}" in since[held.says], (held, since)
    for row in page.locator(".natures tbody tr").all():
        title = row.locator("th").inner_text().split("what it was")[0].strip()
        nature = {"anything else": "unknown"}.get(title, title.removeprefix("a ").removeprefix("an "))
        for reading, cell in zip(readings, row.locator("td").all_inner_texts(), strict=True):
            assert number(cell.lstrip("<>")) / 100 == pytest.approx(reading.chances(moment)[nature], abs=2 * POINT)


def test_it_opens_on_why_it_was_an_alarm_and_what_would_have_changed_it(console):
    """As the report says it; an event of one's own has no such words and opens on the moment."""
    page = console.open(ROCKET, ready=READY)
    said = page.locator(".reasons").inner_text()
    for reason in reasons("sounding-rocket-1995", Tongue("en")):
        head, _, text = reason.striptags().partition(".")
        assert f"{head}." in said
        assert text.strip() in said
    page = console.open("events#event=mine", ready=READY)
    assert page.get_by_role("tab").count() == 2
    assert page.locator(".headline").is_visible()


def test_the_ladder_shows_which_rung_would_have_changed_it(console, rocket):
    page = console.open(ROCKET, ready=READY)
    shown = [number(text) / 100 for text in page.locator(".columns .per").all_inner_texts()]
    assert shown == pytest.approx([rocket.shares(rung, "russia")[0] for rung in range(9)], abs=POINT)
    page.locator(".columns button").nth(1).click()
    assert page.get_by_label("Rung of the second line").input_value() == "1"
    assert page.locator(".note.above").first.inner_text().startswith("radar track toward us")
    assert page.locator(".note.below", has_text="notice matches").count() == 1


def test_both_sides_and_the_people_stand_on_one_axis(console, rocket):
    page = console.open(ROCKET, ready=READY)
    plots = page.locator(".figure .row .plot").evaluate_all(
        "all => all.map(e => Math.round(e.getBoundingClientRect().left))"
    )
    assert len(set(plots)) == 1
    text = page.locator(".figure").inner_text()
    for note in rocket.event.timeline:
        assert note.text in text
    for row in rocket.event.evidence:
        assert row.text in text
    cursor = page.locator(".over .now")
    before = cursor.bounding_box()["x"]
    box = page.locator(".over").bounding_box()
    page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 100)
    assert cursor.bounding_box()["x"] < before
    assert console.time(page) == pytest.approx(0.25 * float(page.get_attribute(".slider", "max")), abs=5.0)


def test_an_event_of_ones_own_can_be_written_and_reloaded(console):
    page = console.open("events#event=mine", ready=READY)
    assert page.title().startswith(HOSTILE)
    assert page.locator("img, [onerror]").count() == 0
    good = served.file.read_text()
    try:
        served.file.write_text(good.replace("nature: sensor fault", "nature: sunshine"))
        page.reload()
        page.wait_for_selector(".failure")
        line = page.locator(".failure p").inner_text()
        assert "truth.nature: 'sunshine' is not one of the choices" in line
        assert "\n" not in line
        assert "\n" not in ask(f"{console.address}events.json?event=mine")[1]["error"]
        assert "sunshine" in console.open("events", ready=READY).locator(".broken").inner_text()
    finally:
        served.file.write_text(good)
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector(".figure")
    console.complaints[:] = [one for one in console.complaints if "404" not in one]


def test_an_unknown_event_is_one_line_on_the_page_and_a_way_out(console):
    page = console.open("events#event=nope", ready=".failure")
    assert page.locator(".failure p").inner_text().startswith("event: 'nope' is not known; known: mine")
    assert page.get_by_role("alert").is_visible()
    page.get_by_role("button", name="All events").click()
    page.wait_for_selector(".listed")
    console.complaints[:] = [one for one in console.complaints if "404" not in one]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "events.json: damaged, it ends or breaks off"),
        (b'{"format": 9}', "events.json: format 9 is not the one that this page reads (1)"),
        (b'{"format": 1}', "events.json: damaged, events is missing"),
        (b"[]", "events.json: has no format number"),
    ],
)
def test_an_answer_of_no_use_is_said_in_one_line(console, body, says):
    page = console.open("events", ready=READY)
    page.route("**/events.json", lambda route: route.fulfill(body=body, content_type="application/json"))
    page.reload()
    page.wait_for_selector(".failure")
    assert page.locator(".failure p").inner_text().startswith(says)


# How one gets about


def test_a_link_restores_everything_and_keeps_what_it_cannot_read(console):
    page = console.open(
        "events#event=glint-1983&rungs=1,8&t=200&side=us_nato&nature=test&theme=light&tab=about", ready=READY
    )
    assert page.get_by_label("Rung of the first line").input_value() == "1"
    assert page.get_by_label("Rung of the second line").input_value() == "8"
    assert page.get_by_label("Nature").input_value() == "0"
    assert console.time(page) == 200
    assert page.get_by_role("button", name="US/NATO", pressed=True).count() == 1
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    wanted = {"event=glint-1983", "rungs=1,8", "t=200", "side=us_nato", "nature=test", "theme=light", "tab=about"}
    assert set(page.evaluate("location.hash.slice(1)").split("&")) == wanted
    odd = console.open(
        "events#event=glint-1983&rungs=x,99&t=soon&side=nobody&nature=rain&theme=pink&tab=x", ready=READY
    )
    assert [odd.get_by_label(f"Rung of the {which} line").input_value() for which in ("first", "second")] == ["0", "4"]
    assert console.time(odd) == 300


def test_the_keyboard_alone_goes_from_the_list_through_an_event_and_back(console):
    page = console.open("events", ready=READY)
    for _ in range(40):
        page.keyboard.press("Tab")
        if "sounding-rocket" in page.evaluate("document.activeElement.getAttribute('href') ?? ''"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(".figure")
    for key, time in (("ArrowRight", 310), ("Shift+ArrowLeft", 250), ("Home", 0), ("End", 720), ("ArrowLeft", 710)):
        page.keyboard.press(key)
        assert console.time(page) == time, key
    page.keyboard.press("Home")
    page.keyboard.press("]")
    first = console.time(page)
    page.keyboard.press("]")
    assert 0 < first < console.time(page)
    page.keyboard.press("[")
    assert console.time(page) == first
    page.keyboard.press("2")
    page.keyboard.press("Shift+Digit1")
    assert [page.get_by_label(f"Rung of the {which} line").input_value() for which in ("first", "second")] == ["1", "2"]
    page.keyboard.press("p")
    assert page.get_by_role("button", name="US/NATO", pressed=True).count() == 1
    page.keyboard.press("v")
    assert page.get_by_label("Nature").input_value() == "4"
    page.keyboard.press(" ")
    page.wait_for_function("before => Number(document.querySelector('.slider').value) > before", arg=first)
    page.keyboard.press(" ")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("/")
    page.wait_for_selector(".listed")


REACH = """() => { const all = [...document.querySelectorAll('button, select, input, a[href], [tabindex]')]
    .filter(e => e.checkVisibility() && e.tabIndex >= 0 && !e.disabled);
    return all.length }"""
STOP = """() => { const e = document.activeElement, s = getComputedStyle(e);
    if (e === document.body) return null;
    window.__known ??= []; if (window.__known.includes(e)) return null; window.__known.push(e);
    return [e.outerHTML.slice(0, 80), s.outlineStyle === 'none' ? 0 : parseFloat(s.outlineWidth)] }"""


@pytest.mark.parametrize("size", SIZES[1:])
def test_every_control_is_reached_and_shows_that_it_is(console, size):
    page = console.open(ROCKET, ready=READY, viewport={"width": size[0], "height": size[1]})
    stops = []
    for _ in range(80):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            break
        stops.append(stop)
    assert len(stops) == page.evaluate(REACH)
    assert [stop for stop in stops if stop[1] < 2.0] == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(console, size, scheme):
    look = {"viewport": {"width": size[0], "height": size[1]}, "color_scheme": scheme}
    page = console.open("events", ready=READY, **look)
    found = {"list": console.faults(page)}
    page = console.open(ROCKET, ready=READY, **look)
    found["event"] = console.faults(page)
    for tab in ("At this moment", "Behind it"):
        page.get_by_role("tab", name=tab).click()
        found[tab] = console.faults(page)
    page.get_by_role("button", name="Keys").click()
    page.wait_for_selector("dialog[open]")
    found["keys"] = console.faults(page)
    assert {where: said for where, said in found.items() if said} == {}


CUT = """() => [...document.querySelectorAll('.page *')].filter(e => {
    const box = e.getBoundingClientRect();
    return e.checkVisibility() && box.width > 0 && (box.right > innerWidth + 1 || box.left < -1) && !e.closest('.hidden');
}).map(e => e.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("where", ["events", ROCKET, "events#event=misfire-2022"])
@pytest.mark.parametrize("width", [360, 640])
def test_nothing_stands_beside_the_page(console, where, width):
    page = console.open(where, ready=READY, viewport={"width": width, "height": 400 if width == 640 else 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CUT) == []


def test_where_no_motion_is_wanted_nothing_moves_by_itself(console):
    page = console.open(ROCKET, ready=READY, reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll('*')].filter(e => {
        const s = getComputedStyle(e);
        return parseFloat(s.transitionDuration) > 0 || (s.animationName !== 'none' && parseFloat(s.animationDuration) > 0);
    }).map(e => e.outerHTML.slice(0, 90))"""
    assert page.evaluate(moving) == []
    assert page.evaluate("document.getAnimations().length") == 0


def test_on_paper_there_is_everything_but_the_tools(console):
    page = console.open(ROCKET, ready=READY, color_scheme="dark")
    page.emulate_media(media="print")
    for gone in (".slider", ".play", ".tools", ".tabs"):
        assert not page.locator(gone).is_visible()
    for kept in (".exercise", ".was", ".ladder", ".chart-row", ".reasons", ".clock"):
        assert page.locator(kept).is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    story = page.locator(".story").evaluate("e => [e.scrollHeight, e.clientHeight]")
    assert story[0] == story[1]  # no part is cut off


def test_every_page_says_that_nothing_on_it_is_happening(console):
    for where in ("events", ROCKET):
        mark = console.open(where, ready=READY).locator(".exercise")
        assert mark.is_visible()
        assert mark.inner_text() == "EXERCISE A model of the past, from open sources: nothing on this page is happening"


def test_colours_are_chosen_and_remembered_in_the_address(console):
    page = console.open(ROCKET, ready=READY, color_scheme="dark")
    page.get_by_role("button", name="Switch to light colours").click()
    console.still(page)
    assert "theme=light" in page.evaluate("location.hash")
