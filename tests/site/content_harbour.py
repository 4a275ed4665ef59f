"""What the Harbour Gazette prints."""

from __future__ import annotations

from typing import Final

from tests.site.content_shared import WIRE_STORY
from tests.site.model import Entry, Newspaper, SiteArticle, at, paragraphs

DREDGING: Final = SiteArticle(
    slug="dredging-inner-channel",
    title="Dredgers return to the inner channel after nine years",
    byline="Harbour desk",
    published=at(3, 9, 6, 15),
    section="Port",
    summary="Two dredgers will take 340,000 cubic metres of silt out of the inner channel before "
    "the summer sailings begin.",
    paragraphs=paragraphs("""
Two suction dredgers tied up at the coal quay on Sunday night, the first to work in the inner
channel for nine years. Over the next eleven weeks they are to lift about 340,000 cubic metres of
silt and sand, enough to give the larger ferries a metre and a half more water at the lowest tides.

Pilots have complained about the channel since the winter storms of four years ago, when a bank
formed on the inside of the second bend. Ships drawing more than six metres have had to wait for
the flood tide ever since. A spokeswoman for the port authority said that the waiting had cost
shipping lines some 1,900 hours in the last year alone.

Not all of the spoil will be dumped at sea. Clean sand from the outer half of the channel goes to
the beach below the promenade, which lost most of its width in February, and a smaller part will
raise the low meadow where the old rope works stood. Mud that carries traces of tin and copper is
to be sealed in a basin behind the dry dock.

The fishing association has asked for the work to stop during the two weeks in May when the smelt
run upriver. The port authority agreed to leave the northern side of the channel alone at night in
that period, but not to stop altogether, saying that every idle day of the larger vessel would add
some 48,000 euros to the bill.

Small craft are asked to keep two hundred metres away from the dredgers and to pass only on the
side that shows two green lights. The yacht harbour stays open throughout, though its masters warn
that buoys will be moved at short notice and that printed charts should not be trusted until the
new soundings appear in July.
"""),
)

FERRY: Final = SiteArticle(
    slug="ferry-timetable-summer",
    title='Summer ferries: "earlier, later & fewer at noon"',
    byline="Staff report",
    published=at(3, 8, 9, 5),
    section="Transport",
    summary="The island ferry gains a first boat at 5.50 and a last one at 23.15, and loses its "
    "two emptiest crossings.",
    paragraphs=paragraphs("""
The island ferry will start earlier and finish later from the last Sunday in April, and two of the
crossings around midday will disappear. The operator says the new timetable follows the way people
use the boat: full decks before eight in the morning, rows of empty benches between noon and two.

The first boat leaves the mainland at ten to six, so that nurses on the early shift at the cottage
hospital no longer have to stay overnight. At the other end of the day the last sailing from the
island moves from half past nine to a quarter past eleven on Fridays and Saturdays, which the two
hotels there had requested for years.

Cyclists get more room. The smaller of the two vessels has lost a row of lockers on the car deck
and can now take forty bicycles instead of fourteen. They have to be booked from June to August, at
one euro each, after a summer in which families were regularly left on the slip with the bicycles
of one child too many.

Shopkeepers on the island are less pleased. The noon crossing brought day visitors in time for
lunch, one of the cafe owners' association told the council's transport committee, and those who
now arrive at ten will have eaten their own sandwiches before a kitchen is open. The operator
promised to count passengers again in July.

Fares stay as they are until the end of the year. A return for an adult costs 11.40 euros, islanders
pay a third of that, and dogs travel free as before. Tickets bought for one of the crossings that
are to disappear can be used on any other boat of the same day without charge.
"""),
)

