"""Questions, grading, text and progress: over traces, never simulating."""
