"""The world of the model."""

from tests.model.programs import world

__all__ = ["world"]
