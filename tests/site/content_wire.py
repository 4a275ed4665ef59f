"""What the Northern Wire sends out, and the page that hides its character set."""

from __future__ import annotations

from typing import Final

from tests.site.model import Entry, Newspaper, SiteArticle, at, paragraphs

GRAIN: Final = SiteArticle(
    slug="grain-prices-ease",
    title="Grain prices ease as rain reaches the southern fields",
    byline="Ida Tarbell",
    published=at(3, 9, 14, 0),
    section="Markets",
    summary="Milling wheat for May lost four euros a tonne after the first real rain since "
    "January. Maize held steady.",
    paragraphs=paragraphs("""
Grain prices fell on Monday after the first real rain since January reached the southern wheat
fields. Milling wheat for delivery in May closed at 218.50 euros a tonne, four euros down on the day
and nine below the peak of last week. Feed barley followed at some distance, losing one euro fifty.

Between fifteen and thirty millimetres fell over the weekend in a belt that had been at risk of
losing a fifth of its crop. Agronomists consulted by the exchange said that the plants had been a
week from lasting damage. More showers are forecast from Thursday, though the eastern edge of the
region is likely to miss them again.

Maize hardly moved. Importers have covered their needs until late April, and two cargoes that had
been expected in the northern ports were resold abroad at a better price. Traders now look to the
planting figures due at the end of the month, which a survey among cooperatives puts three per cent
above last year.

Rapeseed was the exception to a quiet session. It rose by eleven euros after a crushing plant on the
canal announced that it would reopen in April following a fire. The plant takes in some 3,000 tonnes
a day, about a sixth of what is processed in the country, and its owners have bought nothing since
October.

Stocks in the farmers' own sheds remain high. According to the weekly count of the cooperatives, 38
per cent of last year's wheat is still unsold, against 27 per cent on the same date a year ago.
Several of them advised members on Monday to part with at least some of it before the new harvest
weighs on prices.
"""),
)

GLACIER_FR: Final = SiteArticle(
    slug="refuge-alpin-reconstruit",
    title="Le refuge du glacier sera reconstruit deux cents mètres plus haut",
    byline="Rédaction",
    published=at(3, 8, 17, 35),
    section="Montagne",
    lang="fr",
    summary="Menacé par un terrain qui dégèle, le refuge quittera son éperon rocheux d'ici à "
    "trois ans.",
    paragraphs=paragraphs("""
Le refuge qui domine le glacier depuis 1908 va quitter son éperon rocheux. Le club alpin,
propriétaire du bâtiment, a décidé dimanche de le reconstruire deux cents mètres plus haut, sur une
terrasse de granit que les géologues jugent solide. L'ancien refuge restera ouvert pendant les
travaux, prévus sur trois étés.

Depuis une dizaine d'années, le sol gelé qui portait les fondations dégèle un peu plus chaque
saison. La salle à manger penche aujourd'hui de onze centimètres, et les gardiens ont dû raboter
quatre fois la porte de la cuisine. Des capteurs posés dans la roche ont enregistré l'automne
dernier un mouvement deux fois plus rapide que prévu.

Le nouveau bâtiment sera plus petit que l'ancien. Il offrira soixante-quatre couchettes au lieu de
quatre-vingt-dix, dans des dortoirs de six places, et un local d'hiver toujours ouvert. Les panneaux
solaires et une petite turbine alimentée par la fonte fourniront l'électricité, de sorte que
l'hélicoptère n'apportera plus de gazole.

Le coût est estimé à 4,6 millions d'euros. La région en paie un tiers, le club un autre, et le reste
doit venir de dons. Pour limiter les vols, une partie des anciennes poutres sera portée à dos
d'homme par des volontaires : deux cents personnes se sont déjà inscrites, selon un porte-parole du
club.

Les habitants de la vallée craignent surtout pour le sentier, dont la partie haute devra être tracée
à nouveau. La commune a promis que l'accès resterait possible sans corde ni crampons. Une première
variante, marquée de peinture jaune, sera ouverte aux randonneurs dès le mois de juillet.
"""),
)

TEXTILE: Final = SiteArticle(
    slug="mill-town-heat-network",
    title="Mill town to heat its houses with water from flooded mines",
    byline="Staff report",
    published=at(3, 7, 4, 55),
    section="Energy",
    summary="Pumps will draw water of 19 degrees from a pit that closed in 1968 and warm 900 "
    "homes with it.",
    paragraphs=paragraphs("""
A former mill town in the north is to heat nine hundred homes with water from the coal mine beneath
them. The municipal utility signed the contracts on Friday for two boreholes of 310 metres, which
will reach galleries that filled with water after the pit closed in 1968. It comes up at a steady 19
degrees.

Heat pumps raise that to 62 degrees, enough for old radiators as long as the windows are sound. The
cooled water is returned through the second borehole, half a kilometre away, so that the mine is
neither emptied nor cooled too quickly. A trial with a single block of flats ran for two winters
without a fault.

Customers are promised a bill about a tenth lower than with gas at present prices, and one that
moves only with the cost of electricity. Connection is free for those who sign by the end of
September. A tenants' group welcomed the offer but criticised that landlords alone may decide
whether a house takes part.

Geologists see room for more. The flooded workings stretch under eleven neighbouring communities,
and the survey office reckons that they hold as much warmth as 40,000 households need in a cold
month. What is missing is a map: many of the plans were burned when the mining company was wound up.

Drilling starts in May behind the disused spinning mill, with noise barriers of straw bales. The
utility will publish the temperature of the water every day. If it drops by more than two degrees in
five years, the contract obliges the utility to warm the mine again in summer with surplus solar
heat.
"""),
)

