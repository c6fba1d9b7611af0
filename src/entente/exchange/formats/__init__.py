"""What is said at the centre, in the forms of other trades. Outward only: nothing that comes in by them is signed.

oem    ballistic tracks as a CCSDS Orbit Ephemeris Message, with covariance
"""
