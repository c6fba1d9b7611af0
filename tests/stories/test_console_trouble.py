"""What the console says of documents, runs and servers that are not as they should be; and a history that is very long."""

import json
import signal
import subprocess
import time

import pytest

pytestmark = pytest.mark.browser
MANY = 100_000
OPEN_S = 5.0  # to the first picture of a history with MANY events
FRAME_S = 0.25  # median, from a step in time to its picture: slower feels stuck
LINE = ".failure p"


def said(console, document):
    """The one line that the page shows in place of a history."""
    page = console.open(document=document, ready=".failure")
    lines = page.locator(LINE)
    assert lines.count() == 1
    line = lines.inner_text()
    assert "\n" not in line
    assert len(line) < 300
    assert page.get_by_role("alert").is_visible()
    return line


def spoiled(told, way, value=None):
    """The document with the part at the end of `way` replaced, or left out where `value` is None."""
    *before, last = way.split(".")
    part = told
    for key in before:
        part = part[int(key)] if isinstance(part, list) else part[key]
    key = int(last) if isinstance(part, list) else last
    if value is None:
        del part[key]
    else:
        part[key] = value
    return told


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.999])
def test_a_document_that_breaks_off_is_said_to_be_damaged(console, written, kept):
    line = said(console, written.encode()[: int(kept * len(written))])
    assert line == "replay.json: damaged, it ends or breaks off where it must not; simulate again"


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (2, "replay.json: format 2 is newer than this console reads (1); update entente"),
        (0, "replay.json: format 0 is older than this console reads (1); simulate again"),
        ("1", "replay.json: has no format number; it is no replay, or damaged"),
    ],
)
@pytest.mark.parametrize("by", ["server", "mail"])
def test_another_format_is_named_with_the_one_that_is_read(console, told, mail, number, says, by):
    told["format"] = number
    if by == "server":
        assert said(console, told) == says
    else:
        assert console.open(mail(told), ready=".failure").locator(LINE).inner_text() == says


@pytest.mark.parametrize("document", [[], None, "replay", 3, {"hello": "world"}])
def test_what_is_no_replay_at_all_is_said_to_be_none(console, document):
    assert "no" in said(console, json.dumps(document).encode())


def answering(body):
    """What answers in the server's place."""
    return lambda route: route.fulfill(body=body, content_type="application/json")


def test_every_missing_part_is_named(console, told):
    """Each table of the document without each of its keys: one page reads them all, one after the other."""
    told["rungs"], told["pictures"] = told["rungs"][:1], told["pictures"][:1]
    told["pictures"][0]["tracks"] = told["pictures"][0]["tracks"][:1]
    ways = [
        *(key for key in told if key not in ("format", "notes")),
        *(
            f"{key}.{each}"
            for key in ("case", "grid", "made_by")
            for each in told[key]
            if each not in ("nature", "launches")
        ),
        *(
            f"sensors.0.{key}"
            for key in ("id", "title", "party", "kind", "lat_deg", "lon_deg", "revisit_s", "latency_s")
        ),
        *(f"{key}.0.{each}" for key in ("sites", "regions", "truth", "parties", "cases") for each in told[key][0]),
        *(f"pictures.0.{each}" for each in told["pictures"][0]),
        *(f"pictures.0.tracks.0.{each}" for each in told["pictures"][0]["tracks"][0]),
        *(f"rungs.0.{each}" for each in told["rungs"][0]),
        *(f"rungs.0.events.0.{each}" for each in told["rungs"][0]["events"][0]),
    ]
    assert len(ways) > 80
    text = json.dumps(told)
    page = console.open(document=b"{}", ready=".failure")
    for way in ways:
        page.unroute("**/replay.json*")
        page.route("**/replay.json*", answering(json.dumps(spoiled(json.loads(text), way))))
        with page.expect_response("**/replay.json*"):
            page.get_by_role("button", name="Try again").click()
        console.page_said(page, LINE, f"replay.json: damaged, {way} is missing; simulate again")


@pytest.mark.parametrize(
    ("way", "value", "says"),
    [
        ("title", 7, 'title is no text (got 7)'),
        ("grid.step_s", "ten", 'grid.step_s is no number (got "ten")'),
        ("pictures", {}, "pictures is no list (got {})"),
        ("sensors.0.kind", "telescope", 'sensors.0.kind is neither radar nor satellite (got "telescope")'),
        ("sites.0.party", 9, "sites.0.party is no party's number (got 9)"),
        ("rungs.0.events.0.t_s", "soon", 'rungs.0.events.0.t_s is no number (got "soon")'),
        ("rungs.0.events.0.text", ["<b>"], 'rungs.0.events.0.text is no text (got ["<b>"])'),
        ("pictures.0.tracks.0.lat_deg", "x" * 99, "pictures.0.tracks.0.lat_deg is no list (got"),
        ("pictures.0.tracks.0.impact.0", 3, "pictures.0.tracks.0.impact.0 is no list (got 3)"),
        ("truth.0.launch_deg", [1], "truth.0.launch_deg.1 is missing"),
        ("rungs.0.picture", 99, "names a picture that is not there"),
        ("pictures.0.tracks.0.start", 10**6, "a track of picture 0 is cut short"),
        ("parties.1", {"name": "a"}, "parties.1.title is missing"),
    ],
)  # fmt: skip
def test_a_part_of_the_wrong_kind_is_named_with_what_it_was(console, told, way, value, says):
    line = said(console, spoiled(told, way, value))
    assert line.startswith("replay.json: damaged, ")
    assert says in line


