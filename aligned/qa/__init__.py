"""Checks of finished pairs: what a careful reader would mark in a sentence and its translation."""
