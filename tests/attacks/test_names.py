"""Row T66: no name that somebody else wrote leads out of a folder. A name is checked before it is joined to a path, and what is
asked of a server is looked up among what is there."""

import asyncio
import string

import httpx
import pytest
from tests.attacks.specimens import judged
from typer.testing import CliRunner

from entente.cli import app
from entente.console.app import ASSETS, application
from entente.console.sources import Source
from entente.errors import EntenteError, ScenarioError, UnknownName
from entente.scenario.load import load, shipped

OUTSIDE = (
    "../europe-2013", "..", ".", "", "/etc/passwd", "C:\\x", "..\\x", "a/b", "a\0b", "a\nb", "a\n", "con", "aux.yaml",
    "％2e％2e", "．．", "%2e%2e%2fx", "europe-2013 ", "Europe-2013", "-x", "_x", "~root", "$HOME", "a" * 65, "à", "а",
)  # fmt: skip
"""Names that must not be taken by messages; the last is Cyrillic."""
EVEN_HERE = {"con"}  # no more than a word, where a name is never joined to a path


@pytest.mark.parametrize("name", OUTSIDE)
def test_t66_messages_name_nothing_that_is_a_path(name):
    for kind, field in (("query", "log"), ("query", "node"), ("query", "party"), ("track-state", "track")):
        said = judged(kind, **{field: name})
        assert (said is None) == (name in EVEN_HERE), (kind, field, said)


@pytest.mark.parametrize("name", [name for name in OUTSIDE if name and "\0" not in name])
def test_t66_a_scenario_s_bare_name_is_looked_up_and_never_joined(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ScenarioError, UnknownName)):
        load(name)


def test_t66_a_scenario_is_based_only_on_a_neighbour(tmp_path):
    (tmp_path / "outside.yaml").write_text("entente: 1\n")
    inside = tmp_path / "inside"
    inside.mkdir()
    for name in ("../outside", str(tmp_path / "outside"), "..%2foutside", "outside.yaml\0", "./../outside"):
        (inside / "one.yaml").write_text(f"entente: 1\nbased_on: '{name}'\ntitle: of another\n".replace("\0", "\\0"))
        with pytest.raises(EntenteError) as refused:
            load(inside / "one.yaml")
        assert "based_on" in str(refused.value)


@pytest.mark.parametrize(
    "path",
    ["/assets/../app.py", "/assets/%2e%2e/app.py", "/assets/..%2f..%2ferrors.py", "/assets//etc/passwd", "/assets/%00",
     "/assets/" + "a/" * 200, "/../etc/passwd", "/assets/.", "/assets/..\\app.py", "/assets/%ef%bc%8e%ef%bc%8e/app.py"],
)  # fmt: skip
def test_t66_the_console_serves_its_own_parts_only(path):
    pages = application(Source(load("europe-2013"), (1,)))

    async def asked():
        transport = httpx.ASGITransport(app=pages)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.send(client.build_request("GET", httpx.URL("http://localhost", raw_path=path.encode())))

    answer = asyncio.run(asked())
    assert answer.status_code in (307, 400, 404), answer.text[:100]  # 307: to the path without what is superfluous
    assert b"import" not in answer.content


@pytest.mark.parametrize("holder", ["../x@nato", "a/b@nato", "..@nato", "/tmp/x@nato", "a\nb@nato", "@nato", "a@"])
def test_t66_certificates_are_made_for_names_and_not_for_paths(holder, tmp_path):
    folder = tmp_path / "in" / "certificates"
    done = CliRunner().invoke(app, ["centre", "certificates", str(folder), "good@nato", holder])
    assert done.exit_code == 1, done.output
    assert not [each for each in tmp_path.rglob("*") if each.is_file() and each.parent != folder]


@pytest.mark.parametrize(
    ("name", "party"), [("../x", "nato"), ("x", "../nato"), ("x", "/tmp"), ("x/y", "nato"), ("x", "a\nb")]
)
def test_t66_an_exercise_is_prepared_inside_its_folder(name, party, tmp_path):
    folder = tmp_path / "in" / "exercise"
    words = ["centre", "prepare", str(folder), "--name", name, "--party", party, "--party", "russia"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 1, done.output
    assert not [each for each in tmp_path.rglob("*") if each.is_file() and not each.is_relative_to(folder)]


def test_t66_shipped_names_are_what_the_rule_allows():
    allowed = set(string.ascii_lowercase + string.digits + "-_")
    assert all(set(name) <= allowed and name[0].isalnum() and len(name) <= 64 for name in shipped())
    assert ASSETS.is_absolute()
