"""A scenario in use, and the one door to the simulation."""
