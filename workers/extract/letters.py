"""Which letters languages use, most frequent first: what tells encodings apart.

Orders are those of general letter counts, from common knowledge; they need not be exact, because a wrong
encoding turns most letters into ones that the language does not have at all.
"""

from __future__ import annotations

# Beyond ASCII, of languages in Latin letters, by BCP 47 code. `_` ends the letters that are common. English
# has marks where the others have letters.
LATIN = {
    "en": "’“”—–é£…½©·°×²®¼¾³§¶¢ñöüáíóèçïâêàäãåøúëôîßæ",
    "de": "üäöß_é",
    "fr": "éàèêçôîâûùœëï",
    "es": "óíáéñú_ü¿¡ªº",
    "pt": "ãçáéóêíõúâôà_ªº",
    "it": "àèòùìé",
    "sv": "äåö_é",
    "fi": "äö_å",
    "da": "åøæ_é",
    "is": "ðáíþóæöéúý",
    "nl": "ëéïèü_öó",
    "ca": "óàéíèçòúïü·",
    "ga": "áíéóú",
    "et": "äõüö_šž",
    "sq": "ëç",
    "pl": "łęóążśćńź",
    "cs": "íáěéřčžýšůúťňďó",
    "sk": "áíéčžýšúľťôňďäóŕĺ",
    "hu": "áéőöóíüúű",
    "sl": "čšž_ćđ",
    "hr": "čšžćđ",
    "ro": "ăşţîâșț",
    "lt": "ėšųžąįūčę",
    "lv": "āīēšūņžļķčģ",
    "tr": "ıüşçğö_âîİ",
}

# Of languages in other letters, the whole alphabet.
OTHER = {
    "ru": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "uk": "оаниівтерсклдмупязбгьчйхцжюїєщфшґ",
    "be": "анаіеорсылцтквякдмупьзбчйгжшюхўэфё",
    "bg": "аоиентрсвлдкпзмгябъужчцшщхфюйь",
    "sr": "аоиенрстујвкдпмлбзгчцшхљњћжђџф",
    "el": "αοιετσνηυρπκμλςωδάίγέόχήθύφώβξζψϊϋΐΰ",
    "he": "יוהלארתמבשנדעםקחפכטגצזסןךץף",
    "ar": "الينمورتبعدسفهكقحةجشصأخىذطثزإضغظئءؤآ،",
    "fa": "ایردنهموتبسشکزفگخقعپحجچطصآذلغظئضثژء",
    "th": "านรอกเง่มยลวดทส้ะตัปบคีิหแจพชขใไโื็ุูำถซธณ์ผภศึษๆฟฝฐ",
}

_CHINESE = (
    "的一是不了在人有我他中大上和地到以要就出可也你生能而子那得下自之年作用道行所然家事成方多去法如都同面起看定天分好"
    "小部其些主心本前但因只想日者意力它把十民第公此已工使情明性知全三又正外高由很最重物手向文政美相被利什二等或新己制身"
    "果加西斯月合回特代信表化老世位次度任常先海通教原立及比水名真走各入口平系更打女四神何安少才反受目太量再感建必件期市"
    "直德命山金指克保至形社便空治展科司五基眼非白界光放即像且思王象完式色路南品住告求程北死交取拉格望共清今切院候"
)
_SIMPLIFIED = (
    "这个们来为国说时会对于着过发后里种经么学现当没动还进样她开从实军无与长机关点业将两间问并应战头体见产话内给门儿东声提员"
    "解论处义几认条气题活尔别变总电数报结务做接场计管资许统区队决马书则听却达强难权设记类据边张该规万觉术领确传师观让识带导"
    "争运"
)
_TRADITIONAL = (
    "這個們來為國說時會對於著過發後裡種經麼學現當沒動還進樣她開從實軍無與長機關點業將兩間問並應戰頭體見產話內給門兒東聲提員"
    "解論處義幾認條氣題活爾別變總電數報結務做接場計管資許統區隊決馬書則聽卻達強難權設記類據邊張該規萬覺術領確傳師觀讓識帶導"
    "爭運嘅"
)
_KANJI = (
    "日一国人年大十二本中長出三時行見月後前生五間上東四今入学高円子外来気小山話女北書名水電語聞車何南会同事自社発者地業方新場"
    "員立開手力問代明動京目通言理体主題意不作用度公持思家世多安院心教文重近考知道物使計特私始運終住真有口町工建切転着病政府市"
    "民党"
)
_KANA = "".join(chr(number) for number in (*range(0x3041, 0x3097), *range(0x30A1, 0x30FD)))
_HANGUL = (
    "이다는에의가을고를하한은지로사시기어도자리인대나서해그수정보아있과일들제여것라장전주부스만구원상미계우실성비마으조공면오연게"
    "위동신할경국간적관모무방소선생세안년월했니요등까며습데러때말더없않였었된되될"
)
_MARKS = "、。「」・，：；！？（）《》“”"

# What half of the characters of any text are among, by encoding.
FREQUENT = {
    "gb18030": frozenset(_CHINESE + _SIMPLIFIED + _MARKS),
    "big5hkscs": frozenset(_CHINESE + _TRADITIONAL + _MARKS),
    "cp932": frozenset(_KANA + _KANJI + _MARKS),
    "euc_jp": frozenset(_KANA + _KANJI + _MARKS),
    "cp949": frozenset(_HANGUL),
}

# Encodings of one byte a letter, and what is written in them. Of two that fit alike the first is taken.
SINGLE_BYTE = {
    "cp1252": "en de fr es pt it sv fi da is nl ca ga et sq",
    "cp1250": "pl cs sk hu sl hr ro de sq",
    "iso8859-2": "pl cs sk hu sl hr ro de sq",
    "iso8859-15": "en de fr es pt it sv fi da is nl ca ga et sq",
    "cp1254": "tr",
    "cp1257": "lt lv et",
    "cp1251": "ru uk be bg sr",
    "koi8-u": "ru uk",
    "iso8859-5": "ru uk be bg sr",
    "cp866": "ru be bg",
    "cp1253": "el",
    "iso8859-7": "el",
    "cp1255": "he",
    "cp1256": "ar fa",
    "iso8859-6": "ar",
    "cp874": "th",
}
