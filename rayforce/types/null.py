"""The null. In this package it is Python's own."""

Null = None
