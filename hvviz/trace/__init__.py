"""What happened in a run, immutable: events with causes, state at any instant, results."""
