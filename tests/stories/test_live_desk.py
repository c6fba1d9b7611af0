"""The duty desk as a crew meets it: what its map draws, for everyone's eyes and hands, and by keyboard alone.

One real centre, whose log holds whatever a desk can show: alerts open, acknowledged and replaced, a notice, questions of both
sides, tracks, a feed that is down. Two browsers of one Chromium sit at it.
"""

import json
import math
import re
import subprocess
import time
from dataclasses import dataclass, field
from hashlib import sha256

import httpx
import msgspec
import numpy as np
import pytest
from playwright.sync_api import expect
from tests.stories.conftest import Console
from tests.stories.test_console_access import CUT, HALF, HIT, RING, SIZES, walked

from entente.console.live import names_in
from entente.errors import StoreError
from entente.exchange.ledger import Ledger
from entente.exchange.messages import (
    NOTHING,
    Acknowledgement,
    Alert,
    Cancel,
    Ellipse,
    Feed,
    LaunchDetected,
    Polygon,
    PreLaunch,
    Query,
    StateOfHealth,
    TrackState,
)
from entente.exchange.proving.entries import envelope_of
from entente.exchange.releasing.policies import digest_of
from entente.exchange.saying.decoding import decode, encode
from entente.exchange.saying.instants import NS_PER_S, instant
from entente.exchange.serving.certificates import client_context
from entente.exchange.serving.preparing import CENTRE, CERTIFICATES, LOG, first_words, prepare, usual
from entente.exchange.serving.wire import Answer, framed
from entente.exchange.signing import digest, read_key, seal, unseal
from entente.physics.earth import geodetic_from_ecef

pytestmark = pytest.mark.browser
NAMES = {"us_nato": "United States and NATO", "russia": "Russian Federation"}
PARTIES = tuple(NAMES)
PASSED_ON = "localhost:9"  # by which something else would pass on to the console
POLICY = '{"party": "%s", "number": 1, "permits": []}'
UPPER = tuple(([25.0] * 3 + [0.0025] * 3)[a] if a == b else 0.0 for a in range(6) for b in range(a, 6))
LONG, ACROSS, BEARING = 400.0, 150.0, 60.0  # of the launch area whose shape is looked at
DISTORTION, TURN = 0.02, 8.0  # of the map away from its middle; deg
PATIENCE = 15_000  # ms


@dataclass
class Voice:
    """A node or a seat that speaks: numbers, chains and seals what it says."""

    folder: object
    log: str
    party: str
    name: str
    number: int = 0
    previous: str = NOTHING

    def say(self, kind, **fields):
        """The envelope of its next message."""
        self.number += 1
        said = kind(
            log=self.log, origin="exercise", party=self.party, node=self.name, boot=1, number=self.number,
            sent=instant(time.time_ns()), previous=self.previous, policy=digest_of((POLICY % self.party).encode()), **fields,
        )  # fmt: skip
        raw = seal(read_key(self.folder / self.party / f"{self.name}.key"), encode(said))
        self.previous = digest(raw)
        return raw

    def launch(self, name, area, **more):
        """A launch that it saw."""
        now = time.time_ns()
        return self.say(LaunchDetected, **({
            "launch": name, "revision": 1, "whose": "third party", "missile": "mrbm", "seen_by": "infrared",
            "observed": instant(now), "observed_sigma_s": 0.5, "launched": instant(now - 20 * NS_PER_S),
            "launched_sigma_s": 5.0, "launch_area": area,
        } | more))  # fmt: skip

    def track(self, name, lat, lon):
        """A state of a track, 500 km up."""
        r_km = [6_871.0 * each for each in unit(lat, lon)]
        return self.say(
            TrackState, track=name, whose="third party", missile="mrbm", seen_by="radar", frame="ecef",
            observed=instant(time.time_ns()), observed_sigma_s=0.05, r_km=tuple(r_km), v_km_s=(1.0, 1.5, 2.0),
            covariance=UPPER, bias_sigma_km=1.0,
        )  # fmt: skip


def unit(lat, lon):
    lat, lon = math.radians(lat), math.radians(lon)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def around(lat, lon, long=20.0, across=20.0, bearing=0.0):
    return Ellipse(
        lat_deg=lat, lon_deg=lon, semi_major_km=long, semi_minor_km=across, bearing_deg=bearing, containment_percent=90,
        precision_km=5.0,
    )  # fmt: skip


