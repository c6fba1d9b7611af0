"""A whole exercise, as two crews live it: five processes of `entente exercise`, three real browsers, and a director who types.

A launch that was announced, one that was not, and one that only one side sees; both acknowledge; one party's line is cut and
comes back; then the log is verified somewhere that has the log and the pinned keys, and nothing else.
"""

import json
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field

import msgspec
import pytest
from playwright.sync_api import expect

from entente.exchange.ledger import Ledger
from entente.exchange.proving.entries import envelope_of
from entente.exchange.proving.pins import opening, read_pins
from entente.exchange.proving.replaying import replayed
from entente.exchange.signing import unseal

pytestmark = pytest.mark.browser
SCRIPT = "0 inject space-launch\n0 inject mrbm-central-europe\n0 inject sounding-rocket\n"
PATIENCE = 60_000  # ms  at ten times real time the slowest of the three is reported after half a minute
SEEN_BY_OBSERVERS = {"pre-launch", "window-change", "post-launch", "cancel", "alert", "corroborated", "bulletin"}


@dataclass
class Exercise:
    """`entente exercise`, running."""

    folder: object
    process: subprocess.Popen
    addresses: dict  # whose -> where
    told: str = ""

    def type(self, line):
        """What the director types."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def finish(self):
        """End it in order; its exit status."""
        self.told, _ = self.process.communicate("end\n", timeout=60)
        return self.process.returncode


@dataclass
class Desk:
    """A seat in a browser of its own, and all that went over its wire."""

    page: object
    heard: list = field(default_factory=list)  # items of its stream
    sent: list = field(default_factory=list)  # bodies of its requests
    complaints: list = field(default_factory=list)

    @classmethod
    def taken(cls, browser, exercise, key):
        context = browser.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 800})
        context.set_default_timeout(PATIENCE)
        desk = cls(context.new_page())
        desk.page.on("websocket", lambda socket: socket.on("framereceived", desk._hear))
        desk.page.on("request", lambda request: desk.sent.append(request.post_data_buffer or b""))
        desk.page.on("pageerror", lambda problem: desk.complaints.append(str(problem)))
        desk.page.goto(exercise.addresses[key.split("/")[0]])
        desk.page.wait_for_selector(".banner[data-use=exercise]")
        assert desk.banner_is_on_top()  # before anybody signs in
        desk.page.set_input_files("input[type=file]", exercise.folder / key)
        desk.page.wait_for_selector(".room")
        return desk

    def _hear(self, frame):
        self.heard += json.loads(frame)

    def banner_is_on_top(self):
        """Nothing is drawn over the word, wherever one looks and scrolls."""
        return self.page.evaluate("""() => {
            const banner = document.querySelector('.banner'), box = banner.getBoundingClientRect();
            banner.style.pointerEvents = 'auto';
            const on = [0.02, 0.5, 0.98].every(part =>
                banner.contains(document.elementFromPoint(box.left + part * box.width, box.top + box.height / 2)));
            banner.style.pointerEvents = '';
            return on && box.top === 0 && box.width >= innerWidth - 20 && banner.innerText.includes('EXERCISE')
        }""")

    def row(self, index):
        return self.page.locator(f".row[data-index='{index}']")

    def acknowledge(self, index, nature=""):
        """Select it, say what we hold it for, sign."""
        self.row(index).click()
        if nature:
            self.page.select_option(".desk select", nature)
        button = self.page.locator(".acknowledge")
        assert str(index) in button.inner_text()
        button.click()
        expect(self.page.locator(".said")).to_contain_text("On the log as entry", timeout=PATIENCE)
        return int(self.page.inner_text(".said").split()[-1])

    def entries(self):
        return [item for item in self.heard if item["kind"] == "entry"]

    def latest(self, accepts):
        """The latest alert that is wanted, once there is one."""
        for _ in range(PATIENCE // 100):
            found = [each for each in self.entries() if each["body"]["kind"] == "alert" and accepts(each["body"])]
            if found:
                return found[-1]["index"]
            self.page.wait_for_timeout(100)
        raise AssertionError(f"no such alert in {len(self.entries())} entries")


@pytest.fixture
def exercise(tmp_path, program):
    """Begun, and down again whatever happens."""
    script = tmp_path / "director.txt"
    script.write_text(SCRIPT)
    words = ["exercise", "europe-2013", "--script", script, "--out", tmp_path / "ex", "--pace", "10", "--port", "0"]
    process = subprocess.Popen(
        [*program, *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    lines = [process.stdout.readline() for _ in range(3)]
    found = re.findall(r"https://\S+", "".join(lines))
    assert len(found) == 3, process.communicate(timeout=60)[1]
    assert lines[0].startswith("EXERCISE exercise/")
    yield Exercise(tmp_path / "ex", process, dict(zip(("observer.key", "us_nato", "russia"), found, strict=True)))
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def test_two_crews_play_an_exercise_and_anybody_can_check_it(exercise, chromium, tmp_path, program):
    ours = Desk.taken(chromium, exercise, "us_nato/us_nato-desk.key")
    theirs = Desk.taken(chromium, exercise, "russia/russia-desk.key")
    watcher = Desk.taken(chromium, exercise, "observer.key")

    # The announced launch: a notice, seen by the other side before anything flies.
    notice = ours.page.locator(".notices .row").first
    notice.wait_for()
    assert ours.page.locator(".acknowledge").is_disabled()  # nothing is selected
    seen = ours.acknowledge(notice.get_attribute("data-index"))
    theirs.page.locator(".notices .ack", has_text="United States and NATO").wait_for()

    # What arrives is not selected by itself, and moves nothing under the hand.
    before = ours.page.locator(".acknowledge").bounding_box(), ours.page.inner_text(".repeated")
    unannounced = ours.latest(lambda alert: alert["notice"] is None and alert["parties"] == ["us_nato"])
    assert (ours.page.locator(".acknowledge").bounding_box(), ours.page.inner_text(".repeated")) == before

    # The launch that nobody announced: both acknowledge, and agree on what it is.
    acked = [ours.acknowledge(unannounced, "attack"), theirs.acknowledge(unannounced, "attack")]
    for desk in (ours, theirs):
        expect(desk.row(unannounced)).to_contain_text("acknowledged by both", timeout=PATIENCE)
        expect(desk.row(unannounced)).to_contain_text(
            "agreed: Russian Federation: attack · United States and NATO: attack", timeout=PATIENCE
        )

    # The ambiguous one: only one side sees it; the other is asked, answers, and they do not agree.
    ambiguous = theirs.latest(lambda alert: alert["notice"] is None and alert["parties"] == ["russia"])
    acked.append(theirs.acknowledge(ambiguous, "unknown"))
    theirs.page.get_by_role("button", name="is it yours").click()
    ours.page.locator(".questions").get_by_role("button", name="no", exact=True).click()
    theirs.page.locator(".questions .answer", has_text="United States and NATO: no").wait_for()
    acked.append(ours.acknowledge(ambiguous, "sounding rocket"))
    expect(theirs.row(ambiguous)).to_contain_text("not agreed", timeout=PATIENCE)

    # One party's lines are cut, its desk's too: it says so; on the other screen its feed falls silent. All comes afterwards.
    # What is said long before it arrives is joined with nothing: both sides' own reports are in before that.
    ours.page.locator(".alerts .row", has_text="corroborated: both parties").first.wait_for()
    place = theirs.page.locator(".acknowledge").bounding_box()
    exercise.type("outage russia 60")
    theirs.page.locator(".line.lost", has_text="LINE LOST").wait_for()
    theirs.page.locator(".ages .silent", has_text="us_nato-node").wait_for()  # nothing is heard there of anybody
    ours.page.locator(".ages .silent", has_text="russia-node").wait_for()
    assert theirs.page.locator(".acknowledge").bounding_box() == place  # under the hand, whatever the head says
    assert ours.page.inner_text(".line") == "Line up"
    assert theirs.banner_is_on_top()
    assert ours.banner_is_on_top()
    for desk in (ours, theirs):
        desk.page.locator(".line:not(.lost)").wait_for()
        desk.page.locator(".ages span:not(.silent)", has_text="russia-node").wait_for()

    # The announced launch flies, and is taken for what was announced.
    announced = ours.latest(lambda alert: alert["notice"] is not None)
    assert "announced as PLN/RU/" in ours.row(announced).inner_text()
    watcher.row(announced).wait_for()

    ours.page.set_viewport_size({"width": 390, "height": 700})
    ours.page.evaluate("scrollTo(0, 9e9)")
    assert ours.banner_is_on_top()
    assert ours.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert exercise.finish() == 0, exercise.told

    _nothing_more_was_on_the_wire(exercise, ours, theirs, watcher)
    entries = _verified_with_only_the_keys(exercise, tmp_path / "elsewhere", program)
    said = [msgspec.json.decode(unseal(envelope_of(entry)).body) for entry in entries]
    for index in (seen, *acked):
        assert (said[index]["kind"], said[index]["origin"]) == ("acknowledgement", "exercise")
    assert {said[index]["node"] for index in acked} == {"us_nato-desk", "russia-desk"}
    assert [each["agreed"] for each in said if each["kind"] == "bulletin"][:2] == [True, False]
    numbers = [each["number"] for each in said if each["node"] == "russia-node"]
    assert numbers == list(range(1, len(numbers) + 1))  # nothing that was said in the outage is missing, or there twice


def _nothing_more_was_on_the_wire(exercise, ours, theirs, watcher):
    """Observers get what both parties have published; no key leaves a browser; nothing of a nation's raw draft arrives."""
    kinds = {each["body"]["kind"] for each in watcher.entries()}
    assert {"pre-launch", "alert", "bulletin"} <= kinds <= SEEN_BY_OBSERVERS
    assert {item["kind"] for item in watcher.heard} <= {"hello", "tick", "cosigned", "entry"}  # no alarms
    secrets = [path.read_bytes() for path in exercise.folder.rglob("*.key")]
    cores = [raw.split(b"-----")[2].strip()[-40:] for raw in secrets]
    for desk in (ours, theirs, watcher):
        assert desk.complaints == []
        assert not any(core in body for core in cores for body in desk.sent)
        text = json.dumps(desk.heard)
        for hidden in (
            '"range_km',
            "bodies",
            "body-0",
            "h1-track",
            "h2-track",
        ):  # of drafts; what is released bears pseudonyms
            assert hidden not in text


def _verified_with_only_the_keys(exercise, elsewhere, program):
    """`entente verify` on a machine that has the log and the pins; the log's entries."""
    elsewhere.mkdir()
    shutil.copy(exercise.folder / "pins.toml", elsewhere)
    for part in (exercise.folder / "centre").glob("log.db*"):
        shutil.copy(part, elsewhere)
    words = [*program, "verify", str(elsewhere / "log.db"), "--keys", str(elsewhere / "pins.toml"), "--json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["cosigned"] == facts["entries"] > 100
    assert facts["launches"] == 3
    pins = read_pins(elsewhere / "pins.toml")
    with Ledger(elsewhere / "log.db", pins.line, writing=False) as ledger:
        entries = list(ledger.entries())
    assert replayed(opening(pins), entries).opened == 3
    return entries
