"""A study that was stopped, killed or damaged: what was finished is kept, and what comes out is the same to the bit."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

import entente as en
from entente import cli, provenance
from entente import study as studies
from entente.journal import PLAN, SUMS, progress, read_sums
from entente.report import describe as reports
from entente.store import CHUNKS, MANIFEST, NUMBERS, REPORT, load, occupied

CASE = "mrbm-central-europe"
SEEDS = 20
SMALL = {"CHUNK": 2, "LEAST_SECOND": 2}  # ten chunks
# The command itself, in chunks small enough that it can be caught between two of them.
PROGRAM = [sys.executable, "-c", "from entente import cli, study; study.CHUNK = study.LEAST_SECOND = 2; cli.main()"]


@pytest.fixture(scope="module")
def scenario():
    return en.load("one-launch")


@pytest.fixture(scope="module", autouse=True)
def small_chunks():
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SMALL.items():
            patch.setattr(studies, name, value)
        yield


@pytest.fixture(scope="module")
def whole(scenario, tmp_path_factory):
    """A study that nobody disturbed, and its folder."""
    folder = tmp_path_factory.mktemp("whole")
    return en.explore(scenario, SEEDS, workers=1, out=folder), folder


@pytest.fixture
def finished(whole, tmp_path):
    """A copy of its folder."""
    subprocess.run(["cp", "-r", f"{whole[1]}/.", tmp_path], check=True)
    return tmp_path


@pytest.fixture
def half(finished):
    """The same as a process leaves it that was killed after eight chunks of ten."""
    (finished / MANIFEST).unlink()
    (finished / NUMBERS).unlink()
    lines = (finished / CHUNKS / SUMS).read_text().splitlines(keepends=True)
    (finished / CHUNKS / SUMS).write_text("".join(lines[:16]))
    return finished


def same_bits(a, b):
    """Two studies, whatever made them."""
    for one, other in ((a.data, b.data), (a.again, b.again)):
        assert list(one.data_vars) == list(other.data_vars)
        assert all(one[name].values.tobytes() == other[name].values.tobytes() for name in one)
    assert a.inputs.values.tobytes() == b.inputs.values.tobytes()
    assert a.inputs.input.values.tolist() == b.inputs.input.values.tolist()


def start(folder, *more):
    """The command on its way, once at least one chunk is finished."""
    words = ["run", "one-launch", "--seeds", str(SEEDS), "--workers", "2", "--out", str(folder), *more]
    process = subprocess.Popen(
        [*PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    )
    while process.poll() is None and not read_sums(folder):
        time.sleep(0.02)
    return process


def children(pid):
    """The processes that a process started."""
    found = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True).stdout
    return [int(line.split()[0]) for line in found.splitlines() if int(line.split()[1]) == pid]


def gone(pids, within_s):
    """Whether these processes end."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.05)
    return False


def test_ctrl_c_keeps_chunks_and_resume_ends_with_the_same_bits(whole, tmp_path):
    process = start(tmp_path)
    workers = children(process.pid)
    assert len(workers) == 2
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: everybody in the group gets it
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, ""), err
    assert "Traceback" not in err
    done, planned = progress(tmp_path)
    command = f"entente run one-launch --seeds {SEEDS} --out {tmp_path} --resume"
    assert err.splitlines()[-1] == f"stopped; {done} of 10 chunks are kept; continue with: {command}"
    assert 0 < done < planned == 10
    assert gone(workers, within_s=1)
    with pytest.raises(en.StoreError, match="no study was finished"):
        load(tmp_path)
    again = subprocess.run([*PROGRAM, *command.split()[1:]], capture_output=True, text=True, timeout=200)
    assert again.returncode == 0, again.stderr
    assert f"{done} of 10 chunks were there" in again.stderr
    assert (tmp_path / "report.html").exists()
    same_bits(load(tmp_path), whole[0])


