"""The words and sentence patterns that bulk articles are put together from.

A pattern keeps its fixed runs of words short, so that two articles that happen to draw the same
pattern still share few runs of four words.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for phrase in text.split("|"))


TOWNS: Final = _words(
    """Aalborg Aarau Abingdon Alkmaar Ambleside Annecy Arbroath Aveiro Avila Banbury Bayreuth
    Bergamo Biella Bodmin Braga Bregenz Brixen Bruges Buxton Cahors Carlow Chur Clonmel Colmar
    Como Cuenca Delft Detmold Dinan Dole Dornbirn Dundalk Eger Elgin Ennis Esbjerg Evora Faro
    Feldkirch Flensburg Forfar Frome Fulda Galashiels Gorizia Goslar Gouda Graz Guarda Gubbio Hameln
    Hawick Hexham Hoorn Horsens Husum Ivrea Jaca Jena Kalmar Keswick Kilkenny Kolding Konstanz
    Kufstein Lahti Lanark Landshut Lecce Leoben Lewes Lienz Lucca Ludlow Lugo Malvern Matlock
    Meissen Melk Merano Mold Morlaix Naas Namur Narvik Nevers Novara Oakham Odense Olot Oulu
    Padstow Passau Peebles Penrith Pistoia Plauen Pori Potenza Quedlinburg Quimper Ravenna Redruth
    Ribe Rodez Roskilde Rovigo Salins Savona Segovia Settle Siena Skipton Sligo Soria Stade
    Stirling Teruel Thurso Tournai Tralee Trento Tromso Truro Udine Vaasa Vannes Varese Verdun
    Viborg Villach Viseu Volterra Wells Whitby Wismar Xanten Ypres Yverdon Zadar Zamora Zwolle"""
)
THINGS: Final = _phrases(
    """footbridge|swimming pool|market hall|bus depot|town archive|tram line|water tower|bandstand
    |ice rink|cycle path|railway station|grammar school|windmill|theatre|public bath|town hall clock
    |allotment site|fire station|recycling yard|cattle market|nursery|health centre|skate park
    |art school|sports hall|cable car|canal lock|quarry|cider press|botanical garden|observatory
    |cinema|chapel roof|playground|post office|car park|pumping station|sawmill|music school
    |youth club|village shop|dairy|reservoir|pottery|campsite|printing works|roundabout
    |wind farm|seed bank|boathouse|ski jump|concert hall|toll house|night shelter|food bank
    |farmers' cooperative|veterinary clinic|brass band room|model railway|tile factory|bell tower"""
)
BODIES: Final = _phrases(
    """parish council|county engineers|housing office|chamber of trade|tenants' association
    |heritage trust|highways department|regional assembly|water company|teachers' union
    |auditors|planning committee|fire service|retailers' guild|school governors|cyclists' club
    |hospital trust|insurance fund|savings bank|bus operator|harbour master's office
    |weather service|youth parliament|sports federation|civic society|forestry office
    |energy utility|statistics bureau|church wardens|consumer council|landowners' group"""
)
SAYS: Final = _phrases(
    """announced|argued|confirmed|complained|calculated|conceded|insisted|estimated|warned|reported
    |explained|predicted|noted|promised|suggested|admitted|stressed|claimed|wrote|repeated"""
)
ADJECTIVES: Final = _phrases(
    """ageing|ambitious|awkward|brief|careful|cheap|cheerful|complicated|costly|cramped|delayed
    |disputed|draughty|elaborate|expected|familiar|forgotten|generous|half-finished|handsome|hasty
    |improvised|informal|leaking|long-awaited|makeshift|modest|narrow|noisy|orderly|overdue|patient
    |popular|provisional|quiet|reluctant|sensible|shabby|sober|spacious|stubborn|sudden|temporary
    |thorough|timely|tireless|unloved|unusual|useful|welcome|well-kept|worn"""
)
NOUNS: Final = _phrases(
    """agreement|appeal|audit|bargain|budget|campaign|ceremony|compromise|contract|debate|deadline
    |decision|delay|design|donation|drawing|estimate|exhibition|experiment|extension|fee|grant
    |hearing|inspection|inventory|invoice|lease|letter|licence|list|loan|meeting|model|notice
    |objection|permit|petition|plan|proposal|questionnaire|rehearsal|repair|report|reserve|rule
    |schedule|shortage|sketch|study|subsidy|survey|tender|timetable|trial|verdict|vote|workshop"""
)
PEOPLE: Final = _phrases(
    """neighbours|pupils|pensioners|shopkeepers|commuters|volunteers|apprentices|gardeners|visitors
    |drivers|nurses|bakers|students|tenants|musicians|carpenters|farmers|cleaners|anglers|walkers
    |parents|lorry drivers|electricians|beekeepers|referees|stallholders|archivists|bricklayers"""
)
VERBS: Final = _phrases(
    """repair|postpone|enlarge|repaint|insure|lease|inspect|heat|dismantle|relocate|measure|finance
    |replace|rename|reopen|rebuild|drain|fence|illuminate|modernise|photograph|rent|restore|sell
    |shorten|simplify|subsidise|survey|close|widen|reinforce|ventilate"""
)
PARTS: Final = _phrases(
    """roof|cellar|staircase|eastern wing|boiler|forecourt|drain|wiring|north wall|gutter|gate
    |floor|ticket office|ramp|signpost|foundation|lighting|car park|kitchen|archive room
    |scaffolding|old pump|weighbridge|courtyard|fence|chimney|bicycle stand|lift|paving"""
)
REASONS: Final = _phrases(
    """frost|vandalism|rising rents|woodworm|new safety rules|a burst pipe|falling numbers
    |staff shortages|a clerical slip|heavy lorries|subsidence|dearer steel|a summer drought
    |poor drainage|a lost key|nesting swifts|an expired permit|late deliveries|sick leave|high tides
    |missing receipts|a lightning strike|strong demand|old asbestos|a cable theft|snow|dry rot"""
)
MONTHS: Final = _words(
    "January February March April May June July August September October November December"
)
WEEKDAYS: Final = _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
UNITS: Final = _phrases(
    """metres|hours|tonnes|euros|households|seats|litres|pages|signatures|working days|square metres
    |kilometres|vehicles|members|bricks|tickets|trees|lamps|crates|entries"""
)
SECTIONS: Final = ("Local", "Work", "Culture", "Transport", "Schools", "Money", "Sport", "Weather")

