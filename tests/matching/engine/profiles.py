"""The weights that ship, for tests of the engine alone."""

from importlib import import_module

from matching.engine.scores import WeightProfile

SHIPPED = import_module("matching.migrations.0004_first_parameters").FIRST
CONNECT = WeightProfile("connect", SHIPPED["connect_weights"])
FRIENDSHIP = WeightProfile("friendship", SHIPPED["friendship_weights"])
