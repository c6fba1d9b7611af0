"""A study: paired over rungs, the same for any number of workers, with what its assumptions were."""

import io
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import entente as en
from entente import study as studies
from entente.chunks import Axes
from entente.measures import MEASURES
from entente.run import at_rung, before_sharing
from entente.workers import Chunk, Rehearsal, Whole, spread, work, worker

CASE = "mrbm-central-europe"
SEEDS = 8
RUNGS = [0, 1, 2, 4]  # the scenario's, and the baseline of its day


@pytest.fixture(scope="module")
def scenario():
    return en.load("one-launch")


def explored(scenario, **options):
    """In chunks of three seeds, so that eight seeds are three of them; second histories of five."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(studies, "CHUNK", 3)
        patch.setattr(studies, "LEAST_SECOND", 5)
        return en.explore(scenario, seeds=SEEDS, **options)


@pytest.fixture(scope="module")
def study(scenario):
    return explored(scenario, workers=1)


def axes(scenario, *seeds, again=0):
    return Axes(CASE, tuple(MEASURES), (0, 4), tuple(p.name for p in scenario.parties), seeds, again)


def test_one_worker_and_two_find_the_same_bits(scenario, study):
    told = []
    again = explored(scenario, workers=2, tell=told.append)
    for name in MEASURES:
        assert again.data[name].values.tobytes() == study.data[name].values.tobytes(), name
        assert again.again[name].values.tobytes() == study.again[name].values.tobytes(), name
    assert again.inputs.identical(study.inputs)
    assert told[-1].startswith("100%, 3 of 3 chunks")


def test_a_study_holds_what_simulate_finds(scenario, study):
    run = en.simulate(scenario, CASE, rung=4, seed=3)
    for name, values in run.assessment.values.items():
        np.testing.assert_array_equal(study.data[name].sel(case=CASE, rung=4, seed=3).values, values)
    for name, value in run.world.inputs.items():
        assert study.inputs.sel(seed=3, input=name) == value
    assert study.inputs.sizes == {"seed": SEEDS, "input": len(run.world.inputs)}


def test_second_histories_have_the_same_inputs_and_other_chance(scenario, study):
    second = at_rung(before_sharing(scenario, CASE, 4, again=True), 2)
    for name, values in second.assessment.values.items():
        np.testing.assert_array_equal(study.again[name].sel(case=CASE, rung=2, seed=4).values, values)
    assert second.world.inputs == at_rung(before_sharing(scenario, CASE, 4), 2).world.inputs
    assert study.again.sizes == {**study.data.sizes, "seed": 5}
    assert not study.again.equals(study.data.sel(seed=study.again.seed))


def test_the_baseline_of_the_day_is_always_run(scenario, study):
    assert list(scenario.rungs) == [0, 2, 4]
    assert study.baseline == 1
    assert study.data.rung.values.tolist() == RUNGS
    assert sorted(study.kept) == [(CASE, rung) for rung in RUNGS]
    assert study.provenance["histories"] == SEEDS * len(RUNGS)
    assert study.provenance["second_histories"] == 5 * len(RUNGS)


def test_every_measure_says_what_it_is(study):
    for name, measure in MEASURES.items():
        said = study.data[name].attrs
        assert said == study.again[name].attrs
        assert (said["long_name"], said["units"], said["better"]) == (measure.title, measure.unit, measure.better)
        assert set(said) == {"long_name", "units", "better", "note", "group"}


def test_kept_histories_tell_their_story(scenario, study):
    run = study.kept[CASE, 4]
    assert run.assessment.events == en.simulate(scenario, CASE, rung=4, seed=1).assessment.events


def test_how_many_second_histories_there_are(scenario):
    assert [studies.plan_of(scenario, seeds).again for seeds in (1, 10, 49, 100, 1000)] == [1, 10, 10, 20, 200]


def test_a_study_needs_no_main_guard(tmp_path):
    """Workers must not import the user's script: this one would start a study of its own in each."""
    script = tmp_path / "mine.py"
    script.write_text(
        "import entente as en\n"
        "study = en.explore(en.load('one-launch'), seeds=2, workers=2)\n"
        "print(study.data.sizes['seed'])\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=200)
    assert (done.returncode, done.stdout) == (0, "2\n"), done.stderr


def test_a_worker_answers_every_job_and_survives_a_refusal(scenario):
    """Jobs go in and answers come out as pickles, in order, until the jobs end."""
    far = scenario.model_copy(update={"regions": [r.model_copy(update={"lat_deg": -60.0}) if i else r
                                                  for i, r in enumerate(scenario.regions)]})  # fmt: skip
    jobs = [
        Rehearsal(scenario, CASE),
        Chunk(far, axes(far, 1)),
        Whole(scenario, CASE, (0, 4), 1),
        Chunk(scenario, axes(scenario, 2, 3, again=1)),
    ]
    asked, answers = io.BytesIO(b"".join(pickle.dumps(job) for job in jobs)), io.BytesIO()
    work(asked, answers)
    answers.seek(0)
    rehearsed, refused, whole, found = (pickle.load(answers) for _ in jobs)
    assert rehearsed is None
    assert isinstance(refused, en.Unreachable)
    assert [run.rung for run in whole.values()] == [0, 4]
    assert found.values.shape == (len(MEASURES), 2, 2, 2)
    assert found.again.shape == (len(MEASURES), 2, 2, 1)


def test_a_worker_that_is_killed_is_said_so(scenario):
    with worker() as one:
        one.give(Whole(scenario, CASE, (0,), 1))
        os.kill(one.process.pid, signal.SIGKILL)
        with pytest.raises(en.EntenteError, match="ended early, exit status -9"):
            one.take()


def test_a_refusal_in_a_worker_stops_the_others(scenario):
    """What the job refused comes out of `spread`, and no worker is left behind it."""
    far = scenario.model_copy(update={"regions": [r.model_copy(update={"lat_deg": -60.0}) if i else r
                                                  for i, r in enumerate(scenario.regions)]})  # fmt: skip
    minutes = Chunk(scenario, axes(scenario, *range(1_000)))
    began, before = time.monotonic(), children()
    with pytest.raises(en.Unreachable):
        list(spread([Whole(far, CASE, (0,), 1), minutes], 2))
    assert time.monotonic() - began < 30
    assert children() <= before


def children():
    """The processes that this one has started and that are left, apart from the one that is asked."""
    listed = subprocess.run(["ps", "-A", "-o", "ppid=,pid=,comm="], capture_output=True, text=True).stdout.splitlines()
    rows = [line.split(None, 2) for line in listed]
    return {pid for parent, pid, name in rows if parent == str(os.getpid()) and name != "ps"}


def test_a_worker_ends_with_its_parent():
    """Killed in the middle of a chunk of minutes, the parent can tell it nothing."""
    script = (
        "import entente as en\n"
        "from entente.chunks import Axes\n"
        "from entente.workers import Chunk, worker\n"
        "with worker() as one:\n"
        f"    one.give(Chunk(en.load('one-launch'), Axes('{CASE}', (), (0,), (), tuple(range(1_000)), 0)))\n"
        "    print(one.process.pid, flush=True)\n"
        "    one.take()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        time.sleep(4.0)  # until it is at work
        assert Path(f"/proc/{pid}").exists()
        parent.kill()
    until = time.monotonic() + 5.0
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


def test_nominal_inputs_are_the_same_in_every_history(scenario):
    plain = scenario.model_copy(update={"inputs": "nominal"})
    a, b = (en.simulate(plain, CASE, rung=0, seed=s).world for s in (1, 2))
    assert a.inputs == b.inputs
    assert a.inputs["armavir_southeast.reach_km"] == 4000.0
    assert [s.reach_coast for s in a.sensors] == [s.reach_coast for s in b.sensors]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"seeds": 0}, "seeds: 0 histories were asked for; at least 1 is needed"),
        ({"seeds": 2**31}, "fewer than 2147483648"),
        ({"seeds": 1, "workers": 0}, "workers: 0 processes were asked for; at least 1 is needed"),
    ],
)
def test_numbers_that_make_no_study_are_refused(scenario, asked, says):
    with pytest.raises(en.ModelError, match=says):
        en.explore(scenario, **asked)


def test_a_rung_that_the_parties_lack_something_for_is_refused(scenario):
    with pytest.raises(en.ModelError, match="rung: 7 has sectoral engagement"):
        en.explore(scenario.model_copy(update={"rungs": [7]}), seeds=1)
