"""The names of months and time zones that feeds write. Tables, and how a word is looked up in them."""

# ruff: noqa: RUF001 - letters of all scripts are the point here
from __future__ import annotations

import unicodedata

# One language a line, January first; other forms of a month (cases, short forms) behind a stroke.
_MONTHS = """
january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sep|sept october|oct november|nov december|dec
janvier|janv fevrier|fevr|fev mars avril|avr mai juin juillet|juil|juill aout septembre octobre novembre decembre
januar|janner|jaenner|jaen februar|feber marz|maerz|mrz|mar april mai juni|jun juli|jul august september oktober|okt november dezember|dez
enero|ene febrero marzo abril|abr mayo junio julio agosto|ago septiembre|setiembre|set octubre noviembre diciembre|dic
gennaio|gen febbraio|febbr marzo aprile maggio|mag|magg giugno|giu luglio|lug agosto settembre|sett ottobre|ott novembre dicembre
janeiro fevereiro marco abril maio junho julho agosto setembro outubro|out novembro dezembro
januari februari maart|mrt april mei juni juli augustus september oktober november december
januari februari mars april maj juni juli augusti september oktober november december
januar februar marts april maj juni juli august september oktober november december|des|desember
tammikuu|tammikuuta helmikuu|helmikuuta maaliskuu|maaliskuuta huhtikuu|huhtikuuta toukokuu|toukokuuta kesakuu|kesakuuta heinakuu|heinakuuta elokuu|elokuuta syyskuu|syyskuuta lokakuu|lokakuuta marraskuu|marraskuuta joulukuu|joulukuuta
stycznia|styczen|sty lutego|luty|lut marca|marzec kwietnia|kwiecien|kwi maja|maj czerwca|czerwiec|cze lipca|lipiec sierpnia|sierpien|sie wrzesnia|wrzesien|wrz pazdziernika|pazdziernik|paz listopada|listopad grudnia|grudzien|gru
ledna|leden unora|unor brezna|brezen dubna|duben kvetna|kveten cervna|cerven cervence|cervenec srpna|srpen zari rijna|rijen listopadu prosince|prosinec
januara februara marca aprila maja juna jula augusta septembra oktobra novembra decembra
januar februar marcius|marc aprilis majus|maj junius julius augusztus szeptember oktober november december
ianuarie|ian februarie martie aprilie mai iunie|iun iulie|iul august septembrie octombrie|oct noiembrie|noi decembrie
ocak|oca subat|sub mart nisan|nis mayis haziran|haz temmuz|tem agustos|agu eylul|eyl ekim|eki kasım|kasim|kas aralık|aralik|ara
января|январь|янв февраля|февраль|фев|февр марта|март|мар апреля|апрель|апр мая|май июня|июнь|июн июля|июль|июл августа|август|авг сентября|сентябрь|сен|сент октября|октябрь|окт ноября|ноябрь|ноя|нояб декабря|декабрь|дек
січня|січень|січ лютого|лютий|лют березня|березень|бер квітня|квітень|кві травня|травень|тра червня|червень|чер липня|липень|лип серпня|серпень|сер вересня|вересень|вер жовтня|жовтень|жов листопада|листопад|лис грудня|грудень|гру
януари|яну февруари|фев март април|апр май юни юли август|авг септември|септ октомври|окт ноември|ное декември|дек
ιανουαριου|ιανουαριος|ιαν φεβρουαριου|φεβρουαριος|φεβ μαρτιου|μαρτιος|μαρ|μαρτ απριλιου|απριλιος|απρ μαιου|μαιος|μαι ιουνιου|ιουνιος|ιουν|ιον ιουλιου|ιουλιος|ιουλ|ιολ αυγουστου|αυγουστος|αυγ σεπτεμβριου|σεπτεμβριος|σεπ|σεπτ οκτωβριου|οκτωβριος|οκτ νοεμβριου|νοεμβριος|νοε|νοεμ δεκεμβριου|δεκεμβριος|δεκ
sijecnja veljace ozujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga|studenog prosinca
januarja februarja marca aprila maja junija julija avgusta|avgust|avg septembra oktobra novembra decembra
januari|januar februari|pebruari maret april mei juni juli agustus|agt september oktober november|nopember desember|des
gener|gen febrer|febr marc abril maig juny juliol|jul agost|ag setembre|set octubre novembre desembre|des
"""

_HOURS_EAST = {
    **dict.fromkeys("ut utc gmt z wet azot egst zulu".split(), 0.0),
    **dict.fromkeys("bst cet met mez wat west".split(), 1.0),
    **dict.fromkeys("cest mest mesz eet cat sast".split(), 2.0),
    **dict.fromkeys("eest oesz msk trt eat idt".split(), 3.0),
    **dict.fromkeys("msd gst samt".split(), 4.0),
    **dict.fromkeys("pkt uzt yekt".split(), 5.0),
    **dict.fromkeys("ist slst".split(), 5.5),
    "npt": 5.75,
    **dict.fromkeys("bdt omst".split(), 6.0),
    "mmt": 6.5,
    **dict.fromkeys("ict wib krat".split(), 7.0),
    **dict.fromkeys("hkt sgt myt pht wita awst irkt".split(), 8.0),
    **dict.fromkeys("jst kst wit yakt".split(), 9.0),
    "acst": 9.5,
    **dict.fromkeys("aest vlat".split(), 10.0),
    "acdt": 10.5,
    **dict.fromkeys("aedt magt".split(), 11.0),
    "nzst": 12.0,
    "nzdt": 13.0,
    "cvt": -1.0,
    **dict.fromkeys("brst uyst".split(), -2.0),
    "ndt": -2.5,
    **dict.fromkeys("brt art uyt adt clst".split(), -3.0),
    "nst": -3.5,
    **dict.fromkeys("ast edt clt vet bot".split(), -4.0),
    **dict.fromkeys("est cdt et cot pet ect".split(), -5.0),
    **dict.fromkeys("cst mdt ct".split(), -6.0),
    **dict.fromkeys("mst pdt mt".split(), -7.0),
    **dict.fromkeys("pst akdt pt".split(), -8.0),
    "akst": -9.0,
    **dict.fromkeys("hst hast".split(), -10.0),
    "sst": -11.0,
}


def folded(text: str) -> str:
    """Lower case, without accents, compatible forms made equal."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return unicodedata.normalize("NFC", bare)  # Korean syllables come together again


def _month_numbers() -> dict[str, int]:
    numbers: dict[str, int] = {}
    for language in _MONTHS.strip().splitlines():
        for number, names in enumerate(language.split(), start=1):
            for name in names.split("|"):
                # Of a name that two languages give to different months the first language has it.
                numbers.setdefault(folded(name), number)
    return numbers


MONTHS = _month_numbers()
ZONES = {name: round(hours * 60) for name, hours in _HOURS_EAST.items()}
"""Minutes east of Greenwich by the name in lower case. Of those with several meanings the one that
feeds mean most: BST is British, CST central American, IST Indian."""
