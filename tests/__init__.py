"""The tests of Targem."""
