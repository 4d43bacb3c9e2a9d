"""hvviz teaches how Hyper-V moves virtual machines, on a model that is checked against measurements."""

__version__ = "0.1.0"
