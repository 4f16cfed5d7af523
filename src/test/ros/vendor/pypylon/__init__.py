"""A stand-in of pypylon with an ace 2 that drives a liquid lens, for tests of basler_bridge.py."""
