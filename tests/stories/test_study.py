"""A study: paired over rungs, the same for any number of workers, whole on disk or not there."""

import io
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import entente as en
from entente.assessment import MEASURES
from entente.store import MANIFEST, NUMBERS, load_numbers, save
from entente.workers import Chunk, Rehearsal, work, worker

CASE = "mrbm-central-europe"
SEEDS = 24  # three chunks for two workers, and the first seed apart


@pytest.fixture(scope="module")
def scenario():
    return en.load("one-launch")


@pytest.fixture(scope="module")
def study(scenario):
    return en.explore(scenario, seeds=SEEDS, workers=1)


def test_one_worker_and_two_find_the_same_bits(scenario, study):
    told = []
    again = en.explore(scenario, seeds=SEEDS, workers=2, tell=told.append)
    for name in MEASURES:
        assert again.data[name].values.tobytes() == study.data[name].values.tobytes(), name
    assert any("chunks" in line for line in told)


def test_a_study_holds_what_simulate_finds(scenario, study):
    run = en.simulate(scenario, CASE, rung=4, seed=3)
    for name, values in run.assessment.values.items():
        np.testing.assert_array_equal(study.data[name].sel(case=CASE, rung=4, seed=3).values, values)


def test_a_study_needs_no_main_guard(tmp_path):
    """Workers must not import the user's script: this one would start a study of its own in each."""
    script = tmp_path / "mine.py"
    script.write_text(
        "import entente as en\n"
        "study = en.explore(en.load('one-launch'), seeds=22, workers=2)\n"
        "print(study.data.sizes['seed'])\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=200)
    assert (done.returncode, done.stdout) == (0, "22\n"), done.stderr


def test_a_worker_answers_every_job_and_survives_a_refusal(scenario):
    """Jobs go in and answers come out as pickles, in order, until the jobs end."""
    far = scenario.model_copy(update={"regions": [r.model_copy(update={"lat_deg": -60.0}) if i else r
                                                  for i, r in enumerate(scenario.regions)]})  # fmt: skip
    jobs = [Rehearsal(scenario, CASE), Chunk(far, CASE, (1,)), Chunk(scenario, CASE, (2, 3))]
    asked, answers = io.BytesIO(b"".join(pickle.dumps(job) for job in jobs)), io.BytesIO()
    work(asked, answers)
    answers.seek(0)
    rehearsed, refused, found = (pickle.load(answers) for _ in jobs)
    assert rehearsed is None
    assert isinstance(refused, en.Unreachable)
    assert found.shape == (len(MEASURES), len(scenario.rungs), 2, 2)


def test_a_worker_that_dies_is_said_so(scenario):
    with worker() as ask, pytest.raises(en.EntenteError, match="ended early"):
        ask("not a job")


def test_nominal_inputs_are_the_same_in_every_history(scenario):
    plain = scenario.model_copy(update={"inputs": "nominal"})
    a, b = (en.simulate(plain, CASE, rung=0, seed=s).world for s in (1, 2))
    assert a.inputs == b.inputs
    assert a.inputs["armavir_southeast.reach_km"] == 4000.0
    assert [s.reach_coast for s in a.sensors] == [s.reach_coast for s in b.sensors]


def test_numbers_come_back_from_disk(study, tmp_path):
    save(study.data, study.provenance, tmp_path)
    data, said = load_numbers(tmp_path)
    assert data.identical(study.data)
    assert said["scenario_hash"] == study.provenance["scenario_hash"]
    assert sorted(p.name for p in tmp_path.iterdir()) == [MANIFEST, NUMBERS]


def test_a_newer_format_is_refused_in_one_line(study, tmp_path):
    save(study.data, study.provenance, tmp_path)
    manifest = tmp_path / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 99}))
    with pytest.raises(en.StoreError, match="format 99 is newer than this version reads") as refused:
        load_numbers(tmp_path)
    assert "\n" not in str(refused.value)


def test_a_folder_without_a_manifest_is_no_study(tmp_path):
    with pytest.raises(en.StoreError, match="no study was finished there"):
        load_numbers(tmp_path)


def test_a_place_that_cannot_hold_a_folder_is_refused(study, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(en.StoreError, match="pick another folder"):
        save(study.data, study.provenance, tmp_path / "file" / "out")


def test_a_write_that_fails_leaves_nothing_behind(tmp_path):
    from entente.store import write

    def fails(path: Path):
        path.write_text("half")
        raise OSError(28, os.strerror(28))

    with pytest.raises(en.StoreError, match="No space left on device"):
        write(tmp_path / "numbers", fails)
    assert list(tmp_path.iterdir()) == []


def test_a_study_of_nothing_is_refused(scenario):
    with pytest.raises(en.ModelError, match="at least 1 is needed"):
        en.explore(scenario, seeds=0)


def test_a_rung_beyond_this_version_is_refused(scenario):
    with pytest.raises(en.ModelError, match="7 coordinates engagements"):
        en.explore(scenario.model_copy(update={"rungs": [7]}), seeds=1)
