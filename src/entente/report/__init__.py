"""One page of report: what a study found, written for somebody who has five minutes.

::

    describe.py    the page: gathers everything and writes report.html; read this first
    numbers.py     typical values over histories, their intervals and spreads, paired differences
    words.py       numbers and findings as sentences that stay true whatever the numbers are
    maps.py        an equal-area map as SVG
    situation.py   what is on the map: sensors, flight, areas
    charts.py      the timeline: who knew what, when
    svg.py         elements as escaped text, labels that keep clear of one another
    page.html.j2   the page's skeleton; every value is escaped
    style.css      its looks: light, dark, narrow, print

Nothing here computes physics. Colours are CSS variables, text in figures stays text, and the page asks no network.
"""
