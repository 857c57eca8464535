"""Intervals: how far a figure would move if other songs had been drawn."""
