"""One step of the Runge-Kutta method of order 8(5,3) by Dormand and Prince. Written by builders/dop853.py.

Source: Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I (1993), appendix: DOP853.
"""

import math

from entente.compiled import Floats, kernel, kernel_inlined
from entente.physics.forces import rates

STAGES = 16  # rows of scratch: twelve stages, the slope at the end, three more for the states in between
POSITION_SCALE, VELOCITY_SCALE = 6.4e6, 7.0e3  # m, m/s: the tolerance of a step is relative to these


@kernel_inlined
def step(t: float, y: Floats, h: float, arc: Floats, k: Floats, work: Floats, out: Floats, tolerance: float) -> float:
    """One step of the 8(5,3) method.

    Args:
        t, y: time [s] and state (6,) at the start; h: length [s].
        arc: the forces' parameters, see `forces`.
        k: (STAGES, 6), its first row the slope at (t, y); the next eleven are written.
        work: (6,), scratch; out: (6,), the state at t + h, written.
        tolerance: of one step, relative to an Earth radius and an orbital speed.
    Returns:
        the estimated error over the tolerance; the step is good if it is at most 1.
    """
    for i in range(6):
        work[i] = y[i] + h * (0.05260015195876773 * k[0, i])
    rates(t + 0.05260015195876773 * h, work, arc, k[1])
    for i in range(6):
        work[i] = y[i] + h * (0.0197250569845379 * k[0, i] + 0.0591751709536137 * k[1, i])
    rates(t + 0.0789002279381516 * h, work, arc, k[2])
    for i in range(6):
        work[i] = y[i] + h * (0.02958758547680685 * k[0, i] + 0.08876275643042054 * k[2, i])
    rates(t + 0.1183503419072274 * h, work, arc, k[3])
    for i in range(6):
        work[i] = y[i] + h * (0.2413651341592667 * k[0, i] - 0.8845494793282861 * k[2, i] + 0.924834003261792 * k[3, i])
    rates(t + 0.2816496580927726 * h, work, arc, k[4])
    for i in range(6):
        work[i] = y[i] + h * (
            0.037037037037037035 * k[0, i] + 0.17082860872947386 * k[3, i] + 0.12546768756682242 * k[4, i]
        )
    rates(t + 0.3333333333333333 * h, work, arc, k[5])
    for i in range(6):
        work[i] = y[i] + h * (
            0.037109375 * k[0, i]
            + 0.17025221101954405 * k[3, i]
            + 0.06021653898045596 * k[4, i]
            - 0.017578125 * k[5, i]
        )
    rates(t + 0.25 * h, work, arc, k[6])
    for i in range(6):
        work[i] = y[i] + h * (
            0.03709200011850479 * k[0, i]
            + 0.17038392571223998 * k[3, i]
            + 0.10726203044637328 * k[4, i]
            - 0.015319437748624402 * k[5, i]
            + 0.008273789163814023 * k[6, i]
        )
    rates(t + 0.3076923076923077 * h, work, arc, k[7])
    for i in range(6):
        work[i] = y[i] + h * (
            0.6241109587160757 * k[0, i]
            - 3.3608926294469414 * k[3, i]
            - 0.868219346841726 * k[4, i]
            + 27.59209969944671 * k[5, i]
            + 20.154067550477894 * k[6, i]
            - 43.48988418106996 * k[7, i]
        )
    rates(t + 0.6512820512820513 * h, work, arc, k[8])
    for i in range(6):
        work[i] = y[i] + h * (
            0.47766253643826434 * k[0, i]
            - 2.4881146199716677 * k[3, i]
            - 0.590290826836843 * k[4, i]
            + 21.230051448181193 * k[5, i]
            + 15.279233632882423 * k[6, i]
            - 33.28821096898486 * k[7, i]
            - 0.020331201708508627 * k[8, i]
        )
    rates(t + 0.6 * h, work, arc, k[9])
    for i in range(6):
        work[i] = y[i] + h * (
            -0.9371424300859873 * k[0, i]
            + 5.186372428844064 * k[3, i]
            + 1.0914373489967295 * k[4, i]
            - 8.149787010746927 * k[5, i]
            - 18.52006565999696 * k[6, i]
            + 22.739487099350505 * k[7, i]
            + 2.4936055526796523 * k[8, i]
            - 3.0467644718982196 * k[9, i]
        )
    rates(t + 0.8571428571428571 * h, work, arc, k[10])
    for i in range(6):
        work[i] = y[i] + h * (
            2.273310147516538 * k[0, i]
            - 10.53449546673725 * k[3, i]
            - 2.0008720582248625 * k[4, i]
            - 17.9589318631188 * k[5, i]
            + 27.94888452941996 * k[6, i]
            - 2.8589982771350235 * k[7, i]
            - 8.87285693353063 * k[8, i]
            + 12.360567175794303 * k[9, i]
            + 0.6433927460157636 * k[10, i]
        )
    rates(t + 1.0 * h, work, arc, k[11])
    third, fifth = 0.0, 0.0
    for i in range(6):
        out[i] = y[i] + h * (
            0.054293734116568765 * k[0, i]
            + 4.450312892752409 * k[5, i]
            + 1.8915178993145003 * k[6, i]
            - 5.801203960010585 * k[7, i]
            + 0.3111643669578199 * k[8, i]
            - 0.1521609496625161 * k[9, i]
            + 0.20136540080403034 * k[10, i]
            + 0.04471061572777259 * k[11, i]
        )
        e3 = (
            -0.18980075407240762 * k[0, i]
            + 4.450312892752409 * k[5, i]
            + 1.8915178993145003 * k[6, i]
            - 5.801203960010585 * k[7, i]
            - 0.4226823213237919 * k[8, i]
            - 0.1521609496625161 * k[9, i]
            + 0.20136540080403034 * k[10, i]
            + 0.02265179219836082 * k[11, i]
        )
        e5 = (
            0.01312004499419488 * k[0, i]
            - 1.2251564463762044 * k[5, i]
            - 0.4957589496572502 * k[6, i]
            + 1.6643771824549864 * k[7, i]
            - 0.35032884874997366 * k[8, i]
            + 0.3341791187130175 * k[9, i]
            + 0.08192320648511571 * k[10, i]
            - 0.022355307863886294 * k[11, i]
        )
        scale = tolerance * (POSITION_SCALE if i < 3 else VELOCITY_SCALE)
        third += (e3 / scale) ** 2
        fifth += (e5 / scale) ** 2
    if fifth == 0.0:
        return 0.0
    return abs(h) * fifth / math.sqrt(6.0 * (fifth + 0.01 * third))