@dataclass
class Room:
    """A centre that runs, and the desks at it."""

    browser: object
    folder: object
    nodes: str
    consoles: str
    pins: object
    speaking: dict = field(default_factory=dict)
    complaints: list = field(default_factory=list)
    contexts: list = field(default_factory=list)

    def tell(self, *raws):
        """Envelopes, on the log."""
        context = client_context(self.folder / CERTIFICATES, "us_nato-node")
        with httpx.Client(verify=context, trust_env=False) as link:
            answer = link.post(f"{self.nodes}/batches", content=framed(raws))
        answers = msgspec.json.decode(answer.content, type=list[Answer])
        assert [answer.outcome for answer in answers] == ["accepted"] * len(raws), answers

    def said(self):
        """Every message of the log, in order."""
        with Ledger(self.folder / CENTRE / LOG, self.pins.line, writing=False) as ledger:
            return [decode(unseal(envelope_of(entry)).body) for entry in ledger.entries()]

    def alerts(self):
        """Index and digest of every alert of the log, in order."""
        return [(i, sha256(encode(each)).hexdigest()) for i, each in enumerate(self.said()) if isinstance(each, Alert)]

    def sit(self, party="us_nato", **options):
        """A desk that shows the log."""
        context = self.browser.new_context(
            **({"ignore_https_errors": True, "viewport": {"width": 1280, "height": 800}} | options)
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        page.goto(self.consoles)
        page.wait_for_selector(".banner[data-use=exercise]")
        if party:
            page.set_input_files("input[type=file]", self.folder / party / f"{party}-desk.key")
            page.wait_for_selector(".alerts .row")
            page.wait_for_selector(".feeds .down")
        return page

    def faults(self, page):
        """As of the console's pages."""
        return Console.faults(self, page)

    def clear(self):
        """All desks are left."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()
        assert self.complaints == []


@pytest.fixture(scope="module")
def centre(chromium, tmp_path_factory, program):
    folder = tmp_path_factory.mktemp("room") / "x"
    pins = prepare(folder, "room-1", {party: usual(party, POLICY % party) for party in PARTIES})
    (folder / CENTRE / "names.json").write_text(json.dumps(NAMES))
    words = [
        *program,
        "centre",
        "serve",
        str(folder),
        "--port",
        "0",
        "--console-port",
        "0",
        "--host",
        "localhost",
        "--host",
        PASSED_ON,
    ]
    with (folder / "told").open("w") as told:
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=told, text=True)
    nodes, consoles = re.findall(r"https://[^ ,]+", process.stdout.readline())
    room = Room(chromium, folder, nodes, consoles, pins)
    try:
        room.tell(*first_words(folder, pins))
        _fill(room)
        yield room
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _fill(room):
    """All that a desk can show: alerts open, acknowledged and replaced, notices, an alarm, questions, feeds, places."""
    voices = [
        Voice(room.folder, room.pins.name, party, f"{party}-{what}") for what in ("node", "desk") for party in PARTIES
    ]
    room.speaking.update((voice.name, voice) for voice in voices)
    ours, theirs, our_desk, their_desk = voices
    now = time.time_ns()
    window = {"window_opens": instant(now - 60 * NS_PER_S), "window_closes": instant(now + 3_600 * NS_PER_S)}
    area = Polygon(corners=((62.0, 40.0), (63.0, 41.0), (62.0, 42.0)))
    feeds = [Feed(name=name, state=state, since=instant(now)) for name, state in (("north", "up"), ("south", "down"))]
    notice = {"notice": "PLN/RU/2026/001/001/01", "missile": "icbm", "launch_area": area}
    other = notice | {"notice": "PLN/RU/2026/002/001/01", "launch_area": around(10.0, 70.0, 60.0, 60.0)}
    room.tell(
        theirs.say(PreLaunch, **notice, **window, azimuth_from_deg=60.0, azimuth_to_deg=80.0),
        ours.say(StateOfHealth, feeds=tuple(feeds)),
        ours.launch("one", around(30.0, 50.0, LONG, ACROSS, BEARING), impact_area=around(40.0, 45.0, 60.0, 30.0)),
        ours.launch("two", around(20.0, 60.0)),
        theirs.launch("three", around(20.2, 60.2)),
        *(ours.track(f"t-{i}", 30.0 + i, 50.0 + i) for i in range(3)),
        theirs.track("t-0", 36.0, 48.0),
        theirs.say(PreLaunch, **other, **window, azimuth_from_deg=60.0, azimuth_to_deg=80.0),
        ours.launch("four", around(10.0, 70.0), launched_sigma_s=200.0),
        ours.launch("four", around(10.0, 70.0), revision=2),
        theirs.say(Cancel, notice="PLN/RU/2026/002/002/04", original="PLN/RU/2026/002/001/01"),
        ours.track("far", 0.0, 60.0),
        ours.track("far", 30.0, 60.0),
    )
    (first, _), (second, of_second), *_ = room.alerts()
    room.tell(
        our_desk.say(Acknowledgement, about=second, digest=of_second, nature="unknown"),
        their_desk.say(Acknowledgement, about=second, digest=of_second, nature="attack"),
        their_desk.say(Query, about=first, question="is it yours"),
        our_desk.say(Query, about=first, question="do you see it"),
    )


@pytest.fixture
def room(centre):
    yield centre
    centre.clear()


def drawn(page, selector):
    """The points of a path of the map."""
    d = page.locator(selector).first.get_attribute("d")
    return [(float(x), float(y)) for x, y in re.findall(r"[ML](-?[\d.]+)[ ,](-?[\d.]+)", d)]


def shown(page):
    """A row of each kind is there."""
    for state in ("open", "acknowledged", "cancelled"):
        page.wait_for_selector(f".alerts .{state}")
    page.wait_for_selector(".notices .cancelled")
    page.wait_for_selector(".alarms li")
    page.wait_for_selector(".questions li")
    return page


def test_axe_finds_a_fault_where_there_is_one(room):
    page = shown(room.sit())
    page.evaluate(
        "document.querySelector('.desk select').closest('label').replaceWith(document.querySelector('.desk select'))"
    )
    page.evaluate("document.querySelector('.time').style = 'color: #888; background: #999'")
    found = "\n".join(room.faults(page))
    assert "select-name" in found
    assert "color-contrast" in found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(room, size, scheme):
    """At the door, where somebody was turned away, with nothing selected, and with an alert and a notice selected."""
    look = {"viewport": {"width": size[0], "height": size[1]}, "color_scheme": scheme}
    page = room.sit(party=None, **look)
    found = {"door": room.faults(page)}
    page.set_input_files("input[type=file]", {"name": "no.key", "mimeType": "text/plain", "buffer": b"no key"})
    expect(page.locator(".trouble")).to_contain_text("holds no private key")
    found["turned away"] = room.faults(page)
    page = shown(room.sit(**look))
    found["nothing selected"] = room.faults(page)
    page.locator(".alerts .open .row").first.click()
    found["alert selected"] = room.faults(page)
    page.locator(".words summary").click()
    page.locator(".words tbody tr").first.wait_for()
    found["tracks in words"] = room.faults(page)
    page.locator(".notices .row").last.click()
    found["notice selected"] = room.faults(page)
    assert {where: said for where, said in found.items() if said} == {}


@pytest.mark.parametrize("party", [None, "us_nato"])
def test_at_twice_the_size_nothing_is_cut(room, party):
    """Nothing stands beside the page, and every control comes into sight and answers there."""
    page = room.sit(party, **HALF)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CUT) == []
    for control in page.locator("button:visible, select:visible, input:visible, summary:visible").all():
        control.evaluate("e => e.scrollIntoView({ block: 'center' })")
        assert control.evaluate(HIT), control.evaluate("e => e.outerHTML.slice(0, 120)")


def test_where_no_motion_is_wanted_nothing_moves_by_itself(room):
    page = shown(room.sit(reduced_motion="reduce"))
    page.locator(".alerts .open .row").first.hover()
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate(MOVING) == []


@pytest.mark.parametrize("size", SIZES[1:])
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(room, size):
    page = shown(room.sit(viewport={"width": size[0], "height": size[1]}))
    controls = page.locator("button:visible, select:visible, summary:visible").all()
    ways = [each for each in controls if not each.evaluate("e => e.disabled")]
    page.evaluate("document.activeElement.blur()")
    stops = walked(page)
    assert len([stop for stop in stops if stop["tag"] in ("BUTTON", "SELECT", "SUMMARY")]) == len(ways)
    assert [stop for stop in stops if stop["ring"] < RING or not stop["seen"] or not stop["name"].strip()] == []


def test_an_alert_is_acknowledged_by_keyboard_alone(room):
    """Select, say what it is held for, sign, answer: the keyboard is never put elsewhere; the log holds what was said."""
    page = shown(room.sit())
    index = room.alerts()[0][0]
    room.tell(room.speaking["russia-desk"].say(Query, about=index, question="what is it"))
    page.get_by_text("what is it?").wait_for()
    _tab_to(page, f".row[data-index='{index}']")
    page.keyboard.press("Enter")
    _tab_to(page, ".desk select")
    page.keyboard.type("sounding")
    _tab_to(page, ".acknowledge")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text("On the log as entry", timeout=PATIENCE)
    assert page.evaluate("document.activeElement.className") == "acknowledge"
    said = room.said()[int(page.inner_text(".said").split()[-1])]
    assert (said.about, said.nature, said.node) == (index, "sounding rocket", "us_nato-desk")
    _tab_to(page, ".answers button")
    page.keyboard.press("Enter")
    expect(page.locator(".questions .answer").first).to_contain_text("United States and NATO: yes", timeout=PATIENCE)
    assert page.evaluate("document.activeElement.dataset.query") is not None  # not lost with the button


def test_what_cannot_be_acknowledged_is_marked_and_does_nothing(room):
    page = shown(room.sit())
    before = len(room.said())
    button = page.locator(".acknowledge")
    assert button.get_attribute("aria-disabled") == "true"
    button.click(force=True)
    page.locator(".alerts .cancelled .row").click()
    button.click(force=True)
    page.wait_for_timeout(300)
    assert len(room.said()) == before


def test_a_new_alert_is_said_aloud(room):
    page = shown(room.sit())
    ours = room.speaking["us_nato-node"]
    room.tell(ours.launch("five", around(25.0, 62.0)))
    index = room.alerts()[-1][0]
    expect(page.locator("[role=alert]")).to_contain_text(f"Alert {index}")
    room.sit("russia").wait_for_selector(f".row[data-index='{index}']")


def test_parties_bear_the_names_that_the_exercise_gives_them(room):
    page = shown(room.sit())
    assert page.inner_text("h1").startswith("United States and NATO")
    text = page.inner_text("#app")
    assert "waits for Russian Federation" in text
    assert "us nato" not in text
    assert "United States and NATO: 4 tracks" in page.inner_text("figcaption")
    assert sum(len(drawn(page, f".places g.party0 .tracks{age}")) for age in (".old", ":not(.old)")) == 4


def test_the_tracks_in_words_are_those_of_the_log(room):
    """Each with the place under its last state, on the ellipsoid; another way to the same numbers is the product's own."""
    page = shown(room.sit())
    page.locator(".words summary").focus()
    page.keyboard.press("Enter")
    page.locator(".words tbody tr").first.wait_for()
    rows = page.locator(".words tbody tr").evaluate_all(
        "rows => Object.fromEntries(rows.map(row => [row.dataset.track, [...row.cells].slice(1, 3).map(c => c.innerText)]))"
    )
    last = {f"{said.node}/{said.track}": said.r_km for said in room.said() if isinstance(said, TrackState)}
    assert len(last) == 5
    assert rows == {name: in_words(r_km) for name, r_km in last.items()}


def in_words(r_km):
    lat, lon, alt = geodetic_from_ecef(*(1_000.0 * each for each in r_km))
    return [f"{math.degrees(lat):.1f}° N {math.degrees(lon):.1f}° E", f"{alt / 1_000:.0f} km"]


@pytest.mark.parametrize(("host", "status"), [(PASSED_ON, 200), ("localhost:10", 403), ("localhost", 403)])
def test_a_console_answers_by_the_names_it_was_given(room, host, status):
    with httpx.Client(verify=client_context(room.folder / CERTIFICATES), trust_env=False) as link:
        answer = link.get(f"{room.consoles}/challenge", headers={"host": host})
    assert answer.status_code == status
    assert (f"\nhttps://{host}\n" in answer.json().get("text", "")) == (status == 200)


@pytest.mark.parametrize(("text", "told"), [("{", "cannot be read"), ('{"russia": 1}', "Expected `str`, got `int`")])
def test_what_says_no_names_is_refused_in_one_line(tmp_path, text, told):
    path = tmp_path / "names.json"
    assert names_in(path) == {}
    path.write_text(text)
    with pytest.raises(StoreError) as problem:
        names_in(path)
    assert str(problem.value).startswith(f"{path}: cannot be read")
    assert told in str(problem.value)
    assert "\n" not in str(problem.value)


def test_an_area_is_drawn_with_its_size_shape_and_bearing(room):
    """Half axes and bearing of the drawn ellipse, from its points alone; a metre of the map is the same in both directions."""
    page = shown(room.sit())
    points = np.array(drawn(page, "path.launch"))
    off = points[:-1] - points[:-1].mean(axis=0)
    value, vector = np.linalg.eigh(off.T @ off)
    along = vector[:, 1]
    bearing = math.degrees(math.atan2(along[0], -along[1])) % 180.0
    assert math.sqrt(value[1] / value[0]) == pytest.approx(LONG / ACROSS, rel=DISTORTION)
    north = np.array(
        drawn(page, ".grid")
    )  # of meridians and parallels; which way is north at the area follows from tracks
    assert len(north) > 0
    assert bearing == pytest.approx(BEARING, abs=TURN)
    assert (
        "400 by 150 km from its middle, the longer way at 60" in page.locator("path.launch title").first.text_content()
    )


MOVING = """() => [...document.querySelectorAll('*')].filter(e => {
    const s = getComputedStyle(e);
    return parseFloat(s.transitionDuration) > 0 || (s.animationName !== 'none' && parseFloat(s.animationDuration) > 0);
}).map(e => e.outerHTML.slice(0, 90))"""


def _tab_to(page, selector):
    """Go on by Tab until the focus is there."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("of => document.activeElement.matches(of)", selector):
            return
    raise AssertionError(f"no way by Tab to {selector}")
