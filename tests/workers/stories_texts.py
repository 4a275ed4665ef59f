"""Small made-up news about places and offices, several reports of each event."""

from __future__ import annotations

FIRE_AARHUS = (
    (
        "Fire closes the harbour of Aarhus. Firefighters from Aarhus and Randers fought a blaze in a grain silo on "
        "Tuesday. The Port of Aarhus said 3 ships had to leave the East Dock. Nobody was hurt."
    ),
    (
        "A blaze in a grain silo has closed the Port of Aarhus. Three ships left the East Dock on Tuesday after "
        "firefighters from Randers were called. The cause of the fire is not known, the Port of Aarhus said."
    ),
    (
        "The East Dock in Aarhus stays closed after Tuesday's silo fire, the Port of Aarhus announced. Grain worth "
        "12 million crowns was lost in the blaze that firefighters from Randers and Aarhus put out."
    ),
    (
        "Silo fire: the Port of Aarhus opens the East Dock again. Firefighters left on Thursday, ships with grain may "
        "enter Aarhus. Randers sent 40 firefighters to the blaze on Tuesday."
    ),
)
FIRE_BREMEN = (
    (
        "Fire closes a harbour basin in Bremen. Firefighters fought a blaze in a timber hall at the Weser on "
        "Saturday. The Senate of Bremen said 70 people had to leave Gröpelingen. Nobody was hurt."
    ),
    (
        "A blaze in a timber hall has closed a harbour basin in Bremen. 70 people left Gröpelingen on Saturday, the "
        "Senate of Bremen said. Smoke drifted over the Weser for hours."
    ),
    (
        "Timber burns at the Weser: the Senate of Bremen warned people in Gröpelingen of smoke on Saturday. 70 of them "
        "were brought to a school. Firefighters from Bremen stayed all night."
    ),
)
BUDGET = (
    (
        "The Ministry of Finance in Oslo presented a budget with 900 million for the railway to Bergen. The Storting "
        "votes in December. The Office of the Auditor General had asked for it."
    ),
    (
        "More money for the railway to Bergen: the budget of the Ministry of Finance in Oslo holds 900 million. The "
        "Storting is to vote on it in December."
    ),
)
QUAKE_DE = (
    (
        "Ein Erdbeben der Stärke 5,8 hat am Mittwoch die Insel Kefalonia erschüttert. Das Geodynamische Institut in "
        "Athen meldete mehr als 30 Nachbeben. In Argostoli stürzten Mauern ein."
    ),
    (
        "Auf Kefalonia hat am Mittwoch die Erde gebebt. Die Stärke gab das Geodynamische Institut in Athen mit 5,8 an. "
        "Mauern in Argostoli sind eingestürzt, es gab 30 Nachbeben."
    ),
)
STRIKE_FR = (
    (
        "La Régie des transports de Lyon annonce une grève des conducteurs du métro jeudi 16 octobre. Les lignes A et B "
        "seront fermées à Villeurbanne, selon la Métropole de Lyon."
    ),
    (
        "Grève à Lyon : jeudi 16 octobre, les conducteurs du métro ne travailleront pas. La Métropole de Lyon et la "
        "Régie des transports ferment les lignes A et B jusqu'à Villeurbanne."
    ),
)
ALL = (FIRE_AARHUS, FIRE_BREMEN, BUDGET, QUAKE_DE, STRIKE_FR)
LANGS = ("en", "en", "en", "de", "fr")
