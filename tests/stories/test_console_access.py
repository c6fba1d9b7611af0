"""The console for everyone: WCAG 2.2 AA by axe-core, a page at 200 %, no motion where none is wanted, the keyboard alone."""

import pytest

pytestmark = pytest.mark.browser
SIZES = [(1920, 1080), (1280, 800), (360, 740)]
HALF = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}  # 1280 x 800 at 200 %
RING = 2.0  # CSS pixels  the least width of a focus ring that WCAG 2.2 (2.4.13) calls visible


def test_axe_finds_a_fault_where_there_is_one(console):
    page = console.open()
    page.evaluate("document.querySelector('.play').removeAttribute('aria-label')")
    page.evaluate(
        "document.querySelector('.clock').style.color = '#888'; document.querySelector('.clock').style.background = '#999'"
    )
    found = "\n".join(console.faults(page))
    assert "button-name" in found
    assert "color-contrast" in found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(console, size, scheme):
    """Also in every tab and with everything open that opens over the page."""
    page = console.open(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    found = {"as it opens": console.faults(page)}
    for tab in ("Events", "Tracks"):
        page.get_by_role("tab", name=tab).click()
        found[tab] = console.faults(page)
    page.locator(".tracks tbody button").first.click()
    found["details"] = console.faults(page)
    for name in ("Search", "Save picture", "Keys", "About this history"):
        button = page.get_by_role("button", name=name)
        if not button.is_visible():
            continue  # a phone has no room for it in the head
        button.click()
        page.wait_for_selector("dialog[open]")
        found[name] = console.faults(page)
        page.keyboard.press("Escape")
    assert {where: said for where, said in found.items() if said} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [SIZES[1], SIZES[2]])
def test_axe_finds_nothing_with_the_free_globe(console, size, scheme):
    page = console.open("#view=space", viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page.wait_for_selector(".space .zoom")
    assert console.faults(page) == []


CUT = """() => [...document.querySelectorAll('button, select, input, h1, h2, .headline, .clock, .pane, td, th')].filter(e => {
    const box = e.getBoundingClientRect();
    return e.checkVisibility() && !e.closest('.hidden') && (box.right > innerWidth + 1 || box.left < -1);
}).map(e => e.outerHTML.slice(0, 90))"""


HIT = """e => { const b = e.getBoundingClientRect(), [x, y] = [b.x + b.width / 2, b.y + b.height / 2];
    return y >= 0 && y <= innerHeight && e.contains(document.elementFromPoint(x, y)) }"""


@pytest.mark.parametrize("where", ["", "#view=space"])
def test_at_twice_the_size_nothing_is_cut(console, where):
    """Nothing stands beside the page, and every control comes into sight and answers there."""
    page = console.open(where, **HALF)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CUT) == []
    for control in page.locator("button:visible, select:visible, input:visible, [role=separator]:visible").all():
        control.scroll_into_view_if_needed()
        hit = control.evaluate(HIT)
        assert hit, control.evaluate("e => e.outerHTML.slice(0, 120)")


def test_at_twice_the_size_every_dialog_scrolls_to_its_end(console):
    page = console.open(**HALF)
    for key in ("?", "/"):
        page.keyboard.press(key)
        box = page.locator("dialog[open]").bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 400
        last = page.locator("dialog[open] :is(dl > div, li)").last
        last.scroll_into_view_if_needed()
        assert last.bounding_box()["y"] < box["y"] + box["height"]
        page.keyboard.press("Escape")
        console.still(page)


