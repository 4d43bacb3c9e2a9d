"""Commands, thin, one file a group, each importing its own needs."""
