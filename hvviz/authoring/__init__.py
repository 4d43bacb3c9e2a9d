"""The instructor's tools: proving a scenario, solving it, and what comes with them."""
