"""Placeholder until helper SOURCES lands."""

from service.sources.feed import poll as poll
