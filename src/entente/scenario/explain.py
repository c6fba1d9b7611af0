"""What is wrong with a value, in the reader's words: what was given, which rule it breaks, what would be right.

pydantic finds the mistakes; here each becomes one sentence, with the nearest known key and the likeliest slip of units.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from entente.scenario.parts import Ranged, Within
from entente.scenario.units import MISTAKEN, PER_CENT, unit_of
from entente.scenario.yaml12 import Finding, Page, Path

NUMBER_AND_REST = re.compile(
    r"\s*([-+]?[0-9][0-9,_' \u00a0\u202f]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)\s*([A-Za-z%°µ].*)?", re.DOTALL
)
GROUPED = re.compile(r"[-+]?[0-9]{1,3}([,_' \u00a0\u202f][0-9]{3})+(\.[0-9]+)?")
WANTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping of keys",
    "model_type": "a mapping of keys",
    "date_type": "a date such as 2013-06-01",
    "datetime_type": "a moment such as 2013-06-01T12:00:00Z",
}
FORGOTTEN_PREFIX = (1e-3, 1e-6, PER_CENT)  # other factors (radians, minutes) explain too much to be good guesses
Limits = tuple[float | None, float | None]


def explain_all(errors: Iterable[ErrorDetails], page: Page, model: type[BaseModel]) -> list[Finding]:
    """Findings for pydantic's errors: one for a misspelt key, not a second one for the key it was meant to be."""
    kept = worth_saying(errors, model)
    return [finding for each in kept if not page.is_refused((finding := explain(each, page, model)).path)]


def worth_saying(errors: Iterable[ErrorDetails], model: type[BaseModel]) -> list[ErrorDetails]:
    """The errors without those of a missing key that stands there misspelt, which is an error of its own."""
    errors = list(errors)
    strangers = [_path(error) for error in errors if error["type"] == "extra_forbidden"]
    meant = {(*path[:-1], key) for path in strangers for key in near(str(path[-1]), keys_at(model, path[:-1]))}
    return [error for error in errors if error["type"] != "missing" or _path(error) not in meant]


def explain(error: ErrorDetails, page: Page, model: type[BaseModel]) -> Finding:
    """One of pydantic's errors as a finding on the page."""
    path = _path(error)
    at_key = error["type"] in ("extra_forbidden", "invalid_key") or error["loc"][-1:] == ("[key]",)
    return Finding(page.place(path, key=at_key), path, sentence(error, model))


def near(given: str, known: Iterable[str]) -> list[str]:
    """The known name that looks most like the given one, if any does."""
    return get_close_matches(given[:100], list(known), n=1, cutoff=0.55)


