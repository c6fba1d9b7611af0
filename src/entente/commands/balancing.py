"""Whether it pays to strike first: stability."""

from typing import Annotated, Any, cast

import typer
from typer import Option, echo

from entente.commands.common import Json, print_json, refusals

commands = typer.Typer()

SILOS = "fixed_warheads=400,fixed_vehicles=400,survivable_warheads=1150"
MOBILE = "fixed_warheads=700,fixed_vehicles=200,survivable_warheads=850"
NUMBERS = "Its force as name=number,... with the names of en.Force"


@commands.command(
    epilog="Example: entente stability --a fixed_warheads=400,fixed_vehicles=400,survivable_warheads=1150,alert=0.6"
    " --b fixed_warheads=700,fixed_vehicles=200,survivable_warheads=850"
)
def stability(
    a: Annotated[str, Option("--a", help=f"{NUMBERS}; the default is of round numbers.")] = SILOS,
    b: Annotated[str, Option("--b", help="The same of the other side.")] = MOBILE,
    curve: Annotated[str, Option(help="Of the damage: exponential, hyperbolic or square-root.")] = "exponential",
    by_level: Annotated[
        bool, Option("--levels", help="Also at 6,000 to 300 warheads each, with a defence of cities and of forces.")
    ] = False,
    interceptors: Annotated[float, Option(help="Of each side that defends, with --levels.")] = 100,
    draws: Annotated[int, Option(help="Of the assumptions, with --levels.")] = 1_000,
    deciders: Annotated[bool, Option("--deciders", help="Also which assumptions the index hangs on (Sobol).")] = False,
    as_json: Json = False,
) -> None:
    """Does it pay to strike first? Kent and Thaler's index of two forces, what comes back, and what speaks against it."""
    with refusals():
        from entente.questions.levels import levels
        from entente.questions.sensitivity import index_sobol
        from entente.questions.sides import force_in
        from entente.questions.stability import Curve
        from entente.questions.stability import stability as judged

        side_a, side_b = (force_in(text, name) for text, name in ((a, "--a"), (b, "--b")))
        bent = cast(Curve, curve)  # what is none is refused
        found = judged(side_a, side_b, bent)
        falling = levels(side_a, side_b, interceptors=interceptors, draws=draws, curve=bent) if by_level else None
        ranked = index_sobol(side_a, side_b, curve=bent) if deciders else None
    if as_json:
        said: dict[str, Any] = found.to_dict()
        said |= {"levels": falling.to_dict()} if falling else {}
        said |= {"sobol": ranked} if ranked else {}
        print_json(said)
        return
    echo(f"first-strike index {found.index:.3f}" + (f"; {found.why}" if found.why else ""))
    echo("1: no incentive to strike first, 0: the greatest\n")
    for who, ratio, strike, other in (
        ("A", found.ratio_a, found.a_first, "B"),
        ("B", found.ratio_b, found.b_first, "A"),
    ):
        _strike(who, ratio, strike, other)
    if falling:
        echo(f"\nindex by level, {interceptors:g} interceptors a side, median and 5 to 95 % of {draws:,} draws:")
        echo(falling.table())
    if ranked:
        echo("\nthe index hangs on (share of its variance, alone and with others):")
        for name, first, total in ranked.ranked():
            echo(f"{name:20s} {max(0.0, first):5.2f} {max(0.0, total):5.2f}")
    echo("\nagainst reading too much into it:")
    echo("\n".join(f"- {line}" for line in found.objections))


def _strike(who: str, ratio: float, strike: Any, other: str) -> None:
    """What it comes to if one side strikes first, in three lines."""
    echo(
        f"{who} first: {strike.on_forces:,.0f} of {strike.available:,.0f} weapons at forces; costs {who} {strike.cost:.3f}, "
        f"{other} {strike.cost_enemy:.3f}; {who} would pay {ratio:.3f} times what being struck first costs it"
    )
    chances = ", ".join(f"{n} or more {chance:.3f}" for n, chance in strike.at_least.items())
    echo(f"  of {other} {strike.fixed_left:.0%} of the fixed warheads are left; arriving: {chances};")
    echo(f"  {strike.mean:,.0f} on the average, 10th percentile {strike.tenth:,}")
