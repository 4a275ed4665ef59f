"""Prints the JSON Schema of sources.yaml: `python -m feedmill.config`."""

from __future__ import annotations

import sys

from feedmill.config.schema import schema_text

sys.stdout.write(schema_text())
