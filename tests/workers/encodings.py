"""Sentences of our own in many languages, and the encodings that pages in them are found in."""

from __future__ import annotations

# ruff: noqa: RUF001 - the characters are the point
from dataclasses import dataclass

from workers.extract.decode import decode


@dataclass(frozen=True)
class Sample:
    """A text, its language, the encodings it may come in, and one that is often declared wrongly."""

    language: str
    text: str
    codecs: tuple[str, ...]
    wrong: str

    def encoded(self, codec: str, text: str | None = None) -> bytes:
        """The text with the marks that a codec does not have replaced as its typists did."""
        plain = (text or self.text).translate(_PLAIN) if codec in _WITHOUT_QUOTES else text
        return (plain or self.text).encode(codec)


_PLAIN = str.maketrans("“”„’–—«»", '"""\'--""')
_WITHOUT_QUOTES = frozenset(
    {
        *("iso8859-1", "iso8859-2", "iso8859-5", "iso8859-7", "iso8859-9", "iso8859-15", "cp866"),
        *("koi8-r", "koi8-u", "iso8859-4", "iso8859-13", "iso8859-6", "iso8859-8"),
    }
)

_WEST = ("cp1252", "iso8859-1", "iso8859-15")
_EAST = ("cp1250", "iso8859-2")