def nearest(given: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, or the names that are known."""
    names = list(known)
    found = near(given, names)
    return f"did you mean {found[0]!r}?" if found else f"known: {', '.join(names) or 'none'}"


def _path(error: ErrorDetails) -> Path:
    return tuple(step for step in error["loc"] if step != "[key]")


def sentence(error: ErrorDetails, model: type[BaseModel]) -> str:
    """One of pydantic's errors, without the place."""
    path = _path(error)
    field = field_at(model, path)
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    key = next((step for step in reversed(path) if isinstance(step, str) and step not in Ranged.model_fields), "")
    least, most = limits_of(field)
    hint = f" ({field.description})" if field and field.description else ""
    if kind == "extra_forbidden":
        torn = " " in str(path[-1]) or str(path[-1]).isdigit()
        quoting = " inside braces a value ends at a comma, so write it without one or in quotes;" if torn else ""
        return f"unknown key;{quoting} {nearest(str(path[-1]), keys_at(model, path[:-1]))}"
    if kind == "missing":
        unit = unit_of(str(path[-1]))
        return f"the key is missing here; add it{f' in {unit}' if unit else ''}{hint}"
    if kind in WANTED:
        return _wrong_type(
            given, WANTED[kind] if not _is_ranged(field) else "a number or {low, nominal, high}", key, (least, most)
        )
    if kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        return _outside(given, key, (least, most), context) + hint
    if kind == "literal_error" and path[-1] == "entente":
        return f"{show(given)} is a version of the format that is not read here; this program reads 1"
    if kind == "literal_error":
        known = [option.strip(" '") for option in str(context["expected"]).replace(" or ", ", ").split(",")]
        return f"{show(given)} is not one of the choices; {nearest(str(given), known)}"
    if kind == "string_pattern_mismatch" and key == "input":
        return f"{show(given)} names no input; write row, point and key{hint}"
    if kind == "string_pattern_mismatch":
        return f"{show(given)} is not a name; use small letters, digits, '-' and '_', beginning with a letter or digit"
    if kind in ("string_too_short", "string_too_long"):
        rule = f"at least {context['min_length']}" if kind == "string_too_short" else f"at most {context['max_length']}"
        return f"{show(given)} has {len(str(given))} characters; write {rule}{hint}"
    if kind in ("too_short", "too_long"):
        rule = f"at least {context['min_length']}" if kind == "too_short" else f"at most {context['max_length']}"
        return f"holds {context['actual_length']}, and needs {rule}{hint}"
    if kind == "finite_number":
        return f"{show(given)} is not a finite number"
    if kind == "value_error":
        return str(context["error"]) + slip(_extreme(given), key, (least, most))
    return f"{show(given)}: {error['msg']}"


def show(given: object) -> str:
    """A value as it was given, short enough for a line."""
    if given is None:
        return "nothing"
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, list | tuple):
        return "a list"
    if isinstance(given, dict):
        return "a mapping"
    if isinstance(given, str):
        return repr(given if len(given) <= 60 else given[:57] + "...")
    if isinstance(given, float):
        return f"{given:.1f}" if given.is_integer() and abs(given) < 1e12 else f"{given:.12g}"
    if isinstance(given, BaseModel):
        return f"a lone {type(given).__name__}"
    return str(given)[:60]


def _wrong_type(given: object, wanted: str, key: str, limits: Limits) -> str:
    if isinstance(given, str) and "number" in wanted:
        if (right := number_in(given, key, limits)) is not None:
            return right
    elif wanted == "a whole number" and isinstance(given, float):
        return f"{show(given)} is not a whole number; write {round(given)}"
    elif wanted == "true or false" and str(given).lower() in ("yes", "on", "no", "off"):
        return f"{show(given)} is text; write {'true' if str(given).lower() in ('yes', 'on') else 'false'}"
    elif wanted == "text" and isinstance(given, int | float):
        return f"{show(given)} is not text; write it in quotes: '{show(given)}'"
    elif wanted == "a list" and isinstance(given, BaseModel):
        return f"{show(given)} stands where a list must stand; write [{type(given).__name__}(...)]"
    return f"{show(given)} stands where {wanted} must stand"


def number_in(text: str, key: str, limits: Limits = (None, None)) -> str | None:
    """What to write for a number that came with a unit or with grouped digits, as text."""
    match = NUMBER_AND_REST.fullmatch(text)
    if not match:
        return None
    digits, rest = match[1].strip(), (match[2] or "").strip()
    if "," in digits and not GROUPED.fullmatch(digits):
        return f"{show(text)} is text, not a number; write {digits.replace(',', '.')} with a point"
    number = float(re.sub("[,_' \u00a0\u202f]", "", digits))
    unit = unit_of(key)
    reasons = (
        [f"the unit is in the key ({unit})" if unit and rest else f"a number stands without {rest!r}"] if rest else []
    )
    if GROUPED.fullmatch(digits):
        reasons.append("digits are not grouped")
    right, note = number, ""
    for written, name, factor in MISTAKEN.get(unit or "", ()):
        if rest == written:
            right, note = number * factor, f" ({name} turned into {unit})"
    if rest == "%" and unit is None:
        right = number * PER_CENT
    if not inside(right, limits) and (better := slip(right, key, limits)):
        return f"{show(text)} is text, not a number; {', '.join(reasons)}: {right:.10g} is {_range(limits)}{better}"
    return (
        f"{show(text)} is text, not a number; {', '.join(reasons) or 'leave out the quotes'}: write {right:.10g}{note}"
    )