def test_on_a_terminal_progress_is_overwritten_in_place():
    script = (
        "from pathlib import Path; from entente.commands.common import resumable\n"
        "with resumable(Path('none'), 'entente run') as tell:\n"
        "    for line in ('compiled', '50% ...', '75% ...', '100%'): tell(line)"
    )
    ours, theirs = os.openpty()
    subprocess.run([sys.executable, "-c", script], stderr=theirs, check=True)
    os.close(theirs)
    assert os.read(ours, 1000).replace(b"\r\n", b"\n") == b"compiled\n50% ...\r\x1b[K75% ...\r\x1b[K100%\n"
    os.close(ours)


def test_kill_leaves_nothing_that_looks_whole(scenario, whole, tmp_path):
    """SIGKILL: no handler runs. Nothing is locked, no worker lives on, and what is listed is whole."""
    process = start(tmp_path)
    workers = children(process.pid)
    process.kill()
    process.communicate()
    assert len(workers) == 2
    assert gone(workers, within_s=5)
    with pytest.raises(en.StoreError, match="no study was finished"):
        load(tmp_path)
    with pytest.raises(en.StoreError, match=r"unfinished, \d of 10 chunks; continue it with --resume"):
        en.explore(scenario, SEEDS, out=tmp_path)
    done, _ = progress(tmp_path)
    told = []
    study = en.explore(scenario, SEEDS, workers=1, out=tmp_path, resume=True, tell=told.append)
    assert told[0] == f"{done} of 10 chunks were there"
    same_bits(study, whole[0])


def test_a_killed_worker_ends_the_study_and_its_chunks_are_kept(tmp_path):
    process = start(tmp_path)
    os.kill(children(process.pid)[0], signal.SIGKILL)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "")
    assert "Error: a worker process ended early, exit status -9; run again" in err.splitlines()[-1]
    assert progress(tmp_path)[0] > 0
    assert not (tmp_path / MANIFEST).exists()


def test_a_resumed_study_is_the_whole_one(scenario, whole, half):
    told = []
    study = en.explore(scenario, SEEDS, workers=1, out=half, resume=True, tell=told.append)
    assert told[0] == "8 of 10 chunks were there"
    same_bits(study, whole[0])
    same_bits(load(half), whole[0])
    assert sorted(study.kept) == sorted(whole[0].kept)


