"""The same lesson as linear text, for screen readers, pipes, and consoles that cannot draw."""
