"""The console: any run, from any party's side, at any rung, in a browser; and the same as files for other programs.

::

    replay.py    one history at all its rungs as a document: what the browser draws and what every export is made from
    recorded.py  columns over time, kept small: what is believed at each moment, and only where it changes
    sources.py   where a history comes from: a finished run, or a scenario
    events.py    one ambiguous event at every rung as a document: who held what when, and how it would have been read
    weighing.py  what one side holds at one rung, and what it makes of it, moment by moment
    shelf.py     which events there are, and where they come from
    app.py       the server: its pages, their parts, histories and events
    live.py      the duty desk, on a centre's port for consoles: the live page for crews and observers
    pages.py     what both servers have in common: the built pages, the headers on every answer
    web/         the page itself, in TypeScript; `make console` builds it into assets/
    spans.py     what every export asks of a document
    geojson.py   czml.py   table.py (CSV)   page.py (one HTML file): the exports

The document is for people and programs: degrees, kilometres, seconds since the epoch.
"""