@pytest.mark.parametrize("harm", ["flip", "truncate", "delete", "torn list"])
def test_a_damaged_chunk_is_noticed_and_made_again(scenario, whole, half, harm):
    told, chunk = [], half / CHUNKS / f"{CASE}-3.histories.parquet"
    content = bytearray(chunk.read_bytes())
    content[len(content) // 2] ^= 1
    if harm == "flip":
        chunk.write_bytes(content)
    elif harm == "truncate":
        chunk.write_bytes(content[:100])
    elif harm == "delete":
        chunk.unlink()
    else:
        text = (half / CHUNKS / SUMS).read_text()
        (half / CHUNKS / SUMS).write_text(text[:-10])  # killed while it wrote the last line
    study = en.explore(scenario, SEEDS, workers=1, out=half, resume=True, tell=told.append)
    if harm != "torn list":
        assert told.pop(0) == f"{chunk}: is damaged, its check sum is not the one noted; it is made again"
    assert told[0] == "7 of 10 chunks were there"
    same_bits(study, whole[0])
    load(half)


def test_a_finished_study_is_read_and_not_run_again(scenario, whole, finished):
    before = {file: file.stat().st_mtime_ns for file in finished.rglob("*.*")}
    for resume in (False, True):
        told = []
        study = en.explore(scenario, SEEDS, workers=1, out=finished, resume=resume, tell=told.append)
        assert told == [f"{finished}: this study is finished; nothing was run again"]
        same_bits(study, whole[0])
    changed = {file.name for file, when in before.items() if file.stat().st_mtime_ns != when}
    assert changed <= {".entente.lock"}


def test_a_finished_study_that_was_damaged_is_refused_or_mended(scenario, whole, finished):
    chunk = finished / CHUNKS / f"{CASE}-5.inputs.parquet"
    chunk.write_bytes(b"PAR1")
    with pytest.raises(en.StoreError, match=f"{CASE}-5.inputs.parquet: is damaged or gone"):
        en.explore(scenario, SEEDS, out=finished)
    with pytest.raises(en.StoreError, match=f"{CASE}-5.inputs.parquet: is damaged or gone"):
        en.load_study(finished)
    told = []
    en.explore(scenario, SEEDS, workers=1, out=finished, resume=True, tell=told.append)
    assert any("9 of 10 chunks were there" in line for line in told)
    same_bits(load(finished), whole[0])


@pytest.mark.parametrize("resume", [False, True])
def test_another_study_in_the_folder_is_refused_with_what_differs(scenario, half, resume):
    with pytest.raises(en.StoreError) as refused:
        en.explore(scenario, 30, out=half, resume=resume)
    assert str(refused.value) == (
        f"{half}: holds another study, unfinished: seeds 20 there, 30 now; "
        "pick another folder, or --force to delete that study"
    )
    with pytest.raises(en.StoreError, match=r"scenario hash .* now; rungs 0, 1, 2, 4 there, 0, 1, 4 now"):
        en.explore(scenario.model_copy(update={"rungs": [0, 4]}), SEEDS, out=half, resume=resume)
    assert progress(half) == (8, 10)


@pytest.mark.parametrize(
    ("function", "gives", "says"),
    [
        ("version", lambda: "0.0.9", r"version 0\.1\.0 there, 0\.0\.9 now"),
        ("code_hash", lambda: "f" * 16, "code .* there, ffffffffffffffff now"),
        ("findings_hash", lambda: "f" * 16, "findings hash .* there, ffffffffffffffff now"),
        ("packages", lambda: {"numpy": "9.9"}, "numpy [0-9.]+ there, 9.9 now; .*python .* there, missing now"),
    ],
)
def test_another_version_does_not_continue(scenario, half, monkeypatch, function, gives, says):
    monkeypatch.setattr(provenance, function, gives)
    with pytest.raises(en.StoreError, match=says) as refused:
        en.explore(scenario, SEEDS, out=half, resume=True)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "name",
    ["physics/gravity.py", "scenario/places/cities.csv", "workers.py", "study.py", "measures.py", "a_new_module.py"],
)
def test_an_edit_that_may_change_a_history_is_another_program(package, name):
    before = provenance.code_hash()
    edit(package / name)
    assert provenance.code_hash() != before


