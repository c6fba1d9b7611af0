"""Physical constants: value, unit, what, source. Nothing else in the package defines one (a test greps)."""

GM = 3.986004418e14  # m^3/s^2  Earth's gravitational parameter, atmosphere included; WGS 84 (NGA.STND.0036, 2014)
R_EQ = 6_378_137.0  # m  equatorial radius; WGS 84
FLATTENING = 1.0 / 298.257223563  # 1  flattening of the ellipsoid; WGS 84
R_POLE = R_EQ * (1.0 - FLATTENING)  # m  polar radius; derived from the two above
ECC2 = FLATTENING * (2.0 - FLATTENING)  # 1  first eccentricity squared; derived
OMEGA = 7.292115e-5  # rad/s  Earth's spin; WGS 84
J2 = 1.0826298213e-3  # 1  second zonal harmonic, unnormalised; EGM 2008 as in WGS 84
R_MEAN = 6_371_000.0  # m  sphere of the closed forms; ARCHITECTURE's public names, literature 1.1
G0 = 9.80665  # m/s^2  standard gravity, converts specific impulse; CGPM 1901
GAS_AIR = 287.05287  # J/(kg K)  specific gas constant of air; US Standard Atmosphere 1976
GAMMA_AIR = 1.4  # 1  ratio of specific heats of air; US Standard Atmosphere 1976
R_GEOPOTENTIAL = 6_356_766.0  # m  radius of the geopotential altitude; US Standard Atmosphere 1976
GEO_RADIUS = 42_164_000.0  # m  radius of the geostationary orbit; from GM and OMEGA, rounded to a kilometre
