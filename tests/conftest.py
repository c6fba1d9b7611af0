"""What every test shares."""

from hypothesis import settings

# The first example of a test compiles its kernels, which takes longer than any sensible deadline.
settings.register_profile("entente", deadline=None)
settings.load_profile("entente")
