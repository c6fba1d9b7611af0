"""What would notices alone prevent? The agreed formats with their deadlines, and what reaching those on duty is worth.

A notice needs no sensor's data: what rung 1 gains over what was is the part of the benefit that costs nobody a secret.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from entente.questions.events import Account
from entente.questions.judged import assumed
from entente.questions.tidings import NOTICES, Chance, arrives, matches
from entente.scenario.rows import agreements

PLNS, LAUNCHES, HAGUE = "plns_mou_2000", "launch_notification_1988", "hcoc_2002"


@dataclass(frozen=True)
class Format:
    """One kind of notice: of which agreement and clause, what it says, by when, and on what that rests."""

    agreement: str
    title: str
    clause: str
    says: str
    deadline: str
    basis: str


@dataclass(frozen=True)
class Prevented:
    """What the notices to one side of an event come to.

    Attributes:
        formats: of the notices that would reach it; reaches: share of the histories in which one that fits does, at rung 0 and 1.
        failed: share read wrongly or not at all at rungs 0 and 1, and at the highest rung of the account.
    """

    event: str
    party: str
    formats: tuple[str, ...]
    reaches: tuple[float, float]
    failed: tuple[float, float, float]


def formats() -> tuple[Format, ...]:
    """The six formats of the memorandum of 2000, the notices of 1988, and those of the Hague code, as the catalogue has them."""
    known = {row.id: row for row in agreements()}
    return tuple(
        Format(name, known[name].title, duty.clause or "", duty.what, duty.deadline, duty.basis)
        for name in (PLNS, LAUNCHES, HAGUE)
        for duty in known[name].duties
    )


def prevented(accounts: Iterable[Account]) -> tuple[Prevented, ...]:
    """What notices come to, for each side to which one is or would be sent, with rungs 0 and 1 in every account."""
    out = []
    for account in accounts:
        for party in account.event.parties:
            sent = [one for one in account.event.notices if one.to == party]
            if sent:
                last = max(account.rungs)
                failed = tuple(float(1.0 - account.shares(rung, party)[0]) for rung in (0, NOTICES, last))
                reaches = tuple(_reaches(account, party, rung) for rung in (0, NOTICES))
                names = tuple(dict.fromkeys(one.format for one in sent))
                out.append(Prevented(account.event.id, party, names, reaches, failed))  # type: ignore[arg-type]
    return tuple(out)


def _reaches(account: Account, party: str, rung: int) -> float:
    """Share of the histories in which a notice that fits is with those on duty within ten minutes."""
    takes, chance = assumed(account.seeds), Chance(account.seeds)
    flowing = [one for one in account.event.notices if one.to == party and (one.happened or rung >= NOTICES)]
    fits = [arrives(account.event, one, takes, chance) <= 600.0 for one in flowing if matches(account.event, one)]
    return float(np.any(fits, axis=0).mean()) if fits else 0.0
