"""An exercise without a browser: the director's script, the clock, the lines, the policies, and a centre that falls."""

import asyncio
import errno
import json
import os
import socket
import subprocess
import time

import msgspec
import pytest

from entente.errors import ScenarioError, StoreError
from entente.exchange.ledger import Ledger
from entente.exchange.messages import LaunchDetected, PreLaunch, StateOfHealth, TrackState
from entente.exchange.proving.entries import envelope_of
from entente.exchange.proving.pins import read_pins
from entente.exchange.release import Draft
from entente.exchange.releasing.policies import read
from entente.exchange.saying.instants import NS_PER_S
from entente.exchange.serving.pace import Pace, tell
from entente.exchange.signing import unseal
from entente.exercise import staging
from entente.exercise.director import Act, read_script
from entente.exercise.feeding import Begun, feed
from entente.exercise.histories import LEAD_S, cues, health, history
from entente.exercise.lines import Line
from entente.exercise.staging import must_be_new, policy_of, stage
from entente.scenario.load import load

CASES, PARTIES = ["space-launch", "mrbm"], ["us_nato", "russia"]
BEGINS = 1_795_867_200 * NS_PER_S


def script(folder, text):
    file = folder / "director.txt"
    file.write_text(text)
    return read_script(file, CASES, PARTIES)


def test_a_script_is_read_in_order_of_time(tmp_path):
    acts = script(
        tmp_path, "9.5 end\n0 inject mrbm 3 # the third\n\n4 outage centre 20\n5 pause\n6 resume\n5 pause 2\n"
    )
    assert acts == [
        Act(0.0, "inject", "mrbm", seed=3),
        Act(4.0, "outage", "centre", seconds=20.0),
        Act(5.0, "pause"),
        Act(5.0, "pause", seconds=2.0),
        Act(6.0, "resume"),
        Act(9.5, "end"),
    ]


def test_every_mistake_of_a_script_is_named_at_once(tmp_path):
    wrong = ["inject mrbm", "0 inject nothing", "0 inject mrbm ３", "0 outage china 3", "0 outage russia 0", "0 outage russia -1",
             "0 pause long", "1e9 end", "nan end", "0 strike", "0 end now"]  # fmt: skip
    with pytest.raises(ScenarioError) as refused:
        script(tmp_path, "\n".join(["0 end", *wrong]))
    lines = [line for line in str(refused.value).splitlines() if "line " in line]
    assert [line.split(": ")[1] for line in lines] == [f"line {n}" for n in range(2, 2 + len(wrong))]
    assert "no case 'nothing'; the scenario has: space-launch, mrbm" in lines[1]
    assert "nobody is called 'china'; there are: us_nato, russia, centre" in lines[3]
    with pytest.raises(StoreError, match="cannot be read"):
        read_script(tmp_path / "none.txt", CASES, PARTIES)


def test_a_clock_runs_fast_stands_and_runs_on(tmp_path):
    file = tmp_path / "clock.json"
    tell(file, BEGINS, 10.0)
    clock = Pace(file)
    time.sleep(0.05)
    assert 0.5 * NS_PER_S <= clock() - BEGINS < 5 * NS_PER_S
    tell(file, clock(), 0.0)
    stood = clock()
    time.sleep(0.02)
    assert (clock(), clock.rate) == (stood, 0.0)
    tell(file, stood, 1.0)
    time.sleep(0.01)
    assert stood < clock() < stood + NS_PER_S
    file.write_text("{}")
    with pytest.raises(StoreError, match="tells no clock"):
        clock()


def test_what_systems_report_begins_with_the_case_and_bears_names_of_its_own():
    one = history(load("europe-2013"), "space-launch", 1)
    first, second = cues(one, "drill", 1, BEGINS), cues(one, "drill", 2, BEGINS + 600 * NS_PER_S)
    assert [b.at_ns - a.at_ns for a, b in zip(first, second, strict=True)] == [600 * NS_PER_S] * len(first)
    notice = next(cue.draft.said for cue in first if isinstance(cue.draft.said, PreLaunch))
    assert notice.window_opens < "2026-11-28T12:00:05.000Z" < notice.window_closes
    reports = [cue for cue in first if isinstance(cue.draft.said, LaunchDetected | TrackState)]
    assert reports
    assert all(cue.at_ns > BEGINS + LEAD_S * NS_PER_S for cue in reports)
    assert {cue.draft.said.log for cue in first} == {"drill"}
    names = [{body for cue in part for body in cue.draft.bodies} for part in (first, second)]
    assert not names[0] & names[1]
    assert any(cue.draft.range_km is not None for cue in reports)  # else no policy with a threshold lets anything out