SAMPLES = (
    Sample(
        "German",
        "Die Behörde hat am Dienstag angekündigt, dass die Brücke über den Fluss für drei Monate "
        "gesperrt wird. Schüler müssen künftig einen größeren Umweg nehmen – „das ist ärgerlich“, "
        "sagte ein Vater. Die Züge fahren weiterhin pünktlich.",
        _WEST,
        "iso8859-2",
    ),
    Sample(
        "French",
        "Le conseil municipal a décidé mardi que le marché serait déplacé près de la gare dès "
        "l’été prochain. Les commerçants, eux, ont été prévenus très tard : « Ça nous a étonnés », "
        "a déclaré une fleuriste, âgée de soixante ans, à côté de l’hôtel.",
        _WEST,
        "cp1250",
    ),
    Sample(
        "Spanish",
        "El alcalde anunció el miércoles que la estación cerrará durante el otoño. Según los "
        "vecinos, la decisión llegó tarde y sin explicación; también los niños del colegio tendrán "
        "que caminar más. ¿Qué pasará después? Nadie lo sabe todavía.",
        _WEST,
        "koi8-r",
    ),
    Sample(
        "Portuguese",
        "A administração informou na terça-feira que a estação não abrirá antes do verão. Os "
        "moradores já não acreditam nas promessas: “são só palavras”, disse uma avó. Haverá três "
        "reuniões até ao fim do mês, à noite, na câmara.",
        _WEST,
        "cp1251",
    ),
    Sample(
        "Swedish",
        "Kommunen meddelade på tisdagen att bron över ån stängs från och med måndag. Många "
        "pendlare måste åka en längre väg, säger en talesperson. Färjan går som vanligt även på "
        "lördagar, och skolorna öppnar först när vägen är färdig.",
        _WEST,
        "shift_jis",
    ),
    Sample(
        "Icelandic",
        "Bæjarstjórnin tilkynnti á þriðjudag að brúin yfir ána yrði lokuð í þrjá mánuði. Íbúar "
        "segja að þetta komi of seint og að börnin þurfi að fara lengri leið. Það á að opna "
        "veginn aftur í sumar, þegar veðrið er orðið betra.",
        _WEST,
        "cp1250",
    ),
    Sample(
        "Polish",
        "Władze miasta ogłosiły we wtorek, że most nad rzeką zostanie zamknięty na trzy miesiące. "
        "Mieszkańcy są źli: „nikt nas nie zapytał”, mówi jeden z sąsiadów. Dzieci będą jeździć do "
        "szkoły dłuższą drogą, a pociągi pojadą później.",
        _EAST,
        "iso8859-1",
    ),
    Sample(
        "Czech",
        "Vedení města v úterý oznámilo, že most přes řeku bude na tři měsíce uzavřen. Lidé se "
        "zlobí: „nikdo se nás neptal“, říká jeden ze sousedů. Děti budou jezdit do školy delší "
        "cestou a vlaky pojedou později než dříve.",
        _EAST,
        "cp1252",
    ),
    Sample(
        "Hungarian",
        "A város vezetése kedden közölte, hogy a folyó fölötti hidat három hónapra lezárják. A "
        "lakók dühösek: „senki sem kérdezett meg minket”, mondta egy idősebb nő. A gyerekek "
        "hosszabb úton mennek az iskolába, a vonatok később indulnak, őszig biztosan.",
        _EAST,
        "iso8859-1",
    ),
    Sample(
        "Slovenian",
        "Občina je v torek sporočila, da bo most čez reko tri mesece zaprt. Prebivalci so jezni, "
        "saj jih nihče ni vprašal. Učenci bodo hodili v šolo po daljši poti, težave pa naj bi "
        "končali že jeseni, če bo vreme primerno.",
        _EAST,
        "cp1252",
    ),
    Sample(
        "Romanian",
        "Primăria a anunţat marţi că podul de peste râu va fi închis timp de trei luni. Locuitorii "
        "sunt supăraţi: nimeni nu i-a întrebat, spune un vecin. Copiii vor merge la şcoală pe un "
        "drum mai lung, iar trenurile vor pleca mai târziu decât înainte.",
        _EAST,
        "cp1252",
    ),
    Sample(
        "Lithuanian",
        "Miesto valdžia antradienį pranešė, kad tiltas per upę bus uždarytas trims mėnesiams. "
        "Gyventojai pyksta, nes jų niekas neklausė. Vaikai į mokyklą važiuos ilgesniu keliu, o "
        "traukiniai išvyks vėliau, tačiau žiemą viskas turėtų būti baigta.",
        ("cp1257", "iso8859-13"),
        "cp1252",
    ),
    Sample(
        "Turkish",
        "Belediye salı günü, nehrin üzerindeki köprünün üç ay kapalı kalacağını açıkladı. Bölge "
        "sakinleri kızgın: kimse bize sormadı, diyor yaşlı bir komşu. Öğrenciler okula daha uzun "
        "bir yoldan gidecek, trenler ise eskisinden geç kalkacak.",
        ("cp1254", "iso8859-9"),
        "iso8859-2",
    ),
    Sample(
        "Greek",
        "Ο δήμος ανακοίνωσε την Τρίτη ότι η γέφυρα πάνω από τον ποταμό θα μείνει κλειστή για τρεις "
        "μήνες. Οι κάτοικοι είναι θυμωμένοι, αφού κανείς δεν τους ρώτησε. Τα παιδιά θα πηγαίνουν "
        "στο σχολείο από άλλο δρόμο.",
        ("cp1253", "iso8859-7"),
        "cp1252",
    ),
    Sample(
        "Russian",
        "Власти города сообщили во вторник, что мост через реку закроют на три месяца. Жители "
        "недовольны: «нас никто не спросил», говорит один из соседей. Дети будут ездить в школу "
        "более долгой дорогой, а поезда пойдут позже обычного.",
        ("cp1251", "koi8-r", "iso8859-5", "cp866"),
        "cp1252",
    ),
    Sample(
        "Ukrainian",
        "Міська влада повідомила у вівторок, що міст через річку закриють на три місяці. Мешканці "
        "незадоволені: нас ніхто не питав, каже один із сусідів. Діти їздитимуть до школи довшою "
        "дорогою, а потяги вирушатимуть пізніше, ніж зазвичай.",
        ("cp1251", "koi8-u"),
        "iso8859-5",
    ),
    Sample(
        "Bulgarian",
        "Общината съобщи във вторник, че мостът над реката ще бъде затворен за три месеца. "
        "Жителите са недоволни: никой не ни попита, казва един от съседите. Децата ще пътуват до "
        "училище по по-дълъг път, а влаковете ще тръгват по-късно.",
        ("cp1251",),
        "cp1252",
    ),
    Sample(
        "Hebrew",
        "העירייה הודיעה ביום שלישי כי הגשר מעל הנחל ייסגר לשלושה חודשים. התושבים כועסים: אף אחד "
        "לא שאל אותנו, אומר אחד השכנים. הילדים ייסעו לבית הספר בדרך ארוכה יותר.",
        ("cp1255", "iso8859-8"),
        "cp1252",
    ),
    Sample(
        "Arabic",
        "أعلنت البلدية يوم الثلاثاء أن الجسر فوق النهر سيغلق لمدة ثلاثة أشهر. السكان غاضبون لأن "
        "أحدا لم يسألهم، كما يقول أحد الجيران. وسيذهب الأطفال إلى المدرسة من طريق أطول.",
        ("cp1256", "iso8859-6"),
        "cp1252",
    ),
    Sample(
        "Thai",
        "เทศบาลแจ้งเมื่อวันอังคารว่าจะปิดสะพานข้ามแม่น้ำเป็นเวลาสามเดือน ชาวบ้านไม่พอใจเพราะไม่มีใคร"
        "ถามพวกเขา เด็กนักเรียนต้องไปโรงเรียนด้วยเส้นทางที่ไกลกว่าเดิม",
        ("cp874",),
        "cp1252",
    ),
    Sample(
        "Japanese",
        "市は火曜日、川にかかる橋を三か月間閉鎖すると発表した。住民は「誰にも聞かれなかった」と怒っている。"
        "子どもたちは遠回りをして学校に通うことになり、列車の出発もこれまでより遅くなるという。",
        ("shift_jis", "euc_jp", "iso2022_jp"),
        "cp1252",
    ),
    Sample(
        "Korean",
        "시는 화요일 강을 가로지르는 다리를 석 달 동안 폐쇄한다고 발표했다. 주민들은 아무도 우리에게 묻지 "
        "않았다며 화를 냈다. 아이들은 더 먼 길로 학교에 다녀야 하고 기차도 전보다 늦게 출발한다.",
        ("euc_kr", "cp949"),
        "cp1252",
    ),
    Sample(
        "Chinese, simplified",
        "市政府星期二宣布，河上的大桥将关闭三个月。居民们很生气，一位邻居说：“没有人问过我们。”孩子们上学"
        "要走更远的路，火车也会比以前晚开，工程预计在秋天结束。",
        ("gb2312", "gbk", "gb18030"),
        "cp1252",
    ),
    Sample(
        "Chinese, traditional",
        "市政府星期二宣布，河上的大橋將關閉三個月。居民們很生氣，一位鄰居說：「沒有人問過我們。」孩子們上學"
        "要走更遠的路，火車也會比以前晚開，工程預計在秋天結束。",
        ("big5",),
        "cp1252",
    ),
)