POSTAL: Final = SiteArticle(
    slug="postal-boat-contract",
    title="Mail boat keeps its round of the outer islands",
    byline="Island correspondent",
    published=at(3, 6, 13, 10),
    section="Transport",
    summary="",
    paragraphs=paragraphs("""
The mail boat will go on calling at all fourteen of the outer islands for at least another eight
years. The postal service announced on Friday that it had dropped its plan to serve the five
smallest by drone, after a winter trial in which more than half of the flights were cancelled
because of wind or ice.

On those five islands live 61 people, most of them over seventy. For them the boat is more than the
mail: it brings the bread and the library box, takes blood samples to the hospital and, by an
understanding never written down, anybody who stands on the jetty. A petition against the drones was
signed by every one of them.

The new contract costs about a fifth more than the old one, since the vessel must be replaced by
2029. The postal service would prefer one with an electric drive. A spokesman for the operator said
that the round of 118 kilometres was just within reach of what is sold today, provided that there is
a charger half way.

Drones may yet come, for medicine. The county's health service wants to go on testing them on calm
days between the hospital and the largest island, where the flight takes nine minutes. Parcels and
letters will stay on the water, and the timetable, unchanged since 1997, remains pinned to the
door of every boathouse.
"""),
)

NOTHING: Final = SiteArticle(
    slug="withdrawn-bulletin",
    title="Bulletin 4471",
    byline="Northern Wire",
    published=at(3, 5, 3, 0),
    section="Service",
    summary="",
    paragraphs=(),
)

OBSERVATORY: Final = SiteArticle(
    slug="observatory-dark-sky",
    title="Observatory wins dark hours from four towns",
    byline="Science desk",
    published=at(3, 10, 5, 20),
    section="Science",
    summary="Street lamps around the northern observatory will be dimmed after eleven o'clock.",
    paragraphs=paragraphs("""
Four towns around the northern observatory have agreed to dim their street lamps after eleven at
night. From October, some 6,200 lamps will burn at a third of their strength until five in the
morning, and those within sight of the dome will be switched off altogether when no one is near. The
agreement was signed on Tuesday.

Astronomers had measured how the sky over the mountain grew brighter by four per cent a year. Faint
galaxies that could be photographed in twenty minutes when the telescope was opened now take fifty.
A survey of moths, carried out at the same time for another purpose, found two thirds fewer species
beside the lit roads than in the forest.

For the towns the attraction lies in the bill. Together they expect to save 310,000 euros a year,
and the state pays for the new switches. Shops may keep their windows lit until midnight. Only the
largest of the four insisted on an exception, for the two crossings where most accidents of recent
years took place.

The police have asked for a report after one winter. In a valley farther west where lamps have been
dimmed since 2021, neither burglaries nor accidents went up, but elderly residents went out less
often in the evening. Small lamps at knee height along the main footpaths, paid for by the
observatory, are meant to prevent that here.
"""),
)

LATIN1: Final = SiteArticle(
    slug="latin1",
    title="Señoras, naïve façades and a très long détour through Málaga",
    byline="Travel desk",
    published=at(3, 3, 10, 0),
    section="Travel",
    summary="A page from an archive that never learned about Unicode.",
    paragraphs=paragraphs("""
The night train from Zürich to Málaga does not exist, and yet a small travel agency in Besançon has
sold tickets for it since the spring. Passengers change four times, in Genève, Nîmes, Logroño and
Córdoba, but their luggage stays in one coach that is shunted from train to train by arrangement
with three railways.

The agency got the idea from an old timetable found in a café in Orléans. Before 1914 a sleeping car
really did cross half of the continent in this fashion, carrying invalids, façade painters and the
occasional señora with nineteen trunks. Today it is cyclists who book, because the coach has hooks
for twelve bicycles and a bench for repairs.

Breakfast is taken on the platform at Nîmes, where a bakery opens an hour early on the days in
question. Crème brûlée is not on offer, but the brioche is warm. Forty minutes later the journey
goes on behind a locomotive from Spain, whose driver is said to slow down for the flamingos near the
étang.

Whether the train returns next year depends on the railways. The coach was built in 1964 and needs a
new brake test, for which only one workshop, in Malmö, still has the equipment. A spokesman for the
agency said that the détour through Sweden would be advertised as a special trip, naïve as that may
sound.
"""),
)

WIRE: Final = Newspaper(
    host="wire",
    name="Northern Wire",
    tagline="Agency reports, around the clock",
    entries=(
        Entry(GRAIN),
        Entry(GLACIER_FR),
        Entry(TEXTILE),
        Entry(POSTAL, link="go"),
        Entry(NOTHING, page_status=404),
    ),
    prepared=(OBSERVATORY,),
)