TITLES: Final = (
    "{Town} {thing}: {body} {says} {adj} {noun}",
    "{Adj} {noun} for the {thing} in {town}",
    "{People} and {people} want to {verb} the {thing} of {town}",
    "{Town} to {verb} its {thing} after {reason}",
    "{Number} {unit}: what the {thing} in {town} needs by {month}",
    "{Adj} {part}, {adj} {noun}: {town} looks at its {thing}",
    "{Reason} and a {noun}: the {thing} of {town} waits until {month}",
)
LEADS: Final = (
    "The {thing} in {town} faces a {adj} {noun} after {reason} left its {part} {adj} in {month}.",
    "A {adj} {noun} will decide by {month} whether {town} can {verb} its {thing}.",
    "{People} in {town} learned on {weekday} that {reason} will cost the {thing} {number} {unit}.",
    "With {number} {unit} to spare, {town} set out on {weekday} to {verb} its {adj} {thing}.",
    "After {number} {unit} and a {adj} {noun}, the {thing} of {town} has a new {part}.",
    "On {weekday} the {body} of {town} presented a {adj} {noun} on the {thing}.",
    "Nobody in {town} had expected a {adj} {noun}, least of all the {people} at the {thing}.",
)
SENTENCES: Final = (
    "A {adj} {noun} in {month} had counted {number} {unit}, while the {body} found only {number}.",
    "{People} from {other} offered to {verb} the {part}, if {people} paid {number} euros.",
    "The {body} {says} that {reason} and {reason} had turned a {adj} {noun} into a {adj} {noun}.",
    "Between {month} and {month}, {number} {unit} passed through {other} because of {reason}.",
    "To {verb} the {part} takes {small} weeks, to {verb} the {part} {number} days.",
    "On {weekday} a {adj} {noun} brought {small} {people} and {number} {people} to {other}.",
    "In {other}, where a {adj} {thing2} met {reason} in {year}, the {body} chose to {verb} it.",
    "Of {number} {people} questioned, {small} in a hundred called the {part} {adj} or {adj}.",
    "{Reason} delayed the {adj} {noun} until {month}, {says} the {body} on {weekday}.",
    "Should {reason} return before {month}, {people} will {verb} the {part} with {number} {unit}.",
    "The {noun} of {year} mentioned {reason}, {number} {unit} and a {adj} {part}, but no {noun}.",
    "Its {part}, {adj} since {year}, is worth {number} euros to the {body} of {other}.",
    "{Small} {people} spent {weekday} carrying {number} {unit} from {other} past the {adj} {part}.",
    "Any {adj} {noun} needs {small} votes, and {people} from {other} hold {small} of them.",
    "Prices in {other} rose by {small} per cent in {month}, which {people} blame on {reason}.",
    "Last {month} the {body} lent {other} {number} {unit} for a {adj} {thing2}.",
    "{People} prefer a {adj} {part} to a {adj} {noun}, the {body} {says} in {month}.",
    "Neither {reason} nor a {adj} {noun} kept {number} {people} from {other} away on {weekday}.",
    "Since {year}, {small} {thing2} projects between {town} and {other} have failed for {reason}.",
    "A {noun} worth {number} euros lapsed in {month} after {people} misread a {adj} {noun}.",
    "Where the {adj} {part} stands today, {people} kept {number} {unit} until {reason} in {year}.",
    "{Adj} as the {noun} was, {small} {people} from {other} signed it by {weekday}.",
    "Engineers from {other} tapped the {part}, measured {number} {unit} and blamed {reason}.",
    "For {people} the {noun} means {small} extra hours; for {people}, {number} euros by {month}.",
    "The {body} would sooner {verb} the {part} than {verb} a {adj} {thing2} after {small} years.",
    "Until {weekday}, {number} {unit} from {other} sat unused beside the {adj} {part}.",
    "{Number} {unit} went to {other}, {small} to {town2}, and {reason} claimed {small} more.",
    "Only in {month} did {people} notice {reason} under the {part}, {says} the {body}.",
    "Half a {adj} {noun}, {number} {unit} and {small} {people}: {other} had less in {year}.",
    "From {month}, {people} may {verb} the {part} on every second {weekday} for {small} euros.",
    "Critics among the {people} of {other} fear {reason}, {reason} and a {adj} {noun}.",
    "When {other} tried to {verb} a {thing2} in {year}, {small} {people} lodged a {adj} {noun}.",
    "{Town2} and {other} share a {adj} {thing2}, {number} {unit} and, since {month}, a {noun}.",
    "Tickets cost {small} euros for {people}, {small} for {people} and nothing during {reason}.",
    "By {weekday} the {adj} {noun} had reached {other}, {number} {unit} later than {people} hoped.",
    "Insurers valued the {part} at {number} euros, a {adj} {noun} after {reason} in {month}.",
)
