"""The report: what a study found, the answer first, for somebody who has five minutes; in English and in Russian.

::

    describe.py    writes it all: pages, figures, data; read this first
    material.py    everything the page says, computed once from the study
    answer.py      the first screen: what the headline rung buys whom, what it costs, why to believe it
    words.py       numbers and changes as phrases that stay true whatever the numbers are
    language.py    the glossary: templates, plurals and numbers as each language writes them
    glossary.yaml  every word in both languages
    cards.py       the findings, what decides them, where we differ
    tables.py      cases by rungs, who gives and gains, losses, paths
    paths.py       the picture of a path over the years
    guarantees.py  third parties: reach by year, means of verification, an observer; guarantees.html.j2
    page.py        one page as text: page.html.j2, card.html.j2, tables.html.j2, ending.html.j2, style.css
    balance.py     findings F2, F3 and F7 in full: balance.html.j2; clock.py draws the time to decide
    centre.py      finding F6 in full: centre.html.j2
    sources.py     sources with their links
    data.py        every table and figure as CSV
    figures.py     the figures and what they draw; figures.css has their looks
    ladder.py      gain against exposure
    situation.py   the map: the same moment at two rungs
    tornado.py     which inputs move a finding's number; hinges.py has its words, and what could reverse a verdict
    warning.py     who knows first, in every case at every rung
    maps.py        an equal-area map as SVG
    timelines.py   an event: who knew what when; event_pictures.py has what it shows, event_lines.py says it on a terminal,
                   event_section.py puts the historical ones into the report: events.html.j2;
                   event_reasons.py says why each could not be cleared and what would have changed it
    axes.py        scales and round numbers on them
    svg.py         elements as escaped text, labels that keep clear of one another

Nothing here computes physics or statistics. Colours are CSS variables, text in figures stays text, and the page asks no
network.
"""
