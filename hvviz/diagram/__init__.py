"""Pure cells: given an instant of a trace, characters with roles. No terminal, no clock."""
