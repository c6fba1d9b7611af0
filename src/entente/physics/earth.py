"""Where things are on a rotating ellipsoid: geodetic, Earth-fixed, inertial, local axes, geodesics."""

import math

from entente.compiled import Floats, kernel, kernel_inlined
from entente.constants import ECC2, FLATTENING, OMEGA, R_EQ, R_MEAN, R_POLE


@kernel
def ecef_from_geodetic(lat: float, lon: float, alt: float) -> tuple[float, float, float]:
    """Earth-fixed position of a point given by latitude, longitude [rad] and height above the ellipsoid [m].

    Returns:
        x, y, z [m], WGS 84, z along the pole, x toward longitude 0.
    Source: Hofmann-Wellenhof et al., GNSS (2008), equation 8.6.
    """
    s = math.sin(lat)
    n = R_EQ / math.sqrt(1.0 - ECC2 * s * s)
    c = (n + alt) * math.cos(lat)
    return c * math.cos(lon), c * math.sin(lon), (n * (1.0 - ECC2) + alt) * s


@kernel
def geodetic_from_ecef(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Latitude, longitude [rad] and height above the ellipsoid [m] of an Earth-fixed position [m].

    Valid: everywhere but within 50 km of the Earth's centre; error below 1e-9 m up to 100,000 km.
    Source: Bowring (1976), iterated three times; equal to erfa's gc2gd within the tests' tolerance.
    """
    # Sines and cosines of the latitudes by Pythagoras, not by way of the angles.
    p = math.sqrt(x * x + y * y)
    s, c = z * R_EQ, p * R_POLE
    for _ in range(3):
        one = 1.0 / math.sqrt(s * s + c * c)
        s, c = s * one, c * one
        north, out = z + ECC2 / (1.0 - ECC2) * R_POLE * s * s * s, p - ECC2 * R_EQ * c * c * c
        s, c = (1.0 - FLATTENING) * north, out
    lat = math.atan2(north, out)
    one = 1.0 / math.sqrt(north * north + out * out)
    s, c = north * one, out * one
    # This form of the height has no 0/0 at the poles or at the equator.
    alt = p * c + z * s - R_EQ * math.sqrt(1.0 - ECC2 * s * s)
    return lat, math.atan2(y, x), alt


@kernel
def geodetic_many(r_ecef: Floats, out: Floats) -> None:
    """geodetic_from_ecef of (N, 3) positions [m], into `out` (N, 3): latitude, longitude [rad], height [m]."""
    for n in range(r_ecef.shape[0]):
        out[n, 0], out[n, 1], out[n, 2] = geodetic_from_ecef(r_ecef[n, 0], r_ecef[n, 1], r_ecef[n, 2])


@kernel
def altitude(x: float, y: float, z: float) -> float:
    """Height above the ellipsoid [m] of an Earth-fixed or Earth-centred inertial position [m]; as geodetic_from_ecef."""
    # The sines and cosines of the latitudes by Pythagoras: this is called at every stage of every step of a flight.
    p = math.sqrt(x * x + y * y)
    s, c = z * R_EQ, p * R_POLE
    one = 1.0 / math.sqrt(s * s + c * c)
    s, c = s * one, c * one
    s, c = z + ECC2 / (1.0 - ECC2) * R_POLE * s * s * s, p - ECC2 * R_EQ * c * c * c
    one = 1.0 / math.sqrt(s * s + c * c)
    s, c = s * one, c * one
    return p * c + z * s - R_EQ * math.sqrt(1.0 - ECC2 * s * s)


@kernel
def vertical_speed(x: float, y: float, z: float, vx: float, vy: float, vz: float) -> float:
    """Rate of the height above the ellipsoid [m/s] of a state, Earth-fixed or inertial: the velocity along the normal.

    Valid: as `altitude`; it is 0 where the height is greatest, which over an ellipsoid is not where the distance from the
        Earth's centre is.
    """
    p = math.sqrt(x * x + y * y)
    s, c = z * R_EQ, p * R_POLE
    for _ in range(2):
        one = 1.0 / math.sqrt(s * s + c * c)
        s, c = s * one, c * one
        s, c = z + ECC2 / (1.0 - ECC2) * R_POLE * s * s * s, p - ECC2 * R_EQ * c * c * c
        n = 1.0 / math.sqrt(s * s + c * c)
        up, out = s * n, c * n
        s *= 1.0 - FLATTENING
    return out * (x * vx + y * vy) / max(p, 1e-6) + up * vz


@kernel_inlined
def height_by_series(x: float, y: float, z: float) -> float:
    """Height above the ellipsoid [m] by a series in the flattening: what the air feels, at a third of the cost.

    Valid: within 3 mm of `altitude` to 100 km, 0.02 m to 1,000 km, 0.05 m to 5,000 km.
    Source: Escobal, Methods of Orbit Determination (1965), section 1.6, to second order; the third order is that of the
        surface itself, own: r/a = (1 - f)/sqrt(1 - e^2 cos^2) expanded in f.
    """
    r2 = x * x + y * y + z * z
    r = math.sqrt(r2)
    s2 = z * z / r2
    sc = s2 * (1.0 - s2)
    second = FLATTENING * FLATTENING * sc * (2.0 * R_EQ / r - 0.5)
    third = 0.5 * FLATTENING * FLATTENING * FLATTENING * sc * (9.0 * s2 - 4.0)
    return r - R_EQ * (1.0 - FLATTENING * s2 - second + third)


@kernel
def enu_axes(lat: float, lon: float, out: Floats) -> None:
    """Unit vectors east, north and up at a place, as the rows of `out` (3, 3), in Earth-fixed axes."""
    sl, cl, so, co = math.sin(lat), math.cos(lat), math.sin(lon), math.cos(lon)
    out[0, 0], out[0, 1], out[0, 2] = -so, co, 0.0
    out[1, 0], out[1, 1], out[1, 2] = -sl * co, -sl * so, cl
    out[2, 0], out[2, 1], out[2, 2] = cl * co, cl * so, sl


@kernel
def spin(x: float, y: float, angle: float) -> tuple[float, float]:
    """Turn a vector's equatorial components by `angle` [rad] about the pole.

    Inertial axes are the Earth-fixed axes frozen at the epoch: r_eci = spin(r_ecef, OMEGA t).
    """
    c, s = math.cos(angle), math.sin(angle)
    return c * x - s * y, s * x + c * y


@kernel
def inertial_velocity(x: float, y: float, z: float, vx: float, vy: float, vz: float) -> tuple[float, float, float]:
    """Velocity that an inertial observer sees, in axes parallel to the Earth-fixed ones at that instant [m/s]."""
    return vx - OMEGA * y, vy + OMEGA * x, vz


@kernel
def geodesic(lat1: float, lon1: float, lat2: float, lon2: float) -> tuple[float, float, float, int]:
    """Shortest way on the ellipsoid.

    Args:
        lat1, lon1, lat2, lon2: the two ends [rad].
    Returns:
        distance [m], azimuth at the start, azimuth at the end [rad, clockwise from north], status.
    Valid: error below 1 mm to 19,900 km; status 1 for nearly antipodal points, where the iteration does not converge.
    Source: Vincenty, Survey Review 23 (1975) 88-93; checked against geographiclib.
    """
    u1, u2 = math.atan((1 - FLATTENING) * math.tan(lat1)), math.atan((1 - FLATTENING) * math.tan(lat2))
    su1, cu1, su2, cu2 = math.sin(u1), math.cos(u1), math.sin(u2), math.cos(u2)
    dlon = (lon2 - lon1 + math.pi) % (2 * math.pi) - math.pi
    lam = dlon
    for _ in range(100):
        sl, cl = math.sin(lam), math.cos(lam)
        sin_sigma = math.hypot(cu2 * sl, cu1 * su2 - su1 * cu2 * cl)
        if sin_sigma == 0.0:
            return 0.0, 0.0, 0.0, 0
        cos_sigma = su1 * su2 + cu1 * cu2 * cl
        sigma = math.atan2(sin_sigma, cos_sigma)
        sin_alpha = cu1 * cu2 * sl / sin_sigma
        cos2_alpha = 1.0 - sin_alpha * sin_alpha
        cos_2sm = cos_sigma - 2.0 * su1 * su2 / cos2_alpha if cos2_alpha > 1e-15 else 0.0
        c = FLATTENING / 16.0 * cos2_alpha * (4.0 + FLATTENING * (4.0 - 3.0 * cos2_alpha))
        inner = cos_2sm + c * cos_sigma * (2.0 * cos_2sm * cos_2sm - 1.0)
        previous = lam
        lam = dlon + (1.0 - c) * FLATTENING * sin_alpha * (sigma + c * sin_sigma * inner)
        if abs(lam - previous) < 1e-13:
            k2 = cos2_alpha * (R_EQ * R_EQ - R_POLE * R_POLE) / (R_POLE * R_POLE)
            a, b = _series(k2)
            length = R_POLE * a * (sigma - _arc_correction(b, sigma, cos_2sm))
            out = math.atan2(cu2 * math.sin(lam), cu1 * su2 - su1 * cu2 * math.cos(lam))
            back = math.atan2(cu1 * math.sin(lam), -su1 * cu2 + cu1 * su2 * math.cos(lam))
            return length, out % (2 * math.pi), back % (2 * math.pi), 0
    return math.nan, math.nan, math.nan, 1


@kernel
def geodesic_many(lat: float, lon: float, places: Floats, out: Floats) -> None:
    """Distances [m] from one point to (N, 2 or more) places, latitude and longitude [rad] first, into `out` (N,).

    Valid: as `geodesic`; nearly antipodal points by the sphere of the same volume, within 30 km.
    """
    for n in range(out.size):
        out[n] = distance(lat, lon, places[n, 0], places[n, 1])


@kernel
def distance(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Shortest way on the ellipsoid [m]; nan only if a place is. Between nearly antipodal points within 30 km."""
    length, _, _, status = geodesic(lat1, lon1, lat2, lon2)
    if status == 0 or math.isnan(lat1 + lon1 + lat2 + lon2):
        return length
    cosine = math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(lon2 - lon1)
    return R_MEAN * math.acos(min(1.0, max(-1.0, cosine)))


@kernel
def miss(lat0: float, lon0: float, lat: float, lon: float, got_lat: float, got_lon: float) -> tuple[float, float]:
    """How far a place lies from where it should, seen from where one came: beyond it, and to the right of it [m].

    Args:
        lat0, lon0: where one came from; lat, lon: where it should be; got_lat, got_lon: where it is [rad].
    Valid: small misses; across the way by the angle between the azimuths times the way's length.
    """
    length, out, _, _ = geodesic(lat0, lon0, lat, lon)
    got_length, got_out, _, _ = geodesic(lat0, lon0, got_lat, got_lon)
    return got_length - length, ((got_out - out + math.pi) % (2.0 * math.pi) - math.pi) * length


@kernel
def miss_many(lat0: float, lon0: float, lat: float, lon: float, places: Floats, out: Floats) -> None:
    """`miss` of (N, 2 or more) places, latitude and longitude [rad] first, into `out` (N, 2) [m]."""
    for n in range(out.shape[0]):
        out[n, 0], out[n, 1] = miss(lat0, lon0, lat, lon, places[n, 0], places[n, 1])


@kernel
def destination(lat: float, lon: float, azimuth: float, distance: float) -> tuple[float, float]:
    """The point at `distance` [m] along the geodesic that leaves (lat, lon) at `azimuth` [rad].

    Returns:
        latitude, longitude [rad], longitude within -pi to pi.
    Source: Vincenty (1975), direct solution; checked against geographiclib.
    """
    sa, ca = math.sin(azimuth), math.cos(azimuth)
    u1 = math.atan((1 - FLATTENING) * math.tan(lat))
    su, cu = math.sin(u1), math.cos(u1)
    sigma1 = math.atan2(su, cu * ca)
    sin_alpha = cu * sa
    cos2_alpha = 1.0 - sin_alpha * sin_alpha
    a, b = _series(cos2_alpha * (R_EQ * R_EQ - R_POLE * R_POLE) / (R_POLE * R_POLE))
    first = distance / (R_POLE * a)
    sigma = first
    cos_2sm = math.cos(2.0 * sigma1 + sigma)
    for _ in range(100):
        cos_2sm = math.cos(2.0 * sigma1 + sigma)
        better = first + _arc_correction(b, sigma, cos_2sm)
        done = abs(better - sigma) < 1e-14
        sigma = better
        if done:
            break
    ss, cs = math.sin(sigma), math.cos(sigma)
    x = su * ss - cu * cs * ca
    lat2 = math.atan2(su * cs + cu * ss * ca, (1 - FLATTENING) * math.hypot(sin_alpha, x))
    lam = math.atan2(ss * sa, cu * cs - su * ss * ca)
    c = FLATTENING / 16.0 * cos2_alpha * (4.0 + FLATTENING * (4.0 - 3.0 * cos2_alpha))
    inner = cos_2sm + c * cs * (2.0 * cos_2sm * cos_2sm - 1.0)
    dlon = lam - (1.0 - c) * FLATTENING * sin_alpha * (sigma + c * ss * inner)
    return lat2, (lon + dlon + math.pi) % (2 * math.pi) - math.pi


@kernel
def _series(k2: float) -> tuple[float, float]:
    a = 1.0 + k2 / 16384.0 * (4096.0 + k2 * (-768.0 + k2 * (320.0 - 175.0 * k2)))
    b = k2 / 1024.0 * (256.0 + k2 * (-128.0 + k2 * (74.0 - 47.0 * k2)))
    return a, b


@kernel
def _arc_correction(b: float, sigma: float, cos_2sm: float) -> float:
    ss, cs = math.sin(sigma), math.cos(sigma)
    last = b / 6.0 * cos_2sm * (4.0 * ss * ss - 3.0) * (4.0 * cos_2sm * cos_2sm - 3.0)
    return b * ss * (cos_2sm + b / 4.0 * (cs * (2.0 * cos_2sm * cos_2sm - 1.0) - last))
