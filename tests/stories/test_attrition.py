"""What gets through, asked by a person: in Python, on the command line, and wrongly."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import entente as en

PROGRAM = Path(sys.executable).with_name("entente")


def attrition(*words):
    return subprocess.run(
        [PROGRAM, "attrition", "--histories", "500", *words], capture_output=True, text=True, timeout=120
    )


def test_the_sentences_of_the_architecture():
    """What docs and users rely on, with NumPy's numbers as well."""
    assert en.kill_probability(p_kill=0.7, shots=4, p_track=0.99) == pytest.approx(0.981981)
    assert en.kill_probability(np.float64(0.7), np.float32(2.5), np.int64(1)) == pytest.approx(1 - 0.3**2.5)
    asked = {"warheads": 20, "confidence": 0.8, "p_kill": 0.7, "p_track": 0.99, "decoys": 0, "p_ww": 1, "p_dw": 1}
    assert en.interceptors_needed(**asked, doctrine="barrage") == 114
    assert en.interceptors_needed(**asked, doctrine="shoot-look-shoot") == 47
    found = en.leakage(warheads=10, interceptors=44, p_kill=0.56, p_track=0.95, shots=4, common_mode="per_object")
    assert found.salvos == ((4, 5), (6, 4))  # four are left over, and go to four different objects
    assert found.p_none == pytest.approx((0.95 * (1 - 0.44**5)) ** 4 * (0.95 * (1 - 0.44**4)) ** 6)
    same = en.leakage(np.int64(10), np.int32(44), np.float64(0.56), np.float64(0.95), np.int8(4))
    assert (same.pmf == found.pmf).all()


def test_edges():
    nobody = en.leakage(3, 0, 0.7)
    assert nobody.pmf.tolist() == [0, 0, 0, 1]
    assert nobody.note == "there is no interceptor: nothing is engaged"
    short = en.leakage(3, 2, 1.0, shots=4)
    assert short.salvos == ((1, 2), (2, 0))
    assert (short.engaged, short.unengaged, short.expected_leakers) == (1, 2, 2.0)
    assert "4 shots were planned at each object and there are 2 interceptors" in short.note
    assert en.leakage(3, 9, 1.0).pmf.tolist() == [1, 0, 0, 0]
    assert en.leakage(3, 9, 0.0).p_none == 0.0
    assert en.leakage(10, 44, 0.56, 0.95, 4).at_most(0.9) == 2
    assert en.interceptors_needed(5, 0.0, 0.5) == 0
    assert en.interceptors_needed(5, 1.0, 1.0) == 5
    assert en.interceptors_needed(5, 0.9, 1.0, 0.99, decoys=10, p_dw=0.5) == 10
    assert (
        en.interceptors_needed(1, 0.51, 0.3, doctrine="shoot-look-shoot") == en.interceptors_needed(1, 0.51, 0.3) == 2
    )


def test_a_confidence_out_of_reach_says_what_is_in_reach():
    with pytest.raises(
        en.ModelError, match=r"0.9 is out of reach; .* stops all 20 warheads with a chance of more than 0.8179"
    ):
        en.interceptors_needed(20, 0.9, 0.7, 0.99)
    with pytest.raises(en.ModelError, match="a chance of as much as 1; ask for less"):
        en.interceptors_needed(20, 1.0, 0.7)
    for warheads in (2, 3, 10, 20):  # reached by no stock, only approached; the root of the power is rounded either way
        with pytest.raises(en.ModelError, match="out of reach"):
            en.interceptors_needed(warheads, 0.9**warheads, 0.7, 0.9)
        assert en.interceptors_needed(warheads, 0.9**warheads, 1.0, 0.9) == warheads
    with pytest.raises(en.ModelError, match="a chance of more than 0; ask for less"):
        en.interceptors_needed(20, 0.5, 0.0)


def test_every_mistake_is_said_at_once():
    with pytest.raises(en.ModelError) as told:
        en.leakage(0, -1, 2, "x", 0.5, "y", np.nan)
    lines = str(told.value).splitlines()
    assert [line.split(":")[1].strip() for line in lines] == [
        "warheads", "interceptors", "p_kill", "p_track", "shots", "common_mode", "decoys",
    ]  # fmt: skip
    assert lines[2] == "leakage: p_kill: 2 is outside the model; it must lie between 0 and 1"
    with pytest.raises(en.ModelError, match="shots: left out; a look needs the number of shots planned"):
        en.raid(3, 9, 0.5, doctrine="shoot-look-shoot")
    with pytest.raises(en.ModelError, match="0 asks for the exact curve, which reserve has not"):
        en.raid_curve(9, 0.5, doctrine="reserve")
    with pytest.raises(en.ModelError, match="doctrine: 'salvo' is neither"):
        en.interceptors_needed(3, 0.5, 0.5, doctrine="salvo")
    with pytest.raises(en.ModelError, match="p_kill: left out"):
        en.kill_probability(None)


def test_the_command_says_the_less_favourable_first():
    said = json.loads(attrition("--json").stdout)
    assert [row["beside"] for row in said["raids"]] == [10] * 6 + [0] * 6
    assert {row["doctrine"] for row in said["raids"]} == {"barrage", "shoot-look-shoot", "reserve"}
    assert all(len(row["pmf"]) == 11 for row in said["raids"])
    assert said["stocks"][1]["fractional"] == 37
    assert "A test is not a war" in said["warnings"][0]
    text = attrition().stdout
    assert "11 hits in 19 tests, 0.58 (0.36 to 0.77)" in text
    assert text.index("10      one by one") < text.index("0       one by one")


def test_the_command_refuses_in_lines():
    done = attrition("--p-kill", "2", "--shots", "0", "--beside", "11")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "Error: attrition: beside: 11 is outside the model; it must lie between 0 and 10",
        "Error: attrition: p_kill: 2 is outside the model; it must lie between 0 and 1",
        "Error: attrition: shots: 0 is outside the model; it must lie between 1 and 1,000",
    ]
    out_of_reach = attrition("--confidence", "0.99")
    assert out_of_reach.returncode == 0
    assert "0.99 is out of reach" in out_of_reach.stdout


def test_records_of_tests_are_no_kill_probabilities():
    table = en.catalogue("tests")
    assert table["gmd_2019"].hits == 11
    assert "11 of 19: 0.58 (0.36-0.77, Wilson 95 %)" in str(table)
    assert "A test is not a war" in str(table)
    with pytest.raises(en.ModelError, match="tests have no owner"):
        en.catalogue("tests", year=2013)
