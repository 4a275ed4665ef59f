"""The agency report that two newspapers print word for word."""

from __future__ import annotations

from typing import Final

from tests.site.model import SiteArticle, at, paragraphs

WIRE_STORY: Final = SiteArticle(
    slug="rail-freight-plan",
    title="Rail operators agree to share night freight paths from June",
    byline="Northern Wire",
    published=at(3, 9, 5, 40),
    section="Transport",
    summary="Four freight operators will share night-time paths on the coast line from June, "
    "in a trial meant to take timber and grain off the roads.",
    paragraphs=paragraphs("""
Four rail freight operators have agreed to pool the night paths they hold on the coast line, the
infrastructure manager announced on Monday. From the first week of June, a path that one company
leaves empty can be taken by another with six hours' notice, instead of the eleven days that the
present rules require.

The line carries only nine freight trains between midnight and five in the morning, although
twenty-two paths are reserved for them. Operators have kept paths they seldom use because giving
one up meant applying for it again a year later. A regulator's study in the autumn called the
practice understandable and wasteful.

Timber merchants were the first to ask for the change. Two sawmills inland send their whole output
by road, some seventy lorries a week, because a train booked for one day could not be moved when
the weather closed the forest tracks. With short notice they expect to fill three trains a week
through the summer.

Residents along the route will hear the difference. The infrastructure manager said that the pooled
trains would be limited to wagons with composite brake blocks, which run about eight decibels
quieter than cast iron ones, and that no train would be allowed to wait with its engine running in
the loops beside the three largest villages.

The trial is to last eighteen months. An independent count of trains, delays and complaints will be
published every quarter, and any of the four companies may leave at the end of the first year. If
the pool has by then moved less than a tenth more freight, it will be closed.
"""),
)
