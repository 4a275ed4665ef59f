"""What the Valley Courier prints."""

from __future__ import annotations

from typing import Final

from tests.site.content_shared import WIRE_STORY
from tests.site.model import Entry, Newspaper, SiteArticle, at, paragraphs

LIBRARY: Final = SiteArticle(
    slug="library-opens-in-brewery",
    title="A library where the barrels stood: brewery hall opens to readers",
    byline="Staff report",
    published=at(3, 9, 8, 30),
    section="Culture",
    summary="The town library has moved into the bottling hall of the old brewery, with twice the "
    "space & a bench for every window.",
    paragraphs=paragraphs("""
Readers queued round the brewery yard on Monday morning to see their town library in its new home.
The bottling hall, empty for sixteen years, now holds 84,000 books on two floors, with a bench under
every one of its arched windows. By closing time 1,300 loans had been counted, four times as many
as on a usual Monday.

Moving took three weeks and a chain of some four hundred volunteers. On two Saturdays they handed
the children's books from one pair of hands to the next, from the old building by the church to the
brewery, a distance of just under half a kilometre. Eleven volumes were missing at the end, and nine
of them have since turned up.

What visitors notice first is the quiet. The architects hung felt made from discarded school coats
under the iron roof, and it swallows the noise of the street. The copper kettle in the middle of the
hall was too heavy to be taken out, so it has become a reading nest for the under-tens, entered
through the hatch.

Opening hours grow from twenty-six to fifty-two a week. On Sundays and after seven in the evening
there will be no staff: readers let themselves in with their card and lend books at a machine. A
neighbouring town that tried this lost fewer books than before, the head of the county's library
service noted at the opening.

The project cost 5.2 million euros, of which the town paid two. There was some argument about that
in the council last year, when the swimming pool needed a new roof as well. Both will now be
finished within the same budget, the treasurer's office said, since the tenders for the pool came in
lower than feared.
"""),
)

SCHOOL_MEALS: Final = SiteArticle(
    slug="school-meals-from-village-kitchens",
    title="School meals to come from three village kitchens",
    byline="Nellie Bly",
    published=at(3, 8, 6, 50),
    section="Schools",
    summary="From autumn, lunch for 1,150 pupils will be cooked in the valley again, "
    "at 3.80 euros a plate.",
    paragraphs=paragraphs("""
Lunch for the valley's 1,150 primary school pupils will again be cooked within sight of their
classrooms. The school association voted on Thursday not to renew its contract with a caterer two
hours away, and to fit out three kitchens instead: in the parish hall, in the former dairy and in
the fire station's canteen.

Parents had collected signatures after a week in November in which the food arrived cold on three
days and not at all on the fourth, when the pass was closed by snow. A survey in the two largest
schools found that almost half of every meal was thrown away, and that children left the vegetables
first and the rice second.

Cooking at home will cost more. A plate is expected to come to 5.90 euros, against 4.70 at present,
and parents will pay 3.80 of it as before. The villages share the rest by the number of their
pupils. For families on a low income, the county bears the whole price on presentation of a simple
form.

Farmers are to supply potatoes, milk and, from the second year, most of the meat. An agreement
guarantees them a price for ten months in advance, whatever the market does. In return they open
their stables twice a year, and each class will plant, weed and harvest one bed of a field behind
the school.

The kitchens need nine cooks, of whom four have been found. Work ends at half past two, which the
association hopes will appeal to people who gave up the trade because of its evenings. Tasting has
begun: at a trial in the parish hall last week, lentil stew received the most stars and beetroot
pancakes the fewest.
"""),
)

COUNCIL: Final = SiteArticle(
    slug="council-election-result",
    title="No majority in valley council after closest count in decades",
    byline="Staff report",
    published=at(3, 7, 22, 10),
    section="Politics",
    summary="Three lists won nine, eight and eight seats; one ballot decided the last of them.",
    paragraphs=paragraphs("""
No list has a majority in the new valley council. After a count that went on until half past nine
on Saturday evening, the Citizens' List holds nine of the twenty-seven seats, the Green Valley and
the Rural Union eight each, and two independents complete the chamber. The last seat was decided by
a single ballot out of 11,846.

Turnout rose to 71 per cent, the highest since the villages were joined into one district. The
returning officer put this down to two questions on which people had firm opinions: the bypass
through the lower meadows, and whether the ski lift should be given a further twenty years on public
land.

The Rural Union, which has governed for three terms, lost four seats. Its losses were heaviest in
the two villages nearest to the planned bypass. The Green Valley gained three and is the strongest
list in the main town for the first time. Both independents are known for their work in the water
cooperative.

A recount of the ballots in the upper district is likely, as the law grants one whenever fewer than
ten votes separate the candidates for a seat. It would take place in public, in the school
gymnasium, within eight days. Until it is finished the old council stays in office and may decide
nothing that costs more than 20,000 euros.

Talks between the lists begin on Wednesday. The Citizens' List would prefer to govern without a
formal partner and to look for support from case to case, its committee announced in the night. The
other two said that they would listen, and that the budget, due in six weeks, would be the test.
"""),
)

