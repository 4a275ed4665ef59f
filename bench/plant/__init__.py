"""A whole feedmill as it is run, for benchmarks and soaks: everything real, on loopback, gone at the end.

============= ====================================================================
`plant`       all of it together
`valkey`      the server: options, kill, stop, replica
`web`         the web it reads: feeds and pages of many hosts; `webserver` is its process
`plan`        which pages there are, and their bytes: `variants` of real ones, or `generated`
`processes`   programs, their trees, their CPU time and memory
`consumer`    reads the stream with a group and notes the times
`ledger`      what went in against what came out
`namespace`   a second host
============= ====================================================================
"""

from bench.plant.consumer import Consumer, Noted
from bench.plant.ledger import Outcome
from bench.plant.namespace import Namespace
from bench.plant.plan import Leaf, Plan
from bench.plant.plant import Plant, PlantOptions
from bench.plant.processes import Program
from bench.plant.valkey import AclUser, Valkey, ValkeyOptions
from bench.plant.web import WebServer

__all__ = [
    "AclUser",
    "Consumer",
    "Leaf",
    "Namespace",
    "Noted",
    "Outcome",
    "Plan",
    "Plant",
    "PlantOptions",
    "Program",
    "Valkey",
    "ValkeyOptions",
    "WebServer",
]