@kernel_inlined
def lay(t: float, y: Floats, h: float, arc: Floats, k: Floats, work: Floats, out: Floats, dense: Floats) -> None:
    """Make ready for the states between the ends of the step that `step` just made.

    Args:
        t, y, h, arc, k, work, out: as `step` left them; the last four rows of k are written.
        dense: (7, 6), written; `within` reads it.
    """
    rates(t + h, out, arc, k[12])
    for i in range(6):
        work[i] = y[i] + h * (
            0.056167502283047954 * k[0, i]
            + 0.25350021021662483 * k[6, i]
            - 0.2462390374708025 * k[7, i]
            - 0.12419142326381637 * k[8, i]
            + 0.15329179827876568 * k[9, i]
            + 0.00820105229563469 * k[10, i]
            + 0.007567897660545699 * k[11, i]
            - 0.008298 * k[12, i]
        )
    rates(t + 0.1 * h, work, arc, k[13])
    for i in range(6):
        work[i] = y[i] + h * (
            0.03183464816350214 * k[0, i]
            + 0.028300909672366776 * k[5, i]
            + 0.053541988307438566 * k[6, i]
            - 0.05492374857139099 * k[7, i]
            - 0.00010834732869724932 * k[10, i]
            + 0.0003825710908356584 * k[11, i]
            - 0.00034046500868740456 * k[12, i]
            + 0.1413124436746325 * k[13, i]
        )
    rates(t + 0.2 * h, work, arc, k[14])
    for i in range(6):
        work[i] = y[i] + h * (
            -0.42889630158379194 * k[0, i]
            - 4.697621415361164 * k[5, i]
            + 7.683421196062599 * k[6, i]
            + 4.06898981839711 * k[7, i]
            + 0.3567271874552811 * k[8, i]
            - 0.0013990241651590145 * k[12, i]
            + 2.9475147891527724 * k[13, i]
            - 9.15095847217987 * k[14, i]
        )
    rates(t + 0.7777777777777778 * h, work, arc, k[15])
    for i in range(6):
        move = out[i] - y[i]
        dense[0, i] = move
        dense[1, i] = h * k[0, i] - move
        dense[2, i] = 2.0 * move - h * (k[12, i] + k[0, i])
        dense[3, i] = h * (
            -8.428938276109013 * k[0, i]
            + 0.5667149535193777 * k[5, i]
            - 3.0689499459498917 * k[6, i]
            + 2.38466765651207 * k[7, i]
            + 2.117034582445028 * k[8, i]
            - 0.871391583777973 * k[9, i]
            + 2.2404374302607883 * k[10, i]
            + 0.6315787787694688 * k[11, i]
            - 0.08899033645133331 * k[12, i]
            + 18.148505520854727 * k[13, i]
            - 9.194632392478356 * k[14, i]
            - 4.436036387594894 * k[15, i]
        )
        dense[4, i] = h * (
            10.427508642579134 * k[0, i]
            + 242.28349177525817 * k[5, i]
            + 165.20045171727028 * k[6, i]
            - 374.5467547226902 * k[7, i]
            - 22.113666853125306 * k[8, i]
            + 7.733432668472264 * k[9, i]
            - 30.674084731089398 * k[10, i]
            - 9.332130526430229 * k[11, i]
            + 15.697238121770845 * k[12, i]
            - 31.139403219565178 * k[13, i]
            - 9.35292435884448 * k[14, i]
            + 35.81684148639408 * k[15, i]
        )
        dense[5, i] = h * (
            19.985053242002433 * k[0, i]
            - 387.0373087493518 * k[5, i]
            - 189.17813819516758 * k[6, i]
            + 527.8081592054236 * k[7, i]
            - 11.57390253995963 * k[8, i]
            + 6.8812326946963 * k[9, i]
            - 1.0006050966910838 * k[10, i]
            + 0.7777137798053443 * k[11, i]
            - 2.778205752353508 * k[12, i]
            - 60.19669523126412 * k[13, i]
            + 84.32040550667716 * k[14, i]
            + 11.99229113618279 * k[15, i]
        )
        dense[6, i] = h * (
            -25.69393346270375 * k[0, i]
            - 154.18974869023643 * k[5, i]
            - 231.5293791760455 * k[6, i]
            + 357.6391179106141 * k[7, i]
            + 93.40532418362432 * k[8, i]
            - 37.45832313645163 * k[9, i]
            + 104.0996495089623 * k[10, i]
            + 29.8402934266605 * k[11, i]
            - 43.53345659001114 * k[12, i]
            + 96.32455395918828 * k[13, i]
            - 39.17726167561544 * k[14, i]
            - 149.72683625798564 * k[15, i]
        )