@pytest.mark.parametrize(
    "name",
    [
        *("cli.py", "commands/studies.py", "report/page.py", "report/page.html.j2", "questions/arcs.py"),
        *("comparison/gains.py", "findings.py"),
        *("findings.yaml", "predicates.py", "deciders.py", "journal.py", "store.py", "chunks.py", "provenance.py"),
        *("scenario/catalogue/radars.yaml", "scenario/places/README.md", "scenario/places/world.json"),
    ],
)
def test_an_edit_that_changes_no_history_does_not_stop_a_resume(package, name):
    """The catalogue and the findings may: they have hashes of their own."""
    before = provenance.code_hash()
    assert (package / name).exists()
    edit(package / name)
    assert provenance.code_hash() == before


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package, which `provenance` takes for itself."""
    subprocess.run(["cp", "-r", provenance.HERE, tmp_path / "entente"], check=True)
    monkeypatch.setattr(provenance, "HERE", tmp_path / "entente")
    return tmp_path / "entente"


def edit(file):
    """As an editor does: something is added."""
    with file.open("a") as handle:
        handle.write("\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"format": 99}', r"plan\.json: format 99 is newer than this version reads \(1\); update entente"),
        ('{"format": 1}', r"plan\.json: is damaged, 'version' is missing; begin again with --force"),
        ('{"form', r"plan\.json: is damaged, no JSON"),
    ],
)
def test_a_plan_that_cannot_be_read_is_refused(scenario, half, text, says):
    (half / PLAN).write_text(text)
    with pytest.raises(en.StoreError, match=says) as refused:
        en.explore(scenario, SEEDS, out=half, resume=True)
    assert "\n" not in str(refused.value)


def test_force_deletes_the_other_study_and_nothing_else(scenario, half):
    for file in ("notes.txt", "chunks/notes.txt"):
        (half / file).write_text("mine")
    en.explore(scenario, 2, workers=1, out=half, force=True)
    assert load(half).data.sizes["seed"] == 2
    assert sorted(file.name for file in (half / CHUNKS).glob("*.parquet")) == [
        f"{CASE}-1.histories.parquet",
        f"{CASE}-1.inputs.parquet",
    ]
    assert (half / "notes.txt").exists()
    assert (half / "chunks/notes.txt").exists()


def test_force_deletes_the_report_of_the_other_study(scenario, whole, half):
    """Or it would stand beside numbers that it does not tell of, should the new study be stopped."""
    en.describe(whole[0], half)
    written = {name for name, _ in reports.files(whole[0])}
    assert written <= {*REPORT}
    assert len(written) > len(REPORT) / 2, "a far map, a path, limits and most findings are not asked for by one launch"
    for file in ("data/notes.csv", "figures/notes.svg"):
        (half / file).write_text("mine")
    en.explore(scenario, 2, workers=1, out=half, force=True)
    assert not [name for name in REPORT if (half / name).exists()]
    assert sorted(file.name for name in ("data", "figures") for file in (half / name).iterdir()) == [
        "notes.csv",
        "notes.svg",
    ]


@pytest.mark.parametrize("state", ["finished", "half"])
def test_the_folder_is_ours_until_the_report_is_written(state, request, monkeypatch):
    """Nobody may begin another study between the numbers and the page that tells of them."""
    folder, described = request.getfixturevalue(state), []

    def describe(study, target):
        with pytest.raises(en.StoreError, match="another run is writing there"), occupied(target):
            pass
        described.append(study.provenance["seeds"])
        return target / "report.html"

    monkeypatch.setattr(reports, "describe", describe)
    words = ["run", "one-launch", "--seeds", str(SEEDS), "--workers", "1", "--out", str(folder), "--resume"]
    done = CliRunner().invoke(cli.app, words, catch_exceptions=False)
    assert (done.exit_code, described) == (0, [SEEDS]), done.output
    with occupied(folder):
        pass


def test_a_study_is_loaded_with_its_whole_histories(whole, finished, scenario):
    study = en.load_study(finished, workers=1)
    assert study.scenario == scenario
    assert study.baseline == 1
    same_bits(study, whole[0])
    assert study.data.identical(whole[0].data)
    assert study.provenance == whole[0].provenance
    for key, run in whole[0].kept.items():
        assert study.kept[key].assessment.events == run.assessment.events


def test_a_study_of_another_version_is_not_loaded(finished, monkeypatch):
    monkeypatch.setattr(provenance, "version", lambda: "0.2.0")
    with pytest.raises(en.StoreError, match=r"was made otherwise .* version 0\.1\.0 there, 0\.2\.0 now"):
        en.load_study(finished)


def test_another_version_is_named_before_its_scenario_is_read(finished, monkeypatch):
    """A later version may know other keys; that would be no damage."""
    rewrite(finished, lambda said: said["scenario"].update(weather="fine"))
    with pytest.raises(en.StoreError, match=r"plan\.json: is damaged, scenario 'weather': Extra inputs") as refused:
        en.load_study(finished)
    assert "\n" not in str(refused.value)
    monkeypatch.setattr(provenance, "version", lambda: "0.2.0")
    with pytest.raises(en.StoreError, match=r"was made otherwise .* version 0\.1\.0 there, 0\.2\.0 now"):
        en.load_study(finished)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda said: said.pop("seeds"), "'seeds' is missing"),
        (lambda said: said.update(seeds="20"), "'seeds': Input should be a valid integer"),
        (lambda said: said["rungs"].append("9"), "'rungs.4': Input should be a valid integer"),
        (lambda said: said["scenario"].pop("parties"), "scenario 'parties' is missing"),
        (lambda said: said.update(scenario=[]), "'scenario': Input should be an object"),
    ],
)
def test_a_damaged_plan_is_not_loaded(finished, harm, says):
    rewrite(finished, harm)
    with pytest.raises(en.StoreError, match=r"plan\.json: is damaged, ") as refused:
        en.load_study(finished)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def rewrite(folder, change):
    """Another plan in a folder, as another version or a damaged disk may leave it."""
    said = json.loads((folder / PLAN).read_text())
    change(said)
    (folder / PLAN).write_text(json.dumps(said))