MUSEUM: Final = SiteArticle(
    slug="lighthouse-museum-reopens",
    title="Lighthouse museum reopens with its lamp turning again",
    byline="Nellie Bly",
    published=at(3, 7, 15, 30),
    section="Culture",
    summary="After two years of repairs the lighthouse on the western mole is open to visitors, "
    "and its lens revolves for the first time since 1983.",
    paragraphs=paragraphs("""
The lighthouse on the western mole opened its doors again on Saturday after two years of repairs,
and more than six hundred people climbed its 142 steps before evening. At the top they found what
nobody under forty can remember: the great lens turning slowly on its bath of mercury substitute,
driven by the clockwork that was stopped in 1983.

Rust had eaten most of the gallery when the museum closed. Behind the panelling of the keepers'
rooms, builders then found beams soaked by a gutter that had been blocked for decades. The repair
was to cost 700,000 euros and came in at a little over a million, half of it paid by the state
heritage fund and a fifth by donations of less than fifty euros.

Downstairs the exhibition has been cleared of its ship models. In their place stand the objects
that keepers left behind: a violin without strings, a chess board with a column for the weather, a
logbook in which one week of fog takes up eleven pages. Visitors may wind a small copy of the
clockwork and feel how heavy a night's work was.

The lamp itself stays dim, so that no captain is misled by it. A harmless bulb of sixty watts sends
its beams over the roofs between dusk and eleven at night, enough to be followed along the walls of
the fish hall. The maritime office tested it on three evenings in January before it gave consent.

Entry costs six euros, and nothing on the first Tuesday of each month. Only twenty-five people may
be in the tower at one time, and there is no lift. For those who cannot climb, a camera in the
lantern room shows the view, and the museum has had a bronze relief of the lens made for touching.
"""),
)

FISH_MARKET: Final = SiteArticle(
    slug="fish-market-week-ten",
    title="Fish market: plaice plentiful, cod dearer for the fifth week",
    byline="Ida Tarbell",
    published=at(3, 6, 11, 0),
    section="Markets",
    summary="Landings rose by an eighth in the tenth week of the year. Plaice fell to 2.10 euros "
    "a kilo and cod reached 7.85.",
    paragraphs=paragraphs("""
Boats landed 412 tonnes of fish at the harbour auction in the tenth week of the year, an eighth
more than in the week before and close to the average of the last five winters. Calm seas let even
the smallest cutters go out on four days, and eleven vessels from other ports sold their catch here.

Plaice made up nearly half of the total. With so much on the floor, the price slid from 2.65 euros a
kilo on Monday to 2.10 on Thursday, the lowest since the spring of last year. Two processors bought
ahead for their freezers, which kept it from falling further, the auction office reported.

Cod went the other way for the fifth week in a row. Only nineteen tonnes arrived, most of it from
one trawler, and restaurants in the city bid the large sizes up to 7.85 euros. Buyers expect no
relief before April, when the first boats return from the northern banks with quota left to fill.

Brown shrimp opened the season modestly. Six cutters brought in a little under eight tonnes, small
for the time of year but clean, at prices between 5.20 and 6.40 euros. Whiting, dab and gurnard were
hardly asked for. Turbot of more than four kilos, on the other hand, changed hands at thirty-one
euros twice.

For the coming week the auction expects fewer boats, since strong westerly winds are forecast from
Tuesday. Deliveries of farmed trout and mussels are not affected. The hall will close at noon on
Friday for the yearly check of the scales, and lots left over by then go to Saturday's first sale.
"""),
)

LOCK_DE: Final = SiteArticle(
    slug="schleuse-wird-saniert",
    title="Die alte Seeschleuse wird saniert und bleibt doch befahrbar",
    byline="Egon Erwin Kisch",
    published=at(3, 5, 7, 45),
    section="Hafen",
    lang="de",
    summary="Ab Mai werden die Tore der Seeschleuse nacheinander ausgebaut. Gesperrt wird sie nur "
    "in vier Nächten.",
    paragraphs=paragraphs("""
Die alte Seeschleuse am Ende des Holzhafens bekommt neue Tore. Ab Anfang Mai werden die vier
stählernen Flügel, die seit 1931 bei jeder Tide bewegt werden, nacheinander herausgehoben und auf
der Werft gegenüber erneuert. Der Betrieb soll dabei fast ohne Unterbrechung weitergehen, teilte die
Hafenverwaltung am Donnerstag mit.

Möglich wird das durch einen Fund im Archiv. Beim Bau der Schleuse hatte man ein Reservetor
angefertigt, das nach dem Krieg in einem Seitenbecken versenkt und vergessen wurde. Taucher fanden
es im vergangenen Herbst unter zwei Metern Schlick, und zur Überraschung der Prüfer war der Stahl
an den meisten Stellen noch so dick wie am ersten Tag.

Gesperrt wird die Schleuse deshalb nur in vier Nächten, wenn der Schwimmkran die Tore tauscht.
Binnenschiffer müssen in dieser Zeit bis zum Morgen warten oder den Umweg durch den Kanal nehmen,
der etwa drei Stunden kostet. Für Sportboote wird an der Außenmole ein Anleger eingerichtet, an dem
sie kostenlos liegen dürfen.

Rund sechs Millionen Euro sind für die Arbeiten vorgesehen, dazu kommt eine weitere Million für die
Antriebe. Die Zahnstangen, die bisher von Hand geschmiert werden, weichen einer geschlossenen
Hydraulik. Eine der alten Winden soll im Schuppen am Ufer aufgestellt werden, damit Schulklassen
sehen können, wie viel Mühe ein einziger Schleusengang einmal machte.

Kritik kommt von den Anwohnern der Uferstraße, die den Lärm der nächtlichen Einsätze fürchten. Die
Hafenverwaltung sicherte zu, dass nach zehn Uhr abends nicht gehämmert und nicht geschweißt wird.
Wer dennoch nicht schlafen könne, dürfe die vier Nächte auf Kosten des Hafens in einem Gasthaus
verbringen, hieß es in der Versammlung.
"""),
)