def test_a_scenarios_release_becomes_a_policy_that_nodes_read():
    scenario = load("europe-2013")
    for party in scenario.parties:
        policy = read(policy_of(party.name, party).encode())
        warnings, states, words = policy.permits
        assert (warnings.min_range_km, states.bias_km) == (party.release.min_range_km, party.release.track_sigma_km)
        assert "own" not in states.whose
        assert words.delay_s == 0
    world = history(scenario, "space-launch", 1).world
    said = health(world, "russia", "drill", BEGINS, BEGINS).draft.said
    assert isinstance(said, StateOfHealth)
    assert {feed.name for feed in said.feeds} == {sensor.id for sensor in world.sensors if sensor.party == 1}


def test_no_exercise_is_overwritten(tmp_path):
    scenario = load("one-launch")
    stage(scenario, tmp_path / "ex", "drill")
    with pytest.raises(StoreError, match="holds an exercise already"):
        stage(scenario, tmp_path / "ex", "drill")


def test_a_cut_line_breaks_and_a_mended_one_carries():
    async def echo(reader, writer):
        while part := await reader.read(100):
            writer.write(part)
        writer.close()

    async def answered(reader, writer, text):
        """What comes back; nothing where the line breaks."""
        try:
            writer.write(text)
            return await asyncio.wait_for(reader.read(100), 5.0)
        except OSError:
            return b""

    async def tried():
        heard = []
        async with await asyncio.start_server(echo, "127.0.0.1", 0) as far:
            line = Line(far.sockets[0].getsockname()[1])
            await line.open()
            first = await asyncio.open_connection("127.0.0.1", line.port)
            heard.append(await answered(*first, b"one"))
            line.cut()
            heard.append(await answered(*first, b"two"))
            second = await asyncio.open_connection("127.0.0.1", line.port)
            heard.append(await answered(*second, b"three"))
            line.mend()
            third = await asyncio.open_connection("127.0.0.1", line.port)
            heard.append(await answered(*third, b"four"))
            for _, writer in (first, second, third):
                writer.close()
            await line.close()
        return heard

    assert asyncio.run(tried()) == [b"one", b"", b"", b"four"]