@kernel_inlined
def within(y: Floats, dense: Floats, share: float, out: Floats) -> None:
    """State at a share of a step, 0 to 1, into `out` (6,): of seventh order.

    Args:
        y: (6,), the state at the step's start; dense: as `lay` wrote it.
    """
    rest = 1.0 - share
    for i in range(6):
        low = dense[3, i] + share * (dense[4, i] + rest * (dense[5, i] + share * dense[6, i]))
        out[i] = y[i] + share * (dense[0, i] + rest * (dense[1, i] + share * (dense[2, i] + rest * low)))


# Many arcs at once. What the arcs have in common is one after the other in one row: six components of LANES numbers.
LANES = 8
ROW = 6 * LANES
K0, K1, K2, K3, K4, K5, K6, K7, K8, K9, K10, K11 = range(0, 12 * ROW, ROW)
START, LENGTH, POINT, SLOPE, END = range(12 * ROW, 17 * ROW, ROW)
BEYOND = 17 * ROW  # where other numbers may follow
SMALL = 1e-300  # keeps 0/0 away


@kernel
def point_in_lanes(stage: int, lanes: Floats) -> None:
    """Where the forces are to be known next, for every arc; and the slopes that were found last are put away.

    Args:
        stage: 1 to 11.
        lanes: one array for all that changes, of BEYOND numbers or more: rows START (states), LENGTH (of the steps [s],
            six times the same) and SLOPE (slopes at the point before) are read, row POINT is written.
    Valid: constant distances in one array and no branch over lanes: only so does the compiler put eight arcs into one
        register. The forces must not depend on time.
    """
    if stage == 1:
        for i in range(ROW):
            newest = lanes[SLOPE + i]
            lanes[K0 + i] = newest
            lanes[POINT + i] = lanes[START + i] + lanes[LENGTH + i] * (0.05260015195876773 * newest)
    elif stage == 2:
        for i in range(ROW):
            newest = lanes[SLOPE + i]
            lanes[K1 + i] = newest
            lanes[POINT + i] = lanes[START + i] + lanes[LENGTH + i] * (
                0.0197250569845379 * lanes[K0 + i] + 0.0591751709536137 * newest
            )
    elif stage == 3:
        for i in range(ROW):
            newest = lanes[SLOPE + i]
            lanes[K2 + i] = newest
            lanes[POINT + i] = lanes[START + i] + lanes[LENGTH + i] * (
                0.02958758547680685 * lanes[K0 + i] + 0.08876275643042054 * newest
            )
    elif stage == 4:
        for i in range(ROW):
            newest = lanes[SLOPE + i]
            lanes[K3 + i] = newest
            lanes[POINT + i] = lanes[START + i] + lanes[LENGTH + i] * (
                0.2413651341592667 * lanes[K0 + i] - 0.8845494793282861 * lanes[K2 + i] + 0.924834003261792 * newest
            )
    elif stage == 5:
        for i in range(ROW):
            newest = lanes[SLOPE + i]
            lanes[K4 + i] = newest
            lanes[POINT + i] = lanes[START + i] + lanes[LENGTH + i] * (
                0.037037037037037035 * lanes[K0 + i]
                + 0.17082860872947386 * lanes[K3 + i]
                + 0.12546768756682242 * newest
            )
    elif stage == 6:
        for i in range(ROW):
            newest = lanes[SLOPE + i]
            lanes[K5 + i] = newest
            lanes[POINT + i] = lanes[START + i] + lanes[LENGTH + i] * (
                0.037109375 * lanes[K0 + i]
                + 0.17025221101954405 * lanes[K3 + i]
                + 0.06021653898045596 * lanes[K4 + i]
                - 0.017578125 * newest
            )
    elif stage == 7:
        for i in range(ROW):
            newest = lanes[SLOPE + i]
            lanes[K6 + i] = newest
            lanes[POINT + i] = lanes[START + i] + lanes[LENGTH + i] * (
                0.03709200011850479 * lanes[K0 + i]
                + 0.17038392571223998 * lanes[K3 + i]
                + 0.10726203044637328 * lanes[K4 + i]
                - 0.015319437748624402 * lanes[K5 + i]
                + 0.008273789163814023 * newest
            )
    elif stage == 8:
        for i in range(ROW):
            newest = lanes[SLOPE + i]
            lanes[K7 + i] = newest
            lanes[POINT + i] = lanes[START + i] + lanes[LENGTH + i] * (
                0.6241109587160757 * lanes[K0 + i]
                - 3.3608926294469414 * lanes[K3 + i]
                - 0.868219346841726 * lanes[K4 + i]
                + 27.59209969944671 * lanes[K5 + i]
                + 20.154067550477894 * lanes[K6 + i]
                - 43.48988418106996 * newest
            )
    elif stage == 9:
        for i in range(ROW):
            newest = lanes[SLOPE + i]
            lanes[K8 + i] = newest
            lanes[POINT + i] = lanes[START + i] + lanes[LENGTH + i] * (
                0.47766253643826434 * lanes[K0 + i]
                - 2.4881146199716677 * lanes[K3 + i]
                - 0.590290826836843 * lanes[K4 + i]
                + 21.230051448181193 * lanes[K5 + i]
                + 15.279233632882423 * lanes[K6 + i]
                - 33.28821096898486 * lanes[K7 + i]
                - 0.020331201708508627 * newest
            )
    elif stage == 10:
        for i in range(ROW):
            newest = lanes[SLOPE + i]
            lanes[K9 + i] = newest
            lanes[POINT + i] = lanes[START + i] + lanes[LENGTH + i] * (
                -0.9371424300859873 * lanes[K0 + i]
                + 5.186372428844064 * lanes[K3 + i]
                + 1.0914373489967295 * lanes[K4 + i]
                - 8.149787010746927 * lanes[K5 + i]
                - 18.52006565999696 * lanes[K6 + i]
                + 22.739487099350505 * lanes[K7 + i]
                + 2.4936055526796523 * lanes[K8 + i]
                - 3.0467644718982196 * newest
            )
    elif stage == 11:
        for i in range(ROW):
            newest = lanes[SLOPE + i]
            lanes[K10 + i] = newest
            lanes[POINT + i] = lanes[START + i] + lanes[LENGTH + i] * (
                2.273310147516538 * lanes[K0 + i]
                - 10.53449546673725 * lanes[K3 + i]
                - 2.0008720582248625 * lanes[K4 + i]
                - 17.9589318631188 * lanes[K5 + i]
                + 27.94888452941996 * lanes[K6 + i]
                - 2.8589982771350235 * lanes[K7 + i]
                - 8.87285693353063 * lanes[K8 + i]
                + 12.360567175794303 * lanes[K9 + i]
                + 0.6433927460157636 * newest
            )