def _outside(given: object, key: str, limits: Limits, context: dict[str, Any]) -> str:
    least, most = limits
    if least is None and most is None:
        least, most = context.get("ge", context.get("gt")), context.get("le", context.get("lt"))
    number = given if isinstance(given, int | float) else 0.0
    return f"{show(given)} is {_range((least, most))}{slip(number, key, (least, most))}"


def _range(limits: Limits) -> str:
    least, most = limits
    if most is None:
        return f"too small; it must be at least {least:g}" if least else "not positive; it must be above 0"
    return f"too large; it must be at most {most:g}" if least is None else f"outside {least:g} to {most:g}"


def slip(number: float | None, key: str, limits: Limits) -> str:
    """`; 7.2 if metres per second were meant`, where another unit would bring the number inside its limits."""
    if number is None or inside(number, limits):
        return ""
    unit = unit_of(key)
    others = MISTAKEN.get(unit, ()) if unit else (("%", "per cent", PER_CENT),) if limits == (0, 1) else ()
    for _, name, factor in others:
        if number > 0 and factor in FORGOTTEN_PREFIX and inside(number * factor, limits):
            return f"; {number * factor:.6g} if {name} {'was' if name == 'per cent' else 'were'} meant"
    return ""


def inside(number: float, limits: Limits) -> bool:
    """Whether the number respects its limits; None is no limit."""
    least, most = limits
    return (least is None or number >= least) and (most is None or number <= most)


def _extreme(given: object) -> float | None:
    """The number of a bare number or a range that is most likely a slip: its largest."""
    if isinstance(given, Ranged):
        return given.high
    if isinstance(given, dict):
        return max((value for value in given.values() if isinstance(value, int | float)), default=None)
    return given if isinstance(given, int | float) else None


def field_at(model: type[BaseModel], path: Path) -> FieldInfo | None:
    """The declaration of the field at `path`; inside a range, the declaration of the range."""
    where: Any = model
    field: FieldInfo | None = None
    for step in path:
        inner = _model_in(where)
        if isinstance(step, str) and inner and step in inner.model_fields:
            if inner is not Ranged:
                field = inner.model_fields[step]
            where = inner.model_fields[step].annotation
        else:
            where = _item_of(where)
            field = None if isinstance(step, int) else field
    return field


def keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that are known at `path`."""
    where: Any = model
    for step in path:
        inner = _model_in(where)
        where = inner.model_fields[step].annotation if inner and step in inner.model_fields else _item_of(where)
    found = _model_in(where)
    return list(found.model_fields) if found else []


def limits_of(field: FieldInfo | None) -> Limits:
    """The least and the most a field accepts, None where it has no limit."""
    least: float | None = None
    most: float | None = None
    for rule in field.metadata if field else ():
        bounds = getattr(rule, "func", None)
        if isinstance(bounds, Within):
            return bounds.least, bounds.most
        least = next((getattr(rule, name) for name in ("ge", "gt") if hasattr(rule, name)), least)
        most = next((getattr(rule, name) for name in ("le", "lt") if hasattr(rule, name)), most)
    if field and (least, most) == (None, None) and (bounds := _within(field.annotation)):
        return bounds.least, bounds.most
    return least, most


def _within(where: Any) -> Within | None:
    """The limits of a range that stands inside a type: in `Ranged | None`, or as what a mapping holds."""
    for rule in getattr(where, "__metadata__", ()):
        if isinstance(bounds := getattr(rule, "func", None), Within):
            return bounds
    return next((found for part in get_args(where) if (found := _within(part))), None)


def _is_ranged(field: FieldInfo | None) -> bool:
    return field is not None and _model_in(field.annotation) is Ranged


def _model_in(where: Any) -> type[BaseModel] | None:
    """The model a type stands for, looking through Annotated and `| None`."""
    if isinstance(where, type) and issubclass(where, BaseModel):
        return where
    if get_origin(where) in (Annotated, Union, UnionType):
        return next((found for part in get_args(where) if (found := _model_in(part))), None)
    return None


def _item_of(where: Any) -> Any:
    """What a list, a tuple or a mapping holds."""
    if get_origin(where) is Annotated:
        return _item_of(get_args(where)[0])
    if get_origin(where) in (list, tuple):
        return get_args(where)[0]
    return get_args(where)[1] if get_origin(where) is dict else None