def test_a_hundred_thousand_events_open_and_scrub(console, told, mail):
    """The first picture comes in seconds, a step in time in a moment, and the list and the search still answer."""
    last = told["grid"]["start_s"] + (told["grid"]["count"] - 1) * told["grid"]["step_s"]
    for rung in told["rungs"]:
        rung["events"] = [
            {"t_s": round(last * i / MANY, 1), "party": i % 2, "what": "track", "text": f"event number {i}"}
            for i in range(MANY)
        ]
    told["rungs"] = told["rungs"][:2]
    file = mail(told)
    begin = time.perf_counter()
    page = console.open(file)
    assert time.perf_counter() - begin < OPEN_S
    steps = page.evaluate(
        """async () => { const slider = document.querySelector('.slider'), out = [];
        for (let i = 0; i < 15; i++) {
            const begin = performance.now();
            slider.value = Number(slider.max) * (i + 1) / 16;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
            out.push((performance.now() - begin) / 1000); }
        return out.sort((a, b) => a - b) }"""
    )
    assert steps[len(steps) // 2] < FRAME_S, steps
    page.get_by_role("tab", name="Events").click()
    assert page.locator(".events tbody tr:not(.gap)").count() < 200  # only what is in sight is in the page
    page.locator(".scroll").evaluate("e => { e.scrollTop = e.scrollHeight }")
    console.still(page)
    assert (
        page.get_by_text(f"event number {MANY - 1}")
        .or_(page.get_by_text(f"event number {MANY - 2}"))
        .first.is_visible()
    )
    page.keyboard.press("/")
    page.wait_for_selector(".search input:focus")
    page.keyboard.type("number 5432")
    page.locator("#found li", has_text="event number 5432").first.wait_for()


def test_a_server_that_goes_away_is_said_and_come_back_is_found(console, serving):
    """What is on the screen stays, and can be looked at; another history comes as soon as the server is there again."""
    process, address = serving("one-launch", "--port", "0")
    console.address = address
    page = console.open("?seed=1#t=200")
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)
    seed = page.get_by_role("spinbutton", name="Seed")
    seed.fill("2")
    seed.press("Enter")
    page.get_by_text("The server does not answer").first.wait_for()
    assert len(console.colours(page)) > 20
    before = console.time(page)
    page.get_by_role("button", name="Whole view").click()
    page.keyboard.press("ArrowRight")
    assert console.time(page) > before
    serving("one-launch", "--port", address.rsplit(":")[-1].strip("/"))
    page.wait_for_function("() => new URLSearchParams(location.search).get('seed') === '2'")
    console.still(page)
    assert page.get_by_text("The server does not answer").count() == 0
    assert len(console.colours(page)) > 20
    # The browser itself says on its console that a server was away; nothing else may stand there.
    console.complaints[:] = [line for line in console.complaints if "ERR_CONNECTION" not in line]


def test_a_page_that_is_reloaded_without_a_server_comes_by_itself_once_there_is_one(console, told):
    page = console.open("#t=200")
    page.route("**/replay.json*", lambda route: route.abort())
    page.reload()
    page.wait_for_selector(".failure")
    assert "The server does not answer" in page.locator(LINE).inner_text()
    page.unroute("**/replay.json*")
    page.wait_for_selector(".stage canvas")
    assert console.time(page) == 200
    console.complaints[:] = [line for line in console.complaints if "ERR_FAILED" not in line]


@pytest.fixture(scope="module")
def run(tmp_path_factory, program):
    """A finished run of two seeds."""
    folder = tmp_path_factory.mktemp("run") / "out"
    subprocess.run(
        [*program, "run", "one-launch", "--seeds", "2", "--workers", "1", "--out", str(folder)],
        check=True, capture_output=True, timeout=200,
    )  # fmt: skip
    return folder


def plan(**changes):
    """A change of plan.json: each named part set, or left out where None."""

    def change(text):
        said = json.loads(text) | changes
        return json.dumps({key: value for key, value in said.items() if value is not None})

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text[: len(text) // 2], "plan.json: is damaged, no JSON"),
        (lambda text: "[]", "plan.json: is damaged or not of a study"),
        (plan(format=99), "plan.json: format 99 is newer than this version reads (1); update entente"),
        (plan(format=0), "plan.json: format 0 is older than this version reads (1)"),
        (plan(rungs=None), "plan.json: is damaged, 'rungs' is missing"),
        (plan(seeds="two"), "plan.json: is damaged, 'seeds'"),
        (plan(scenario={"title": "nothing else"}), "plan.json: is damaged, its scenario: "),
        (plan(scenario=[]), "plan.json: is damaged, 'scenario"),
    ],
)
def test_a_damaged_run_is_refused_in_one_line(run, program, tmp_path, change, says):
    (tmp_path / "plan.json").write_text(change((run / "plan.json").read_text()))
    done = subprocess.run(
        [*program, "console", str(tmp_path), "--port", "0"], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (1, ""), done
    assert says in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


def test_a_folder_without_a_run_is_refused_in_one_line(program, tmp_path):
    done = subprocess.run(
        [*program, "console", str(tmp_path), "--port", "0"], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (1, ""), done
    assert "has no plan.json" in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


def test_a_run_of_other_code_is_shown_and_says_so(run, tmp_path, serving, console):
    (tmp_path / "plan.json").write_text(plan(version="0.0.9", code="0" * 16)((run / "plan.json").read_text()))
    console.address = serving(str(tmp_path), "--port", "0")[1]
    page = console.open()
    assert len(console.colours(page)) > 20
    assert page.get_by_text("This run was made by other code (version 0.0.9").is_visible()
