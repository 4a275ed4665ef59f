"""Nothing is lost and nothing is done twice, whatever dies between any two calls to Redis.

Hypothesis runs programs one after the other, and at any call of any of them something may happen to it. After each call
the ledger (`tests.model.ledger`) checks that the store has taken one of the steps that are allowed, whole or not at all; after
each program the parts of the store agree (`tests.model.shape`). In the end nothing happens any more, and all that was
accepted is finished.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.model import shape
from tests.model.faults import Fault
from tests.model.pages import sheets
from tests.model.programs import KEYS, World

FEW = settings(
    max_examples=50,
    stateful_step_count=30,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
# More for a night: FEEDMILL_MODEL_EXAMPLES=2000 pytest --timeout 0 tests/model
MORE = int(os.environ.get("FEEDMILL_MODEL_EXAMPLES", "0"))
_NIGHT = settings(FEW, max_examples=MORE or 1, stateful_step_count=40, derandomize=False)

_others = st.sampled_from(
    [
        "work",
        "clean_up, work",
        "wait, clean_up, work",  # the program was taken for dead
        "wait, reconcile, work",
        "retry, work",
        "drop",
    ]
)
_kinds = st.sampled_from(
    ["all die", "horse dies", "runner dies", "answer lost", "gone", "asked to stop"]
)


def faults(calls: int) -> st.SearchStrategy[Fault | None]:
    """What may happen to a program.

    Args:
        calls: About how many it makes.
    """
    at, after = st.integers(1, calls), st.booleans()
    return st.one_of(
        st.none(),
        st.builds(Fault, at=at, kind=_kinds, after=after),
        st.builds(Fault, at=at, kind=st.just("meanwhile"), after=after, other=_others),
    )


class Feedmill(RuleBasedStateMachine):
    """Programs on one Redis, and what may happen to each.

    A program that would find nothing to do is passed over, and not by a precondition: what is drawn must not
    depend on the store, or a call more or less on a slow machine would make Hypothesis give up.
    """

    make: Callable[[], World]

    @initialize()
    def start(self) -> None:
        """With nothing."""
        self.world = type(self).make()

    @rule(
        brought=st.lists(sheets, min_size=1, max_size=3),
        most=st.sampled_from([0, 2]),
        fault=faults(8),
    )
    def the_service_takes_pages_in(self, brought, most, fault):
        """What is accepted is kept; what is not is brought again."""
        self.world.take_in(brought, fault, most=most)

    @rule(fault=faults(60))
    def a_worker_works_on_a_batch(self, fault):
        """Each page of it is finished once, whoever else works on it."""
        if self.world.ledger.now.pending:
            self.world.work(fault)

    @rule(fault=faults(12))
    def a_worker_cleans_up(self, fault):
        """Batches of dead workers come back."""
        if self.world.ledger.now.pending:
            self.world.clean_up(fault)

    @rule(fault=faults(10))
    def the_service_reconciles(self, fault):
        """Pages that are in no batch come back."""
        if self.world.ledger.now.pending:
            self.world.reconcile(fault)

    @rule(fault=faults(3))
    def an_operator_tries_again(self, fault):
        """What was set aside is pending again, and ends again."""
        if self.world.ledger.now.quarantine:
            self.world.retry(fault)

    @rule(fault=faults(3))
    def an_operator_drops_an_entry(self, fault):
        """It ends for good."""
        if self.world.ledger.now.quarantine:
            self.world.drop(fault)

    @rule()
    def minutes_pass(self):
        """Locks, leases and signs of life expire."""
        self.world.wait()

    @invariant()
    def the_store_agrees_with_itself(self) -> None:
        """Between any two programs."""
        shape.check(self.world.redis, KEYS, self.world.ledger)

    def teardown(self) -> None:
        """Nothing happens any more: then everything is finished."""
        if hasattr(self, "world"):
            self.world.come_to_rest()
            self.the_store_agrees_with_itself()


def machine(world: Callable[[], World]) -> type[Feedmill]:
    """The machine with what makes its worlds."""
    return type("Feedmill", (Feedmill,), {"make": staticmethod(world)})


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_done_twice(world):
    run_state_machine_as_test(machine(world), settings=_NIGHT if MORE else FEW)