BUS: Final = SiteArticle(
    slug="bus-timetable-half-hour",
    title="Every half hour from dawn to dusk: new bus timetable takes shape",
    byline="Transport desk",
    published=at(3, 6, 10, 15),
    section="Transport",
    summary="Line 12 will run every thirty minutes from May, but four stops in the side valley "
    "will be served on request only.",
    paragraphs=paragraphs("""
Buses on line 12 are to run every thirty minutes from six in the morning until eight at night, seven
days a week, from the second of May. The present timetable has gaps of up to three hours and a note
for nearly every departure. The county has approved 640,000 euros a year for the change.

Six vehicles will be needed where four sufficed, and two of them are electric. They charge for
eleven minutes at each end of the line, under a frame that lowers itself to the roof. Drivers who
tested the route in January found that the climb to the reservoir used a fifth of the battery and
that the way down gave half of it back.

To keep the half hour, the bus no longer leaves the main road for the four hamlets in the side
valley. They get a small bus on request instead, to be ordered by telephone or on the net an hour
ahead, at the normal fare. Residents asked for a guarantee that this will still exist in five years.
The county gave them three.

Connections with the railway improve most. Whoever gets off the express at seven minutes past the
hour has so far seen the tail lights of the bus; in future it will wait until twelve past, and
longer when the train is late and no other follows within the hour. A display at the stop will say
so.

Schools have been asked to move their first lesson by ten minutes so that pupils need no buses of
their own. Two of the five agreed at once. The others want to see the first term, and for them the
old morning buses run until Christmas, marked on the timetable with a satchel.
"""),
)

FLOOD: Final = SiteArticle(
    slug="flood-barrier-first-test",
    title="Flood barrier passes first test at full height",
    byline="Staff report",
    published=at(3, 5, 16, 0),
    section="Environment",
    summary="The new flood barrier below the mill bridge was closed to its full height of 4.20 "
    "metres on Thursday. Engineers watched the river rise behind it for five hours, found two "
    "seals leaking slightly, and declared the building ready for the spring melt.",
    paragraphs=paragraphs("""
The new flood barrier below the mill bridge was closed to its full height for the first time on
Thursday. For five hours the river rose behind its three steel flaps, until the gauge showed 4.20
metres, a hand's breadth above the flood that filled the cellars of the lower town six years ago.

Two rubber seals leaked, together about as much as a garden hose. Engineers marked the places with
chalk and said that both would be replaced before the spring melt, which usually begins in the first
days of April. The flaps themselves closed in eleven minutes, four fewer than the contract demands.

Several hundred people watched from the bridge, many with flasks and folding chairs. When the flaps
were lowered again the water ran off more slowly than some had hoped, since the basin downstream has
to be kept from scouring. The fire brigade used the time to practise with its boats.

At 23 million euros the barrier is the most expensive building the valley has ever paid for. The
water board expects it to be closed about twice in three years, each time for less than two days,
and reminded owners of houses on the bank that their own pumps should stay where they are.
"""),
)

ORCHARD: Final = SiteArticle(
    slug="orchard-census",
    title="Orchard census finds 212 kinds of apple, some without a name",
    byline="Country desk",
    published=at(3, 10, 9, 25),
    section="Environment",
    summary="Volunteers spent two autumns tasting, drawing and labelling the valley's old trees.",
    paragraphs=paragraphs("""
There are 212 kinds of apple in the valley's old orchards, and for nineteen of them nobody knows a
name. That is the result of a census in which some sixty volunteers spent two autumns walking from
tree to tree with a knife, a ruler and a form of four pages. It was presented in the cider hall on
Tuesday.

Altogether 7,340 trees were counted, fewer than half the number in a survey of 1954. Most of them
are more than seventy years old. The losses were greatest near the new housing estates, while steep
meadows that no tractor can mow have kept nearly all of theirs, along with the little owls that
breed in the hollow trunks.

Samples from the nameless trees went to a fruit institute, which compared their genes with those of
9,000 known varieties. Six were near relatives of apples from across the mountains, perhaps carried
here by seasonal workers. The remaining thirteen resemble nothing in the collection, and one of them
keeps until July without wrinkling.

Grafts of every kind have been cut this winter and will be planted on a slope belonging to the
parish, three trees of each. Schools can adopt a row. The census itself is to be repeated after ten
years, the nature society promised, and its forms and drawings may be seen in the library until the
end of May.
"""),
)

VALLEY: Final = Newspaper(
    host="valley",
    name="Valley Courier",
    tagline="Six villages, one paper",
    entries=(
        Entry(LIBRARY),
        Entry(WIRE_STORY),
        Entry(SCHOOL_MEALS),
        Entry(COUNCIL, link="old"),
        Entry(BUS),
        Entry(FLOOD, page_status=500),
    ),
    prepared=(ORCHARD,),
)
