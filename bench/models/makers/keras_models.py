"""Placeholder."""


def make(collector):
    pass