def test_where_no_motion_is_wanted_nothing_moves_by_itself(console):
    """No animation and no transition runs; playing, which is asked for, goes on in steps of the grid or in time."""
    page = console.open(reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll('*')].filter(e => {
        const s = getComputedStyle(e);
        return parseFloat(s.transitionDuration) > 0 || (s.animationName !== 'none' && parseFloat(s.animationDuration) > 0);
    }).map(e => e.outerHTML.slice(0, 90))"""
    assert page.evaluate(moving) == []
    page.locator(".play").hover()
    page.keyboard.press("/")
    assert page.evaluate(moving) == []
    assert page.evaluate("document.getAnimations().length") == 0
    page.keyboard.press("Escape")
    begin = console.time(page)
    page.keyboard.press(" ")
    page.wait_for_timeout(500)
    page.keyboard.press(" ")
    assert console.time(page) > begin
    at = console.time(page)
    console.still(page)
    assert console.time(page) == at
    page.keyboard.press("ArrowRight")
    assert console.time(page) > at


def test_motion_is_there_where_it_may_be(console):
    """So that the story above can fail."""
    page = console.open(reduced_motion="no-preference")
    assert float(page.locator(".play").evaluate("e => parseFloat(getComputedStyle(e).transitionDuration)")) > 0


WALK = """() => { const e = document.activeElement, b = e.getBoundingClientRect();
    if (e === document.body) return null;
    window.__known ??= new Map(); if (!window.__known.has(e)) window.__known.set(e, window.__known.size);
    // The divider is as high as the map: its ring is around its handle.
    const ring = Math.max(...[e, ...e.querySelectorAll('svg')].map(getComputedStyle).map(
        s => s.outlineStyle === 'none' ? 0 : parseFloat(s.outlineWidth)));
    const part = e.closest('.head, .views-host, .panel, .timeline, dialog');
    return { id: window.__known.get(e), tag: e.tagName,
        name: e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent.slice(0, 40),
        ring, part: part?.className.split(' ')[0] ?? '',
        seen: b.width > 0 && b.bottom > 0 && b.top < innerHeight && b.right > 0 && b.left < innerWidth } }"""
REACHABLE = """() => { const all = [...document.querySelectorAll('button, select, input, a[href], [tabindex]')];
    return all.filter(e => e.checkVisibility() && e.tabIndex >= 0 && !e.disabled).length }"""


def walked(page, key="Tab", most=150):
    """Every stop of the keyboard, from the start of the page until it leaves it or comes back to a stop."""
    stops = []
    for _ in range(most):
        page.keyboard.press(key)
        stop = page.evaluate(WALK)
        if stop is None or any(stop["id"] == one["id"] for one in stops):
            return stops
        stops.append(stop)
    raise AssertionError(f"{most} stops and no end: {stops[-5:]}")


@pytest.mark.parametrize("size", SIZES[1:])
@pytest.mark.parametrize("compare", ["divide", "beside"])
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(console, size, compare):
    page = console.open(f"#compare={compare}", viewport={"width": size[0], "height": size[1]})
    stops = walked(page)
    assert len(stops) == page.evaluate(REACHABLE)
    assert [stop for stop in stops if stop["ring"] < RING] == []
    assert [stop for stop in stops if not stop["seen"]] == []
    assert [stop for stop in stops if not stop["name"].strip()] == []
    parts = [stop["part"] for stop in stops]
    order = [part for i, part in enumerate(parts) if i == 0 or parts[i - 1] != part]
    assert order == ["head", "views-host", "panel", "timeline"]
    back = walked(page, "Shift+Tab")
    assert len(back) >= len(stops) - 1  # the way back is free, too


def test_the_keyboard_is_not_caught_on_the_free_globe(console):
    page = console.open("#view=space")
    page.wait_for_selector(".space .zoom")
    stops = walked(page)
    assert len(stops) == page.evaluate(REACHABLE)
    assert [stop for stop in stops if stop["ring"] < RING] == []
    assert any(stop["tag"] == "CANVAS" for stop in stops)


def test_a_dialog_keeps_the_focus_and_gives_it_back(console):
    page = console.open()
    button = page.get_by_role("button", name="Keys")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    for _ in range(6):
        page.keyboard.press("Tab")
        # The browser's own buttons are between the last stop and the first: then the page has no focus at all.
        assert page.evaluate("document.activeElement.matches('dialog *, body')")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert button.evaluate("e => e === document.activeElement")
