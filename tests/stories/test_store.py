"""A study's folder: whole or not readable as complete, one writer at a time, and nobody else's files touched."""

import errno
import fcntl
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import numpy as np
import pytest
import xarray as xr

import entente as en
from entente.chunks import Axes, Found, read, write_histories, write_inputs
from entente.journal import keep, kept, read_sums
from entente.store import LOCK, MANIFEST, NUMBERS, PLAN, Numbers, load, occupied, save, undisturbed, write
from entente.study import plan_of

AXES = Axes("case-a", ("warning_s", "shots"), (0, 1, 4), ("us_nato", "russia"), tuple(range(11, 21)), 3)


def found(axes=AXES):
    """Numbers with everything in them that a file could lose."""
    rng = np.random.default_rng(1)
    shape = (len(axes.measures), len(axes.rungs), len(axes.parties))
    values, again = rng.random((*shape, len(axes.seeds))), rng.random((*shape, axes.again))
    values[0, 1] = np.nan
    values[1, 0, 0, :4] = 5e-324, 1e308, np.inf, -np.inf
    return Found(values, again, {"gbi.p_kill": rng.random(len(axes.seeds)), "a.reach_km": rng.random(len(axes.seeds))})


@pytest.fixture
def numbers():
    """A small study's, with a measure that is undefined in one history."""
    coords = {"case": ["a"], "rung": [0, 1], "party": ["us_nato", "russia"], "seed": [1, 2, 3]}
    values = np.arange(12.0).reshape(1, 2, 2, 3)
    values[0, 0, 0, 1] = np.nan
    data = xr.Dataset({"warning_s": (tuple(coords), values, {"units": "s", "better": "lower"})}, coords)
    inputs = xr.DataArray([[0.5], [0.25], [np.nan]], {"seed": [1, 2, 3], "input": ["gbi.p_kill"]}, ("seed", "input"))
    return Numbers(data, data.isel(seed=slice(2)), inputs, {"scenario_hash": "0123456789abcdef", "seeds": 3})


def listed(folder):
    return sorted(path.name for path in folder.iterdir())


def test_numbers_come_back_from_disk(numbers, tmp_path):
    save(numbers, tmp_path, {})
    back = load(tmp_path)
    assert back.data.identical(numbers.data)
    assert back.again.identical(numbers.again)
    assert back.inputs.equals(numbers.inputs)
    assert back.provenance == numbers.provenance
    assert listed(tmp_path) == [MANIFEST, NUMBERS]


def test_a_chunk_comes_back_to_the_bit(tmp_path):
    """Also from a folder whose name looks like a pattern."""
    home = tmp_path / "a [1]*'s?"
    home.mkdir()
    files = home / "x.histories.parquet", home / "x.inputs.parquet"
    write_histories(files[0], AXES, found())
    write_inputs(files[1], AXES, found())
    back = read(*files, AXES)
    assert back.values.tobytes() == found().values.tobytes()
    assert back.again.tobytes() == found().again.tobytes()
    assert {k: v.tobytes() for k, v in back.inputs.items()} == {k: v.tobytes() for k, v in found().inputs.items()}


def test_chunks_read_as_one_table(tmp_path):
    """As the docstring of `chunks` promises an analyst."""
    for first in (11, 21):
        axes = Axes(**{**vars(AXES), "seeds": tuple(range(first, first + 10))})
        write_histories(tmp_path / f"case-a-{first}.histories.parquet", axes, found(axes))
    rows = duckdb.sql(
        f"select party, count(*), count(warning_s) from '{tmp_path}/*.histories.parquet' "
        "where not again and rung = 1 group by party order by party"
    )
    assert rows.fetchall() == [("russia", 20, 0), ("us_nato", 20, 0)], "undefined is NULL"


def test_a_chunk_of_other_measures_is_no_such_chunk(tmp_path):
    files = tmp_path / "x.histories.parquet", tmp_path / "x.inputs.parquet"
    write_histories(files[0], AXES, found())
    write_inputs(files[1], AXES, found())
    with pytest.raises(OSError, match="does not hold what was planned: 'leakers'"):
        read(*files, Axes(**{**vars(AXES), "measures": ("warning_s", "leakers")}))


def test_a_newer_format_is_refused_in_one_line(numbers, tmp_path):
    save(numbers, tmp_path, {})
    manifest = tmp_path / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 99}))
    with pytest.raises(en.StoreError, match="format 99 is newer than this version reads") as refused:
        load(tmp_path)
    assert "\n" not in str(refused.value)


def test_the_format_before_is_read(numbers, tmp_path):
    """The first path's: no groups in the NetCDF, no check sums in the manifest."""
    numbers.data.to_netcdf(tmp_path / NUMBERS, engine="h5netcdf")
    (tmp_path / MANIFEST).write_text('{"format": 1, "seeds": 3}')
    back = load(tmp_path)
    assert back.data.identical(numbers.data)
    assert back.again.sizes == {"case": 1, "rung": 2, "party": 2, "seed": 0}
    assert back.inputs.shape == (3, 0)
    assert back.provenance == {"seeds": 3}


