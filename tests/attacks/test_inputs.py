"""Inputs that other programs would run, fetch or multiply; rows of the table of threats by their numbers."""

import ast
import re
import time
from pathlib import Path

import pytest
from tests.attacks.specimens import judged, undecodable, written

import entente.exchange
from entente.exchange.saying.decoding import decode
from entente.exchange.saying.gates import refusal
from entente.report.sheet import Sheet
from entente.scenario.yaml12 import UnreadableError, compose

TRACK = "track-state"


EXCHANGE = Path(entente.exchange.__file__).parent


def test_t67_only_json_is_read():
    """No YAML, so neither billion laughs nor tags nor `NO`."""
    for body in (b"kind: query\nabout: 12\n", b"!!python/object/apply:os.system ['true']", b"a: &a [1]\nb: [*a, *a]"):
        assert undecodable(body) == "not-json"
    for word in ("NO", "no", "on", "10:30", "~", "1e3"):
        assert judged("query", about=word) == "not-a-message"
        assert judged("query", party=word) in {None, "not-a-message"}
        if judged("query", party=word) is None:
            assert decode(written("query", party=word)).party == word


def test_t67_scenarios_are_yaml_of_plain_values_only():
    """Nothing is multiplied by reference, nothing is made by a tag, and words stay words."""
    laughs = "a0: &a0 [lol, lol]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    start = time.thread_time()
    page = compose(laughs, "laughs.yaml")
    assert time.thread_time() - start < 0.5
    assert len(page.findings) >= 3 * 39
    assert all(finding.text.startswith(("'&", "'*")) for finding in page.findings)
    (tag,) = compose("a: !!python/object/apply:os.system ['true']", "tag.yaml").findings
    assert "is a tag, which is refused" in tag.text
    plain = compose("a: NO\nb: 10:30\nc: on\nd: 0o17\ne: １２\nf: 2013-06-01\ng: ٣", "plain.yaml")
    assert [plain.value((key,)) for key in "abcdefg"] == ["NO", "10:30", "on", 15, "１２", "2013-06-01", "٣"]
    with pytest.raises(UnreadableError, match="nested deeper"):
        compose("a: " + "[" * 20_000, "deep.yaml")


def imported():
    """Every name that the package imports, by file."""
    for file in EXCHANGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((file.name, alias.name) for alias in node.names)
            if isinstance(node, ast.ImportFrom):
                yield file.name, node.module or ""


def called():
    """Every function that the package calls by a plain or dotted name, by file."""
    for file in EXCHANGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield file, ast.unparse(node.func), node


def test_t68_nothing_that_runs_what_it_reads():
    wide = {"pickle", "marshal", "shelve", "dill", "joblib", "h5py", "h5netcdf", "yaml", "subprocess", "ctypes"}
    assert not [(file, name) for file, name in imported() if name.split(".")[0] in wide]
    assert not [
        (file.name, name) for file, name, _ in called() if name in {"eval", "exec", "np.load", "__import__", "compile"}
    ]


def test_t69_no_name_or_call_sign_is_a_formula():
    for sign in ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"):
        for kind, field in (
            ("air-track", "call_sign"),
            ("air-track", "track"),
            (TRACK, "party"),
            ("key-add", "holder"),
        ):
            assert judged(kind, **{field: sign}) == "not-a-message"


def test_t69_no_table_of_a_report_holds_a_formula():
    rows = [["=1+1", "+1", "-1", "@A1", "\t=1", "a=1", "", -1.5, None]]
    assert Sheet("x.csv", list("abcdefghi"), rows).text.splitlines()[1] == "'=1+1,'+1,'-1,'@A1,'\t=1,a=1,,-1.5,"


def test_t70_no_address_is_ever_fetched():
    """What looks like one is text: only what serves, or reaches the centre's own address, imports what opens a connection."""
    nets = {
        "socket",
        "ssl",
        "http",
        "urllib",
        "requests",
        "httpx",
        "aiohttp",
        "websockets",
        "ftplib",
        "smtplib",
        "nats",
    }
    found = {(file, name) for file, name in imported() if name.split(".")[0] in nets and name != "urllib.parse"}
    serving = {"server.py", "protocol.py", "running.py", "certificates.py"}
    reaching = {"client.py", "papers.py", "bus.py", "hailing.py"}
    assert not {file for file, _ in found} - serving - reaching
    said = decode(written("pre-launch", purpose="http://169.254.169.254/latest/meta-data"))
    assert refusal(said) is None
    assert said.purpose.startswith("http://")


def test_t71_no_value_is_put_into_sql():
    """Every statement is fixed text, or put together from constants of its own file; values go in as parameters."""
    for file, name, call in called():
        if name.rsplit(".", 1)[-1] in {"execute", "executemany", "executescript"} and call.args:
            names = {node.id for node in ast.walk(call.args[0]) if isinstance(node, ast.Name)}
            text = file.read_text(encoding="utf-8")
            for one in names - {"asked", "tables", "pragma"}:
                assert re.search(rf"^{one}\b.* = |^    +{one} = f?\"", text, re.MULTILINE), (
                    file.name,
                    ast.unparse(call),
                )
    for name in ("'; DROP TABLE entries; --", 'x" OR 1=1', "%", "a'b"):
        assert judged(TRACK, node=name) == "not-a-message"