def test_a_centre_that_falls_and_a_clock_that_stands_lose_nothing(tmp_path, program):
    """Without a browser: the centre is stopped for a while, the clock stands, and the log is whole."""
    (tmp_path / "director.txt").write_text("0 inject mrbm-central-europe\n15 outage centre 20\n60 pause 1\n190 end\n")
    words = ["exercise", "one-launch", "--script", tmp_path / "director.txt", "--out", tmp_path / "ex"]
    words += ["--pace", "10", "--port", "0", "--name", "drill"]
    done = subprocess.run(
        [*program, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    happened = [line.split("Z  ")[1] for line in done.stdout.splitlines() if "Z  " in line]
    told = {"inject mrbm-central-europe, seed 1", "outage centre, 20 s", "centre is back", "pause 1 s", "end"}
    assert set(happened) == told
    assert "not all entries" not in done.stdout
    keys, log = tmp_path / "ex" / "pins.toml", tmp_path / "ex" / "centre" / "log.db"
    found = subprocess.run(
        [*program, "verify", str(log), "--keys", str(keys), "--json"], capture_output=True, text=True, timeout=60
    )
    facts = json.loads(found.stdout)
    assert facts["cosigned"] == facts["entries"]
    assert facts["launches"] == 1
    with Ledger(log, read_pins(keys).line, writing=False) as ledger:
        said = [msgspec.json.decode(unseal(envelope_of(entry)).body) for entry in ledger.entries()]
    for party in PARTIES:
        numbers = [each["number"] for each in said if each["node"] == f"{party}-node"]
        assert numbers == list(range(1, len(numbers) + 1))
    assert not [each for each in said if each["kind"] == "refusal"]


def refused(program, *words):
    """The one line by which an exercise is refused."""
    done = subprocess.run([*program, "exercise", *map(str, words)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    return line


def test_what_an_exercise_lacks_is_said_in_one_line_before_anything_is_made(tmp_path, program):
    folder = tmp_path / "ex"
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        line = refused(program, "one-launch", "--out", folder, "--port", port)
    assert line == f"Error: --port: 127.0.0.1:{port} cannot be had (Address already in use); pick another, or 0 for any"
    assert not folder.exists()
    (tmp_path / "file").write_text("")
    assert "file" in refused(program, "one-launch", "--out", tmp_path / "file" / "ex", "--port", 0)


def test_an_exercise_is_between_two(tmp_path):
    with pytest.raises(StoreError, match=r"1 parties \(us_nato\); an exercise is between two"):
        must_be_new(tmp_path / "ex", ["us_nato"])


def test_a_disk_without_room_is_named_with_the_folder(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(staging, "prepare", full)
    with pytest.raises(StoreError, match=r"ex: cannot be written \(No space left on device\); make room"):
        stage(load("one-launch"), tmp_path / "ex", "drill")


def entente(program, *words):
    """A command that succeeds; what it prints."""
    done = subprocess.run([*program, *map(str, words)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_site_feeds_its_own_node_the_same_exercise(tmp_path, program):
    """Three sites: keys by scenario, each nation's systems by script and beginning; together what one machine plays."""
    said = entente(program, "centre", "prepare", tmp_path / "ex", "--name", "drill", "--scenario", "one-launch")
    assert "for us_nato and russia" in said
    assert read(unsealed(tmp_path / "ex" / "russia" / "policy")).permits
    (tmp_path / "director.txt").write_text(
        "0 inject mrbm-central-europe\n5 outage russia 60\n20 inject mrbm-central-europe 2\n200 end\n"
    )
    words = ["--script", tmp_path / "director.txt", "--begin", "2026-11-28T12:00:00Z"]  # over: all of it comes at once
    histories = [history(load("one-launch"), "mrbm-central-europe", seed) for seed in (1, 2)]
    played = [
        cues(one, "drill", k, BEGINS + at_s * NS_PER_S)
        for k, (at_s, one) in enumerate(zip((0, 20), histories, strict=True), 1)
    ]
    lines = entente(program, "node", "feed", tmp_path / "ex", "one-launch", "russia", "--whole", *words).splitlines()
    assert entente(program, "node", "feed", tmp_path / "ex", "one-launch", "russia", *words) == ""
    begun = [Begun(at_s, one) for at_s, one in zip((0.0, 20.0), histories, strict=True)]
    for party in PARTIES:
        drafts = [cue.draft for cue in feed(begun, party, "drill", BEGINS, 200.0)]
        assert [each.said.sent for each in drafts] == sorted(each.said.sent for each in drafts)
        own = [
            cue.draft for part in played for cue in part if cue.party == party and cue.at_ns <= BEGINS + 200 * NS_PER_S
        ]
        reports = [each for each in drafts if not isinstance(each.said, StateOfHealth)]
        assert sorted(map(repr, reports)) == sorted(map(repr, own))
        assert len(drafts) - len(reports) == 21  # how its feeds are, from 0 to 200 s
        assert own, f"{party} saw something"
    assert [msgspec.json.decode(line, type=Draft) for line in lines] == drafts


def unsealed(file):
    """The body of an envelope in a file."""
    return unseal(file.read_bytes()).body


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["us_nato", "--begin", "soon"], "--begin: 'soon'; write a time such as"),
        (["china", "--begin", "2026-11-28"], "party: 'china' is not known; known: us_nato, russia"),
        (["russia", "--begin", "2026-11-28", "--case", "x"], "case: 'x' is not known"),
    ],
)
def test_a_feed_that_cannot_begin_says_why(tmp_path, program, words, wrong):
    stage(load("one-launch"), tmp_path / "ex", "drill")
    done = subprocess.run(
        [*program, "node", "feed", str(tmp_path / "ex"), "one-launch", *words],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert wrong in done.stderr


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["--party", "nato"], "--party: 1 parties, 0 policies"),
        (["--scenario", "one-launch", "--party", "nato"], "1 parties, 0 policies and a scenario"),
        (["--party", "a", "--party", "b", "--policy", "none", "--policy", "none"], "none: cannot be read"),
    ],
)
def test_what_prepare_is_not_given_is_named(tmp_path, program, words, wrong):
    command = [*program, "centre", "prepare", str(tmp_path / "ex"), "--name", "drill", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert wrong in done.stderr
    assert not (tmp_path / "ex").exists()


def told(file):
    """The events that a process told of."""
    return [json.loads(line)["event"] for line in file.read_text().splitlines()] if file.exists() else []


def test_who_kills_an_exercise_ends_all_its_processes(tmp_path, program):
    """kill -9 leaves nobody a word: they notice by themselves, finish what they began, and end."""
    words = ["exercise", "one-launch", "--out", tmp_path / "ex", "--port", "0", "--name", "drill"]
    begun = subprocess.Popen(
        [*program, *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert begun.stdout.readline().startswith("EXERCISE")
    files = [tmp_path / "ex" / "centre" / "told.jsonl"]
    files += [tmp_path / "ex" / party / f"{what}.jsonl" for party in PARTIES for what in ("node", "witness")]
    until_s = time.monotonic() + 30.0
    while time.monotonic() < until_s and not all("up" in told(file) for file in files):
        time.sleep(0.1)
    begun.kill()
    begun.communicate()
    while time.monotonic() < until_s and not all("down" in told(file) for file in files):
        time.sleep(0.1)
    assert [file.name for file in files if "down" not in told(file)] == []


def test_a_wrong_script_is_refused_before_anything_is_made(tmp_path, program):
    (tmp_path / "director.txt").write_text("0 inject nothing\nlater end\n")
    words = ["exercise", "one-launch", "--script", tmp_path / "director.txt", "--out", tmp_path / "ex"]
    done = subprocess.run([*program, *map(str, words)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "line 1: '0 inject nothing': no case 'nothing'" in done.stderr
    assert "line 2: 'later end': a time in seconds comes first" in done.stderr
    assert not (tmp_path / "ex").exists()