def test_a_folder_without_a_manifest_is_no_study(tmp_path):
    with pytest.raises(en.StoreError, match="no study was finished there"):
        load(tmp_path)


@pytest.mark.parametrize("name", [NUMBERS, "chunks/a-1.histories.parquet"])
@pytest.mark.parametrize("harm", ["flip", "truncate", "delete"])
def test_a_damaged_file_is_named(numbers, tmp_path, name, harm):
    (tmp_path / "chunks").mkdir()
    chunk = tmp_path / "chunks/a-1.histories.parquet"
    write_histories(chunk, AXES, found())
    save(numbers, tmp_path, {"chunks/a-1.histories.parquet": checksum(chunk)})
    load(tmp_path)
    hurt(tmp_path / name, harm)
    with pytest.raises(en.StoreError, match="is damaged or gone") as refused:
        load(tmp_path)
    assert name in str(refused.value)


def checksum(path):
    """By another program than the one under test."""
    return subprocess.run(["sha256sum", path], capture_output=True, text=True).stdout[:64]


def hurt(path, harm):
    content = bytearray(path.read_bytes())
    if harm == "delete":
        path.unlink()
    elif harm == "truncate":
        path.write_bytes(content[: len(content) // 2])
    else:
        content[len(content) // 2] ^= 1
        path.write_bytes(content)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"seeds": 3}', '{"format": 2}', '{"format": 2, "sha256": []}'])
def test_a_damaged_manifest_is_said_so(tmp_path, text):
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(en.StoreError, match=r"manifest.json: is damaged"):
        load(tmp_path)


def test_a_folder_of_somebody_elses_is_refused_and_untouched(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(en.StoreError, match=r"holds 'thesis.tex', which no study wrote"), occupied(tmp_path):
        pass
    assert listed(tmp_path) == ["thesis.tex"]


@pytest.mark.parametrize("place", ["file", "file/out", "/proc/entente"])
def test_a_place_that_cannot_hold_a_folder_is_refused(tmp_path, place):
    (tmp_path / "file").write_text("")
    with pytest.raises(en.StoreError, match="pick another folder"), occupied(tmp_path / place):
        pass


def test_what_a_killed_process_left_half_is_cleared_away(tmp_path):
    (tmp_path / "chunks").mkdir()
    (tmp_path / PLAN).write_text("{}")
    (tmp_path / LOCK).write_text("process 1, since long ago\n")
    for left in (".plan.json.1.partial", "chunks/.a-1.histories.parquet.1.partial"):
        (tmp_path / left).write_text("half")
    with occupied(tmp_path):
        assert listed(tmp_path) == [LOCK, "chunks", PLAN]
        assert listed(tmp_path / "chunks") == []


def test_two_runs_do_not_write_into_one_folder(tmp_path):
    """The other one is another process, as it is in life; it is named, and killed it leaves no lock."""
    script = (
        "import sys, time, pathlib; from entente.store import occupied\n"
        "with occupied(pathlib.Path(sys.argv[1])): print('in', flush=True); time.sleep(100)"
    )
    with subprocess.Popen([sys.executable, "-c", script, tmp_path], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "in\n"
        with pytest.raises(en.StoreError, match="another run is writing there") as refused, occupied(tmp_path):
            pass
        assert f"(process {other.pid}, since 20" in str(refused.value)
        assert "\n" not in str(refused.value)
        other.kill()
    with occupied(tmp_path):
        assert f"process {os.getpid()}," in (tmp_path / LOCK).read_text()


def test_a_lock_file_that_cannot_be_opened_is_refused(tmp_path):
    (tmp_path / LOCK).mkdir()
    with (
        pytest.raises(en.StoreError, match=r"entente\.lock: cannot be locked \(Is a directory\); pick"),
        occupied(tmp_path),
    ):
        pass


def test_a_file_system_without_locks_is_refused(tmp_path, monkeypatch):
    """Some network file systems have none."""

    def fails(handle, operation):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", fails)
    with pytest.raises(en.StoreError, match=r"cannot be locked \(No locks available\); pick"), occupied(tmp_path):
        pass


def test_a_disk_too_full_to_say_who_holds_the_lock_is_refused(tmp_path):
    """The system itself refuses; and the file that was not written does not fail again where it is closed."""
    script = (
        "import sys, resource, signal, pathlib\n"
        "from entente import store, errors\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "try:\n"
        "    with store.occupied(pathlib.Path(sys.argv[1])): print('in')\n"
        "except errors.StoreError as problem: print(problem)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, timeout=60)
    assert done.stdout == f"{tmp_path / LOCK}: cannot be locked (File too large); pick another folder with --out\n"
    assert done.stderr == ""


def test_what_cannot_be_deleted_is_refused(tmp_path):
    (tmp_path / PLAN).write_text("{}")
    (tmp_path / ".plan.json.1.partial").mkdir()
    with (
        pytest.raises(en.StoreError, match=r"left half cannot be deleted \(Is a directory\); pick"),
        occupied(tmp_path),
    ):
        pass


def test_an_error_of_the_block_is_its_own(tmp_path):
    with pytest.raises(OSError, match="mine"), occupied(tmp_path):
        raise OSError("mine")


def test_a_file_in_the_place_of_the_chunks_is_refused(tmp_path):
    plan = plan_of(en.load("one-launch"), 1)
    (tmp_path / "chunks").write_text("")
    with pytest.raises(en.StoreError, match=r"chunks: cannot be written \(File exists\); pick"):
        kept(tmp_path, plan, print)
    (tmp_path / "chunks").unlink()
    (tmp_path / "chunks/SHA256SUMS").mkdir(parents=True)
    with pytest.raises(en.StoreError, match=r"SHA256SUMS: cannot be read \(Is a directory\); pick"):
        kept(tmp_path, plan, print)


def test_a_chunk_that_holds_something_else_is_made_again(tmp_path):
    """Its check sum is right: another program wrote it."""
    plan, told = plan_of(en.load("one-launch"), 1), []
    (axes,) = plan.chunks()
    other = Axes(**{**vars(axes), "measures": ("warning_s",), "rungs": (0,)})
    keep(tmp_path, other, Found(np.ones((1, 1, 2, 1)), np.ones((1, 1, 2, 1)), {"a": np.ones(1)}))
    assert kept(tmp_path, plan, told.append) == {}
    assert len(told) == 1
    assert "cannot be read (does not hold what was planned" in told[0]


@pytest.mark.parametrize("after_ms", [0, 1, 2, 4, 8, 16, 32])
def test_ctrl_c_waits_until_a_chunk_is_kept(tmp_path, after_ms):
    """DuckDB would answer with `Query interrupted`, which is neither Ctrl-C nor a full disk."""
    axes = Axes(**{**vars(AXES), "measures": tuple("abcdefgh"), "seeds": tuple(range(8_000))})
    much = found(axes)

    def press():
        """Once the chunk is begun: a key pressed before finds nothing to keep whole."""
        while not (tmp_path / "chunks").exists():
            time.sleep(1e-4)
        time.sleep(after_ms / 1000)
        os.kill(os.getpid(), signal.SIGINT)

    ctrl_c = threading.Thread(target=press)
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - it may come in any of these lines
        ctrl_c.start()
        keep(tmp_path, axes, much)
        ctrl_c.join()
        time.sleep(1.0)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert len(read_sums(tmp_path)) == 2, "what was begun is whole"
    files = [tmp_path / "chunks" / name for name in read_sums(tmp_path)]
    assert read(*files, axes).values.tobytes() == much.values.tobytes()


def test_what_is_not_disturbed_outside_the_main_thread_runs_as_it_is():
    """Python lets no other thread have Ctrl-C, or change what it does."""
    said = []

    def work():
        with undisturbed():
            said.append(signal.getsignal(signal.SIGINT))

    one = threading.Thread(target=work)
    one.start()
    one.join()
    assert said == [signal.default_int_handler]


def test_a_write_that_fails_leaves_nothing_behind(tmp_path):
    def fails(path: Path):
        path.write_text("half")
        raise OSError(28, os.strerror(28))

    with pytest.raises(en.StoreError, match="No space left on device"):
        write(tmp_path / "numbers", fails)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("most", [0, 3_000, 20_000])
def test_a_full_disk_leaves_nothing_that_looks_whole(numbers, tmp_path, most):
    """The system itself refuses to let a file grow: of the Parquet files, the NetCDF or the manifest."""
    script = (
        "import sys, pickle, resource, pathlib\n"
        "import xarray, h5netcdf, duckdb\n"
        "from entente import store, journal, errors\n"
        "numbers, axes, found, folder, most = pickle.load(sys.stdin.buffer)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))\n"
        "for what in (lambda: journal.keep(folder, axes, found), lambda: store.save(numbers, folder, {})):\n"
        "    try: what()\n"
        "    except errors.StoreError as problem: print(problem)\n"
    )
    asked = pickle.dumps((numbers, AXES, found(), tmp_path, most))
    done = subprocess.run([sys.executable, "-c", script], input=asked, capture_output=True, timeout=60)
    lines = done.stdout.decode().splitlines()
    assert done.returncode == 0, done.stderr.decode()
    assert lines, "nothing was refused"
    assert all("cannot be written (File too large); free some space" in line for line in lines), lines
    assert not (tmp_path / MANIFEST).exists()
    assert not (tmp_path / NUMBERS).exists()
    assert not list(tmp_path.rglob("*.partial"))
