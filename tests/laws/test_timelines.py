"""The figure of an event: everything that is said stands in it, inside the frame, at its minute."""

import re
from dataclasses import replace

import numpy as np
import pytest

from entente.report.figures import NARROW, WIDE
from entente.report.language import Tongue
from entente.report.situation import Pen
from entente.report.timelines import Belief, Entry, Panel, Timeline, draw_timeline

PARTIES = ("US/NATO", "Russia")
T = np.arange(0.0, 601.0, 10.0)
FLAT = Belief(T, 0.1 + 0 * T, 0.2 + 0 * T, 0.4 + 0 * T)
SEEN = Entry((60.0, 90.0, 120.0), 1, "A radar sees a body", "own")
HEARD = Entry((100.0, 120.0, 150.0), 1, "It is ours", "partner", new=True)
TOLD = Entry((-9e4, -9e4, -9e4), 1, "A notice", "notice", chance=0.25)
LATE = Entry((7200.0, 7200.0, 7200.0), 0, "A regret", "people")
ALONE = Panel("As it was", "nothing", FLAT, (SEEN, TOLD), ((300.0, (0.1, 0.7, 0.2)), (600.0, (0.5, 0.5, 0.0))))
JOINED = Panel("Rung 4", "tracks", FLAT, (SEEN, HEARD, LATE), ((300.0, (1.0, 0.0, 0.0)), (600.0, (1.0, 0.0, 0.0))))
FOUND = Timeline("An event", "who knew what", 1, 0.5, 0.001, 600.0, (ALONE, JOINED))


def drawn(size=WIDE, found=FOUND, code="en"):
    return str(draw_timeline(found, Pen(Tongue(code), PARTIES, size[1]), size[0])).replace("\N{NO-BREAK SPACE}", " ")


def words(svg):
    return " ".join(re.sub(r"<[^>]+>", "\n", svg).split())


def test_everything_said_stands_in_the_figure():
    said = words(drawn())
    for text in (
        "An event", "As it was", "Rung 4", "A radar sees a body", "It is ours", "A regret", "before · Russia looks for a notice",
        "1:30 (1:00 to 2:00) · Russia sees", "2:00 (1:40 to 2:30) · Russia hears from US/NATO",
        "A notice (in 25 % of histories)", "after 2 h · US/NATO, as told",
        "above 1 in 2: held for an attack", "below 1 in 1,000: all clear", "1 in 1,000", "3: after 10 min",
        "10 % resolved rightly, 70 % open, 20 % held for an attack", "50 % resolved rightly, 50 % open",
    ):  # fmt: skip
        assert text in said, text


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_nothing_leaves_the_frame(size):
    svg = drawn(size)
    width, height = (float(v) for v in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
    assert width == size[0]
    depth = [0.0]
    for name, attributes in re.findall(r"<(/?\w+)([^>]*)>", svg):
        if name == "g":
            depth.append(depth[-1] + float(re.search(r"translate\([\d.]+ ([\d.]+)\)", attributes)[1]))
        elif name == "/g":
            depth.pop()
        elif name == "text":
            assert float(re.search(r' y="([\d.]+)"', attributes)[1]) + depth[-1] <= height
    for line in re.findall(r"<t(?:ext|span)[^>]*>([^<]+)<", svg):
        assert len(line) * 0.45 * 0.9 * size[1] < size[0]


def test_a_mark_stands_at_its_minute_and_a_bar_is_as_long_as_its_share():
    svg = drawn(NARROW)
    circles = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', svg)]
    grid = [float(x) for x in re.findall(r'<path d="M([\d.]+),[\d.]+v4"', svg)][:6]
    per_minute = (grid[-1] - grid[0]) / 10.0
    assert circles[0] == pytest.approx(grid[0] + 1.5 * per_minute, abs=0.2)
    right, still, wrong = (float(w) for w in re.findall(r'class="fate \w+" [^>]*width="([\d.]+)"', svg)[:3])
    assert np.array([right, still, wrong]) / (right + still + wrong) == pytest.approx([0.1, 0.7, 0.2], abs=0.01)


def test_what_the_partner_says_is_ringed_and_what_is_new_is_bold():
    svg = drawn()
    assert svg.count('class="heard p1"') == 2 + 1  # the notice in the list, the partner's word in both
    assert 'class="strong label">It is ours<' in svg
    assert 'class="label">A radar sees a body<' in svg
    plain = drawn(found=replace(FOUND, panels=(ALONE,)))
    assert "It is ours" not in plain


def test_what_is_heard_and_not_believed_says_so_and_is_not_bold():
    svg = drawn(found=replace(FOUND, panels=(ALONE, replace(JOINED, entries=(replace(HEARD, idle=True),)))))
    assert "It is ours (weighs nothing)" in words(svg)
    assert "(weighs nothing)" not in words(drawn())
    assert 'class="quiet label">It is ours (weighs nothing)<' in svg.replace("\N{NO-BREAK SPACE}", " ")


def test_lists_and_bars_of_panels_side_by_side_are_level():
    many = tuple(replace(SEEN, said=f"thing {n}") for n in range(6))
    svg = drawn(found=replace(FOUND, panels=(replace(ALONE, entries=many), replace(JOINED, entries=(SEEN,)))))
    bars = [float(y) for y in re.findall(r'class="fate right" [^>]*?y="([\d.]+)"', svg)]
    assert bars[0] == bars[2]
    lists = [float(y) for y in re.findall(r'y="([\d.]+)" [^>]*class="p1-text strong label"', svg)]
    assert lists[0] == lists[6]


def test_the_ranges_of_the_bars_stand_beside_the_edge_as_high_as_they_are():
    svg = drawn(NARROW, replace(FOUND, panels=(ALONE,), ranges=((0.1, 0.9), (0.0001, 0.01))))
    held, cleared = (float(h) for h in re.findall(r'class="bar-range \w+" [^>]*?height="([\d.]+)"', svg))
    assert held / cleared == pytest.approx(np.log10(9.0) / 2.0, rel=0.02)


def test_marks_of_one_moment_do_not_hide_one_another():
    many = tuple(replace(SEEN, said=f"thing {n}") for n in range(6))
    svg = drawn(NARROW, replace(FOUND, panels=(replace(ALONE, entries=many),)))
    centres = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', svg)[:6]
    points = np.array([[float(x), float(y)] for x, y, _ in centres])
    apart = np.linalg.norm(points[:, None] - points[None], axis=-1) + 99.0 * np.eye(6)
    assert apart.min() >= 2.2 * float(centres[0][2])


def test_it_speaks_russian():
    said = words(drawn(code="ru"))
    assert "считается нападением" in said
    assert "понято верно" in said
