"""Pairs: made, kept, judged, exchanged."""
