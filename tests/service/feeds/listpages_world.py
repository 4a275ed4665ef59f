"""Pages that list articles in other languages than English, and all layouts together; see `listpages`."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from tests.service.feeds import listpages
from tests.service.feeds.listpages import FOOTER, A, menu, page, slug

CHINESE = (
    "市议会批准新建港口大桥",
    "连续降雨导致河水上涨",
    "百年一遇洪水中的小面包店",
    "三个镇共用一个游泳池",
    "渡轮晚点原因查明",
    "北部山谷有望迎来丰收",
    "最后的灯塔守护人专访",
)
JAPANESE = (
    "港の新しい橋、市議会が承認",
    "大雨で川の水位が上昇、避難指示",
    "洪水を乗り越えた小さなパン屋",
    "三つの町が一つのプールを共有",
    "フェリー遅延の原因判明",
)
RUSSIAN = (
    "Городской совет одобрил новый мост через гавань",
    "Дожди продолжатся до конца недели",
    "Как маленькая пекарня пережила наводнение",
    "Три посёлка делят один бассейн",
    "Почему опоздал паром",
)


def chinese() -> str:
    """A portal's list: channels above, headlines in list items."""
    rows = "".join(
        f'<li><a href="/2026/0312/c{1004 + n}-3270{n}881.html" target="_blank" {A}>{title}</a><em>2026-03-12</em></li>'
        for n, title in enumerate(CHINESE)
    )
    channels = "".join(
        f'<a href="/{name}/">{title}</a>'
        for name, title in (
            ("politics", "时政"),
            ("world", "国际"),
            ("finance", "财经频道"),
            ("video", "视频"),
        )
    )
    return page(
        f'<div class="channel">{channels}</div><div class="w1000"><ul class="list_16">{rows}</ul><div class="page_n clearfix"><a href="index2.html">下一页</a></div></div><div class="foot"><a href="/about.html">关于我们</a></div>',
        "新闻",
        "zh",
    )


def japanese() -> str:
    """Cards whose text stands in paragraphs."""
    rows = "".join(
        f'<li class="item"><a href="/articles/ASR3D5Q{n}.html" {A}><p class="ttl">{title}</p><p class="time">3月12日</p></a></li>'
        for n, title in enumerate(JAPANESE)
    )
    return page(
        menu('<div class="gnav"><nav>{}</nav></div>', ("トップ", "社会", "経済", "スポーツ"))
        + f'<div class="newslist"><ul>{rows}</ul></div>',
        lang="ja",
    )


def russian() -> str:
    """A news ticker: times and headlines."""
    rows = "".join(
        f'<div class="news-item"><span>1{n}:20</span><a href="/news/2026031{n}/15{n}02938.html" {A}>{title}</a></div>'
        for n, title in enumerate(RUSSIAN)
    )
    return page(
        f'<div class="header"><div class="header__menu"><a href="/politics/">Политика</a><a href="/economy/">Экономика</a></div></div><div class="lenta">{rows}</div><div class="tags"><a href="/tag_navodnenie/">Наводнение в долине и на побережье</a></div>',
        lang="ru",
    )


SPANISH = (
    "El ayuntamiento aprueba un nuevo puente sobre el puerto",
    "Lluvias",
    "Cómo una panadería sobrevivió a la riada del siglo",
    "Tres pueblos comparten una piscina",
    "Por qué llegó tarde el ferri",
    "Cosecha récord en los valles del norte",
)


def diario() -> str:
    """A Spanish regional paper: kickers that are links, columnists, "ver más"."""
    rows = "".join(
        f'<article class="voc-d"><a class="voc-kicker" href="/provincia/">Provincia</a><h2 class="voc-title"><a href="/provincia/{slug(title)}-2026031{n}1200-nt.html" {A}>{title}</a></h2><span class="voc-author"><a href="/autor/maria-de-la-sierra-y-valle/">María de la Sierra y Valle</a></span></article>'
        for n, title in enumerate(SPANISH)
    )
    columns = "".join(
        f'<div class="opinion"><a href="/opinion/{slug(title)}-20260312-nts.html" {A}>{title}</a></div>'
        for title in ("La sardina y el puerto viejo", "Contra la prisa", "Elogio del tren lento")
    )
    return page(
        menu('<nav class="voc-nav">{}</nav>', ("Provincia", "Opinión", "Deportes"))
        + f'<div class="voc-main">{rows}<section><h2><a href="/opinion/">Opinión</a></h2>{columns}<a href="/opinion/">Ver más artículos de opinión</a></section></div>'
        + FOOTER,
        lang="es",
    )


ARABIC = (
    "المجلس البلدي يوافق على جسر جديد فوق الميناء",
    "الأمطار مستمرة حتى نهاية الأسبوع",
    "كيف نجا مخبز صغير من فيضان القرن",
    "ثلاث بلدات تتقاسم مسبحا واحدا",
    "لماذا تأخرت العبارة",
)


def arabic() -> str:
    """Arabic, from right to left; the addresses hold the titles in percent-encoding."""
    rows = "".join(
        f'<div class="post-item"><a class="thumb" href="/{quote(slug(title))}/" {A}></a><div class="details"><span class="meta">منذ {n} ساعات</span><h2 class="post-title"><a href="/{quote(slug(title))}/" {A}>{title}</a></h2></div></div>'
        for n, title in enumerate(ARABIC, 2)
    )
    return page(
        f'<header id="theme-header"><ul><li><a href="/category/politics/">سياسة</a></li><li><a href="/category/sport/">رياضة</a></li></ul></header><div class="posts">{rows}</div><div class="pages-nav"><a href="/page/2/">الصفحة التالية من الأخبار</a></div>',
        lang="ar",
    )


def korean() -> str:
    """A Korean portal: a picture and a headline for each, numbers for addresses."""
    titles = (
        "시의회, 항구 새 다리 건설 승인",
        "폭우로 강 수위 상승",
        "백년 만의 홍수를 이겨낸 작은 빵집",
        "세 마을이 수영장 하나를 함께 쓴다",
        "여객선 지연 원인 밝혀져",
    )
    rows = "".join(
        f'<li><div class="thumb"><a href="/article/2026031{n}00981" {A}><img src="{n}.jpg"></a></div><div class="cont"><a href="/article/2026031{n}00981" class="tit" {A}>{title}</a><p class="lead">요약입니다.</p><span class="info">2026.03.1{n} 09:20</span></div></li>'
        for n, title in enumerate(titles)
    )
    return page(
        menu('<div id="gnb">{}</div>', ("정치", "경제", "사회", "문화"))
        + f'<div class="list_body"><ul>{rows}</ul><div class="paging"><a href="?page=2">2</a></div></div>',
        lang="ko",
    )


LAYOUTS: tuple[Callable[[], str], ...] = (
    listpages.cards, listpages.whole_cards, listpages.table, listpages.plain_list, listpages.blog, listpages.home,
    listpages.read_more, listpages.definitions, listpages.local_paper, listpages.aggregator, listpages.ministry,
    listpages.magazine, chinese, japanese, russian, diario, arabic, korean,
)  # fmt: skip
