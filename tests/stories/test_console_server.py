"""The console's server as a real process on a real socket: what it answers, what it refuses, and that it only reads."""

import gzip
import http.client
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "entente"]
ASSETS = Path(__file__).parents[2] / "src/entente/console/assets"
WAIT = 90.0  # s  for the first compilation on a slow machine


def started(*words):
    """A console on any free port, once it says where it is: the process, its port."""
    process = subprocess.Popen(
        [*PROGRAM, "console", *words, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    line = process.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
    if not found:
        process.kill()
        raise AssertionError(line + process.communicate()[1])
    return process, int(found[1])


@pytest.fixture(scope="module")
def port():
    assert (ASSETS / "index.html").is_file(), "type: make console"
    process, port = started("one-launch")
    yield port
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode in (0, 130, -signal.SIGINT)


def ask(port, path, method="GET", **headers):
    """Status, headers in small letters, body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_the_page_and_its_parts_come_from_here_alone(port):
    """Everything the page names is served; the policy allows nothing else, and no script or style in the page."""
    status, headers, body = ask(port, "/")
    assert status == 200
    assert headers["content-type"].startswith("text/html")
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    page = body.decode()
    named = re.findall(r'(?:src|href)="([^"#]+)"', page)
    assert any(name.endswith(".js") for name in named)
    for name in named:
        if not name.startswith("data:"):
            assert "//" not in name
            assert ask(port, "/" + name.removeprefix("./").removeprefix("/"))[0] == 200, name
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert " style=" not in page


def test_a_history_comes_packed_and_whole(port):
    status, headers, body = ask(port, "/replay.json")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    said = json.loads(gzip.decompress(body))
    assert (said["format"], said["seed"], said["case"]["name"]) == (1, 1, "mrbm-central-europe")
    other = json.loads(gzip.decompress(ask(port, "/replay.json?case=mrbm-central-europe&seed=7")[2]))
    assert other["seed"] == 7
    assert other["truth"] != said["truth"]


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/replay.json?case=none", 404, "'none' is not known"),
        ("/replay.json?seed=one", 400, "seed: 'one' is no whole number"),
        ("/replay.json?seed=-1", 400, "seed: '-1' is no whole number"),
        ("/replay.json?seed=9999999999", 404, "names no history"),
        ("/replay.json?seed=" + "9" * 5000, 400, "is no whole number"),
        ("/assets/none.js", 404, "there is no 'none.js'"),
        ("/assets/../app.py", 404, "there is no"),
        ("/assets/%2e%2e/app.py", 404, "there is no"),
        ("/assets/..%2fapp.py", 404, "there is no"),
        ("/assets//etc/passwd", 404, "there is no"),
        ("/assets/", 404, "there is no"),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(path, status, says, port):
    answer, _, body = ask(port, path)
    if path.startswith("/assets") and answer == 404 and not body.startswith(b"{"):
        return  # the router knows no such path at all
    assert answer == status
    said = json.loads(body)
    assert says in said["error"]
    assert "\n" not in said["error"]
    assert len(said["error"]) < 400


def test_every_answer_carries_the_same_guards(port):
    for path in ("/", "/replay.json?case=none", "/none", "/assets/world.json"):
        headers = ask(port, path)[1]
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path
        assert "default-src 'none'" in headers["content-security-policy"], path


def test_another_name_for_this_machine_is_not_answered(port):
    """So that a page elsewhere whose name was made to point here reads nothing."""
    assert ask(port, "/", Host=f"localhost:{port}")[0] == 200
    assert ask(port, "/replay.json", Host="evil.example")[0] == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_it_only_reads(method, port):
    assert ask(port, "/replay.json", method)[0] == 405


def test_a_taken_port_is_said_in_one_line(port):
    done = subprocess.run(
        [*PROGRAM, "console", "one-launch", "--port", str(port)], capture_output=True, text=True, timeout=WAIT
    )
    assert done.returncode == 1
    assert f"port: {port} cannot be had" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_second_asking_is_answered_at_once(port):
    """A history is made once and kept."""
    ask(port, "/replay.json?seed=3")
    begin = time.perf_counter()
    ask(port, "/replay.json?seed=3")
    assert time.perf_counter() - begin < 1.0