@kernel
def end_in_lanes(lanes: Floats) -> None:
    """The states at the ends of the steps and their errors, for every arc; as `step` after its last stage.

    Args:
        lanes: see `point_in_lanes`; row END is written; the first LANES numbers of row POINT become the estimated error
            per tolerance, that is, times the tolerance it is what `step` returns; rows POINT and SLOPE are spent.
    """
    for i in range(ROW):
        newest = lanes[SLOPE + i]
        lanes[END + i] = lanes[START + i] + lanes[LENGTH + i] * (
            0.054293734116568765 * lanes[K0 + i]
            + 4.450312892752409 * lanes[K5 + i]
            + 1.8915178993145003 * lanes[K6 + i]
            - 5.801203960010585 * lanes[K7 + i]
            + 0.3111643669578199 * lanes[K8 + i]
            - 0.1521609496625161 * lanes[K9 + i]
            + 0.20136540080403034 * lanes[K10 + i]
            + 0.04471061572777259 * newest
        )
        lanes[POINT + i] = (
            -0.18980075407240762 * lanes[K0 + i]
            + 4.450312892752409 * lanes[K5 + i]
            + 1.8915178993145003 * lanes[K6 + i]
            - 5.801203960010585 * lanes[K7 + i]
            - 0.4226823213237919 * lanes[K8 + i]
            - 0.1521609496625161 * lanes[K9 + i]
            + 0.20136540080403034 * lanes[K10 + i]
            + 0.02265179219836082 * newest
        )
        lanes[SLOPE + i] = (
            0.01312004499419488 * lanes[K0 + i]
            - 1.2251564463762044 * lanes[K5 + i]
            - 0.4957589496572502 * lanes[K6 + i]
            + 1.6643771824549864 * lanes[K7 + i]
            - 0.35032884874997366 * lanes[K8 + i]
            + 0.3341791187130175 * lanes[K9 + i]
            + 0.08192320648511571 * lanes[K10 + i]
            - 0.022355307863886294 * newest
        )
    for i in range(LANES):
        x3, y3, z3 = lanes[POINT + i], lanes[POINT + LANES + i], lanes[POINT + 2 * LANES + i]
        u3, v3, w3 = lanes[POINT + 3 * LANES + i], lanes[POINT + 4 * LANES + i], lanes[POINT + 5 * LANES + i]
        x5, y5, z5 = lanes[SLOPE + i], lanes[SLOPE + LANES + i], lanes[SLOPE + 2 * LANES + i]
        u5, v5, w5 = lanes[SLOPE + 3 * LANES + i], lanes[SLOPE + 4 * LANES + i], lanes[SLOPE + 5 * LANES + i]
        third = (x3 * x3 + y3 * y3 + z3 * z3) / POSITION_SCALE**2 + (u3 * u3 + v3 * v3 + w3 * w3) / VELOCITY_SCALE**2
        fifth = (x5 * x5 + y5 * y5 + z5 * z5) / POSITION_SCALE**2 + (u5 * u5 + v5 * v5 + w5 * w5) / VELOCITY_SCALE**2
        lanes[POINT + i] = abs(lanes[LENGTH + i]) * fifth / math.sqrt(6.0 * (fifth + 0.01 * third) + SMALL)
