"""What the user writes, and what the catalogue knows: units of people here, SI from `world` on.

* `schema` says what a file may hold; `yaml12` finds where each value stands; `explain` words each mistake;
  `reader` puts the three together for one file; `told` says the same of a part written in Python.
* `rows` reads the catalogue, rows with their sources; `checks` compares the parts of a scenario; `load` is the way in.
* `events` are what was, or could be, taken for an attack; `event_checks` says what does not fit in one, `event_files`
  is the way in.
* `units` converts; `world` draws the ranged inputs of one history and leaves kilometres and degrees behind;
  `places` draws the map.
"""
