"""The instructor's file: its grammar, its loading, its diagnostics, and the run that it asks for."""
