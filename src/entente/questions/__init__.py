"""Verbs that are not stages: one question, one answer, no study around it.

Conventions: what a person types carries its unit (`range_km`, `lat_deg`, `time_s`); answers are frozen records in the
same units; a question outside the model's validity raises a `ModelError` that says what would be inside it.

Map: `arcs` the ellipses between two points; `flying` one vehicle to a planned range, and the farthest it goes;
`agreements` which of them held on a day.
"""
