"""Sentences stay true whatever the numbers are: gains, losses, nothing, never."""

import numpy as np
import pytest

from entente.report import words
from entente.report.numbers import difference, summarise

MANY = np.linspace(-5, 5, 101)
BASE = 300 + MANY


def plain(sentence):
    return sentence.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (BASE - 40, "the warning comes 40 s earlier (95 % interval 40 to 40 s)"),
        (BASE + 40, "the warning comes 40 s later"),
        (BASE, "neither earlier nor later (a difference of 0 s in every history)"),
        (BASE + np.tile([-20, 20], 51)[:101], "no change of the warning can be told from zero"),
        (np.where(MANY < -3, BASE - 9, BASE), "the warning comes earlier in 20 %, later in 0 % of histories"),
        (np.full(101, np.nan), "most histories lose their warning"),
    ],
)
def test_what_happens_to_the_warning(after, said):
    assert said in plain(words.warning_change(difference("warning_s", after, BASE)))


def test_a_warning_where_there_was_none():
    gain = difference("warning_s", BASE, np.full(101, np.nan))
    assert words.warning_change(gain) == "a warning comes where most histories had none"
    assert words.change("s", gain) == "now reached"


def test_too_few_histories_are_said():
    assert "too few histories" in words.warning_change(difference("warning_s", np.full(3, 90.0), np.full(3, 100.0)))


@pytest.mark.parametrize(
    ("shift", "said"), [(-50.0, "shrinks from 300 km² to 250 km²"), (50.0, "grows"), (0.0, "stays")]
)
def test_what_happens_to_the_area(shift, said):
    gain = difference("impact_area_90_km2", BASE + shift, BASE)
    assert said in plain(words.area_change(gain, *(summarise("impact_area_90_km2", v) for v in (BASE, BASE + shift))))


@pytest.mark.parametrize(("shift", "said"), [(0.1, "rises from 50 % to 60 %"), (-0.1, "falls"), (0.0, "stays at 50 %")])
def test_what_happens_to_the_chance(shift, said):
    before = 0.5 + MANY / 100
    ends = summarise("p_no_leaker", before), summarise("p_no_leaker", before + shift)
    assert said in plain(words.leak_change(difference("p_no_leaker", before + shift, before), *ends))


def test_a_party_that_is_never_warned():
    never = np.full(50, np.nan)
    sentence = words.warned_alone(
        "Russia", summarise("first_known_s", never), summarise("warning_s", never), summarise("warned", np.zeros(50))
    )
    assert (
        plain(sentence)
        == "Russia learns of the launch in 0 % of histories and in none of 50 histories has a credible warning"
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0"), (0.0739, "0.074"), (1.55, "1.6"), (-12.34, "−12"), (1234.0, "1,200"), (99.6, "100"), (0.1, "0.1")],
)
def test_numbers(value, said):
    assert words.number(value) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0.0, "0 %"), (0.001, "< 1 %"), (0.999, "> 99 %"), (1.0, "100 %"), (0.125, "12 %")]
)
def test_shares_are_never_rounded_to_certainty(value, said):
    assert plain(words.per_cent(value)) == said


@pytest.mark.parametrize(
    ("value", "said"), [(48.4, "48 s"), (99.6, "1 min 40 s"), (120.0, "2 min"), (-125.0, "2 min 5 s")]
)
def test_durations(value, said):
    assert plain(words.duration(value)) == said