LIFEBOAT: Final = SiteArticle(
    slug="lifeboat-appeal",
    title="Lifeboat station reaches its target with a month to spare",
    byline="Staff report",
    published=at(3, 4, 12, 20),
    section="Port",
    summary="The volunteers have collected the 185,000 euros they need for a new inshore boat.",
    paragraphs=paragraphs("""
The lifeboat station has collected the 185,000 euros it needs for a new inshore boat, four weeks
before the date it had set itself. The last nine thousand came in on Tuesday from a coffee morning
at the sailing club, where a jar on the counter was filled, emptied and filled again.

The present boat has been launched 611 times in seventeen years. Its hull is sound, but the engine
maker stopped supplying parts some time ago, and the crew have twice had to borrow a fuel pump from
a museum. On its worst day last August the boat was out five times, mostly for paddle boards
carried off by an easterly wind.

Its successor is being built in a yard two hundred kilometres up the coast and should arrive in
September. It is half a metre longer, carries a stretcher that can be lowered to the water, and has
a lamp strong enough to search a beach from a distance of four hundred metres.

Money left over will go into wetsuits and into training. Of the twenty-six volunteers, nine joined
within the last year, and the station would like each of them to spend a week at the sea school
before next summer. The old boat is to be given to a rescue service on a lake inland.
"""),
)

SHIPYARD: Final = SiteArticle(
    slug="shipyard-apprentices",
    title="Shipyard takes on forty apprentices, the most since 1990",
    byline="Harbour desk",
    published=at(3, 10, 7, 10),
    section="Work",
    summary="The yard at the dry dock is to train forty young people from September, among them "
    "its first sailmaker in a generation.",
    paragraphs=paragraphs("""
The shipyard beside the dry dock will take on forty apprentices in September, twice as many as last
year and more than in any year since 1990. Orders for three research vessels and the refit of an
old training ship have filled its books until the end of the decade, the yard's management said.

Welders and electricians make up the larger part of the places. Eight are for joiners, who will
line the cabins of the training ship with larch, and one is for a sailmaker, a trade the yard last
taught when the loft above the rope store still had a floor. More than three hundred applications
have arrived so far.

For the first time the yard pays for a room. A former customs house by the basin is being turned
into thirty small flats, since several of last year's best candidates declined because they could
find nothing to rent. Tenants pay a quarter of their wage and may stay for six months after their
final examination.

The metalworkers' union called the step overdue. It pointed out that a third of the workforce will
have reached retirement age by 2032, and asked that apprentices should be promised two years of
employment afterwards. Both sides meet again in April, and the works council is confident of a
written agreement before the summer holidays.
"""),
)

HARBOUR: Final = Newspaper(
    host="harbour",
    name="Harbour Gazette",
    tagline="News from the waterfront & beyond",
    entries=(
        Entry(DREDGING, full=True),
        Entry(WIRE_STORY),
        Entry(FERRY, link="go"),
        Entry(MUSEUM, enclosure=True),
        Entry(FISH_MARKET),
        Entry(LOCK_DE),
        Entry(LIFEBOAT, page_status=404, full=True),
    ),
    prepared=(SHIPYARD,),
)
