"""What one side holds of an event at one rung, moment by moment: each thing, its weight, the chances, and what it is called."""

from typing import Any

import numpy as np

from entente.compiled import Floats
from entente.console.recorded import changes, rounded
from entente.estimate import nature as kernels
from entente.questions.events import ENDS
from entente.questions.judged import Assumed, threats
from entente.questions.reading import RULES, Reading, prior_in
from entente.questions.tidings import Item
from entente.report.event_pictures import SHOWN, TALKS
from entente.report.language import Tongue
from entente.scenario.events import Event

DIGITS = 5  # of shares and chances, after the point
DECIBEL = 2  # digits of weights
LEAST = 1e-6  # a chance below it is told as it
TONGUE = Tongue("en")


def weighing(one: Event, reading: Reading, takes: Assumed) -> dict[str, Any]:
    """What one side holds at one rung, what each thing weighs, how likely each nature is, and what the rules call it."""
    p = np.percentile(reading.p, ENDS, axis=1)  # (3, T, N)
    moments = np.ones(len(reading.at_s), np.bool_)
    return {
        "party": one.parties.index(reading.party),
        "items": [_item(one, item, reading.at_s) for item in reading.items if _comes(item) >= SHOWN],
        "quiet": rounded(reading.quiet.mean(axis=1), DIGITS),
        "chances": rounded(reading.p.mean(axis=1).T, DIGITS),
        "low": _small(p[0].T),
        "middle": _small(p[1].T),
        "high": _small(p[2].T),
        "called": {rule: [shares_of(reading.shares(float(at), rule)) for at in reading.at_s] for rule in RULES},
        "weighed": changes(moments, _weighed(one, reading, takes), lambda said: said),
    }


def _weighed(one: Event, reading: Reading, takes: Assumed) -> list[dict[str, Any]]:
    """The balance at each moment: an attack against the likeliest rival, before any evidence, channel by channel, and after."""
    before = _ends(_against_each(np.log(np.maximum(prior_in(one, takes), kernels.TINY)))[None])[0]
    after = _ends(_against_each(np.log(np.maximum(reading.p, kernels.TINY))))
    weights = {channel: _ends(_against_each(logs)) for channel, logs in reading.logs.items()}
    out = []
    for t, at_s in enumerate(reading.at_s.tolist()):
        rival = kernels.NATURES.index(reading.rival(at_s))
        channels = [
            {"channel": channel, "says": says, "decibans": weights[channel][t][rival]}
            for channel, says, _ in reading.weights(at_s)
        ]
        out.append({"rival": rival, "before": before[rival], "channels": channels, "after": after[t][rival]})
    return out


def _against_each(logs: Floats) -> Floats:
    """The weight for an attack against each nature [dB], (..., N), of logarithms of likelihoods or chances."""
    each = [kernels.decibans(logs, kernels.ATTACK, nature) for nature in range(len(kernels.NATURES))]
    return np.stack(each, axis=-1)


def _ends(weights: Floats) -> Any:
    """Of weights (T, R, N), what 5, 50 and 95 per cent of the histories have, (T, N, 3) as lists."""
    return rounded(np.moveaxis(np.percentile(weights, ENDS, axis=1), 0, -1), DECIBEL)


def _comes(item: Item) -> float:
    """The share of histories in which it is ever held."""
    return float((np.isfinite(item.at_s) & (item.at_s < item.until_s)).mean())


def _item(one: Event, item: Item, at_s: Floats) -> dict[str, Any]:
    """One thing that is held: what, from whom, since when, in which share of histories at each moment, and how sure that is."""
    there = np.isfinite(item.at_s) & (item.at_s < item.until_s)
    row = next((row for row in one.evidence if row.id == item.id), None)
    held = item.held(at_s).mean(axis=1)
    return {
        "id": item.id,
        "says": item.says,
        "text": _text(one, item, row.text if row else None),
        "channel": item.channel,
        "giver": item.giver,
        "threat": item.says in threats(),
        "at_s": rounded(np.percentile(item.at_s[there], ENDS), 1),
        "comes": round(_comes(item), DIGITS),
        "replaced": bool((there & np.isfinite(item.until_s)).mean() >= SHOWN),
        "held": changes(np.ones(len(held), np.bool_), rounded(held, DIGITS), lambda share: share),
        "assumed": list(row.assumed) if row else [],
        "source": row.source if row else "",
        "disputed": row.disputed if row else "",
    }


def _text(one: Event, item: Item, text: str | None) -> str:
    """In the words of the event, or of the exchange."""
    if text is not None:
        return text
    key = TALKS.get(item.says)
    return TONGUE.say(key, what=one.truth.nature) if key else item.says


def shares_of(shares: tuple[float, float, float] | Floats) -> list[float]:
    """Rightly, wrongly, open: so many digits as are told."""
    return list(rounded(np.asarray(shares), DIGITS))


def _small(chances: Floats) -> list[Any]:
    """Chances as a chart by powers of ten needs them: with four digits that count, however small."""
    return [[float(f"{max(value, LEAST):.4g}") for value in row] for row in chances.tolist()]


def three(values: Floats) -> list[float]:
    """What 5, 50 and 95 per cent of the draws (S,) have."""
    return list(rounded(np.percentile(values, ENDS), DIGITS))
