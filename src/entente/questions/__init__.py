"""Verbs that are not stages: one question, one answer, no study around it.

Conventions: what a person types carries its unit (`range_km`, `lat_deg`, `time_s`); answers are frozen records in the
same units; a question outside the model's validity raises a `ModelError` that says what would be inside it.

Map: `arcs` the ellipses over a range or between two regions; `claims` whether an announced flight is possible;
`flying` one vehicle to a planned range, and the farthest it goes; `ensembles` many flights that differ a little;
`orbiting` the points a satellite passes over; `sighting` how far the Earth's curve lets one see; `coverage` who sees which
part of the Earth, with `watch` (which sensors, how far), `cells` (where, counted) and `covered` (the answer); `reach` how far
one interceptor goes and when it must leave; `footprint` whom a party can cover, with `fan` (all flights of a vehicle from
a region) and `defended` (the answer); `reassurance` what a defence could do about the other side's deterrent; `attrition`
what gets through, `raids` the same drawn and by size, `effectiveness` all of it on a page, `national` a country's stock;
`agreements` which of them held on a day; `holdings` a party's strategic forces by leg;
`stability` the first-strike index of two `sides` (their forces; `standing` those of a year),
`levels` the same as forces shrink and defences grow, `showing` from how many interceptors that shows, `sensitivity` which
inputs of a closed form matter; `deterrents` what interceptors take from a retaliation, `answers` how that would be answered;
`verification` what of a broken promise is seen, by which means and when; `observer` what a third party would get;
`first_views` when a radar first sees an event's flight, `glinting` whether sunlight looked like a launch;
`events` what a centre would have changed about it: `judged` what judging takes, `dues` whether a notice was due, `tidings`
what each side holds when, `reading` what it makes of that, `mistakes` what goes wrong in a year, `falsehood` how far a false
word reaches, `notices` what they alone prevent;
`deciding` the time to decide, `alarms` how often a false one ends in war, `reliance` both under launch under attack.
"""
