"""Validation targets of a modelled system: what is published, what `nonzero` computes, and how far the two are apart.

A system has a table of published values (SYSTEM.json), a function for each target, and studies; all of them say which
runs they need and get the results of these.
"""