def page(text: str, charset: str | None) -> str:
    """A page around a text, with the usual amount of ASCII."""
    named = f'<meta charset="{charset}">' if charset else ""
    menu = "".join(f'<li><a href="/section/{n}/index.html">Section {n}</a></li>' for n in range(20))
    return (
        f"<!doctype html><html><head>{named}<title>News</title><script>var a = 1;</script></head>"
        f'<body><ul class="menu">{menu}</ul><p class="lead">{text}</p><p>Copyright</p></body></html>'
    )


def cases(declared: str) -> list[tuple[Sample, str]]:
    """Every sample in every encoding of its own.

    Args:
        declared: `right`, `none` or `wrong`: what the page says of its encoding.
    """
    assert declared in {"right", "none", "wrong"}
    return [(sample, codec) for sample in SAMPLES for codec in sample.codecs]


def content_of(sample: Sample, codec: str, declared: str, text: str | None = None) -> bytes:
    """A page with the sample in it, as bytes."""
    named = {"right": codec, "none": None, "wrong": sample.wrong}[declared]
    before, after = page("\0", named).encode("ascii").split(b"\0")
    return before + sample.encoded(codec, text) + after


def expected(sample: Sample, codec: str, text: str | None = None) -> str:
    """The text that has to come out."""
    return sample.encoded(codec, text).decode(codec)


def first_sentence(text: str) -> str:
    """A text up to its first full stop, or its first words where it has none."""
    stop = min((at for mark in ".。" if (at := text.find(mark)) > 0), default=text.find(" "))
    return text[: stop + 1]


def is_right(sample: Sample, codec: str, declared: str, text: str | None = None) -> bool:
    """Whether our decoding gets the text."""
    return expected(sample, codec, text) in decode(content_of(sample, codec, declared, text))
