"""One file a kind of migration, each telling its story in the order in which it happens."""
