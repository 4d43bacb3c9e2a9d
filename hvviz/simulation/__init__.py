"""The model: shared resources, memory, transports, procedures and faults, run by SimPy into a trace."""

from hvviz.simulation.actions import SIMULATED
from hvviz.simulation.run import simulate

__all__ = ["SIMULATED", "simulate"]
