"""What exists: hosts, clusters, networks, storage, virtual machines, and the graph that they form."""
