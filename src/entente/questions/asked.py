"""Is what a person asked a question at all? Numbers of the right kind, within their limits, each mistake a line."""

from typing import TypeGuard

import numpy as np


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is one real number; True and False are none, nor is a span of time, which NumPy counts among integers."""
    real = isinstance(value, int | float | np.integer | np.floating)
    return real and not isinstance(value, bool | np.timedelta64)


def outside(name: str, value: object, least: float, most: float, why: str = "") -> list[str]:
    """What is wrong with a number, as no line or one; None is left out and never wrong."""
    if value is None:
        return []
    if not is_number(value):
        return [f"{name}: {str(value)[:40]!r} is not a number; give one between {least:,.10g} and {most:,.10g}"]
    if not least <= value <= most:
        return [f"{name}: {value:,.10g} is outside the model; it must lie between {least:,.10g} and {most:,.10g}{why}"]
    return []


def needed(name: str, value: object, least: float, most: float, why: str = "") -> list[str]:
    """As `outside`, of a number that may not be left out."""
    if value is None:
        return [f"{name}: left out; give a number between {least:,.10g} and {most:,.10g}"]
    return outside(name, value, least, most, why)


def whole(name: str, value: object, least: int, most: int) -> list[str]:
    """As `needed`, of a whole number, which may be written 1e5."""
    problems = needed(name, value, least, most)
    if not problems and float(value) != int(value):  # type: ignore[call-overload, arg-type]  # it is a number
        return [f"{name}: {value} is not whole; give a whole number between {least:,} and {most:,}"]
    return problems


def yes_or_no(name: str, value: object) -> list[str]:
    """What is wrong with something that must be True or False, as no line or one."""
    if isinstance(value, bool | np.bool_):
        return []
    return [f"{name}: {value!r} is neither True nor False; give one of them"]


def one_of(name: str, value: object, known: tuple[str, ...]) -> list[str]:
    """What is wrong with a word, as no line or one."""
    return [] if value in known else [f"{name}: {value!r} is neither {' nor '.join(map(repr, known))}"]
