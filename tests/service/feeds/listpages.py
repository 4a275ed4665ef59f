"""Pages that list articles, as sites lay them out. The links to articles carry `data-article`; the others are none.

All of them are made up for the tests.
"""

from __future__ import annotations

A = "data-article"
TITLES = (
    "Council approves new harbour bridge after long debate",
    "Rain again",
    "How a small bakery survived the flood of the century",
    "Three towns share one swimming pool",
    "Why the ferry was late",
    "Record harvest expected in the northern valleys",
    "Interview: the last lighthouse keeper looks back",
    "School bus route changes from Monday",
    "Old mill to become a museum",
    "Police find stolen tractor in a pond",
)
GERMAN = (
    "Stadtrat beschließt neue Brücke über den Hafen",
    "Hochwasser: Pegel sinken langsam",
    "Wie eine Bäckerei das Jahrhunderthochwasser überstand",
    "Drei Orte teilen sich ein Schwimmbad",
    "Warum die Fähre zu spät kam",
    "Rekordernte in den Tälern erwartet",
)
MENU = (
    "Home",
    "World",
    "Politics",
    "Science & Environment",
    "Arts and Culture",
    "Sport",
    "Opinion",
    "Video",
)


def slug(title: str) -> str:
    return "-".join(
        "".join(letter if letter.isalnum() else " " for letter in title.lower()).split()
    )


def page(body: str, title: str = "News", lang: str = "en") -> str:
    return f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head><body class="has-sidebar nav-closed">{body}</body></html>'


def menu(form: str, names: tuple[str, ...] = MENU) -> str:
    items = "".join(f'<li><a href="/{slug(name)}">{name}</a></li>' for name in names)
    return form.format(f"<ul>{items}</ul>")


FOOTER = (
    '<footer><a href="/about-us-and-our-history">About us and our long history</a><a href="/privacy">Privacy notice for all readers</a>'
    '<a href="/how-to-reach-the-editors">How to reach the editors by phone</a></footer>'
)


def cards() -> str:
    """A grid of cards: picture, headline, summary, tags and author, each a link."""
    rows = "".join(
        f'<article class="card"><a class="pic" href="/news/{slug(title)}-{4100 + n}" {A}><img src="{n}.jpg" alt=""></a>'
        f'<div class="card__body"><h3><a href="/news/{slug(title)}-{4100 + n}" {A}>{title}</a></h3><p>What happened, in a sentence or two.</p>'
        f'<div class="card__meta"><a href="/author/jane-of-the-valley-desk">Jane of the valley desk</a> <a href="/topics/harbour-and-sea-and-coast">Harbour and sea and coast</a>'
        f'<time datetime="2026-03-{n + 1:02}T08:00:00Z">March {n + 1}</time></div></div></article>'
        for n, title in enumerate(TITLES)
    )
    return page(
        menu("<nav>{}</nav>")
        + f'<main><h1>Latest news</h1><div class="grid">{rows}</div><a href="/news?page=2">More news from the last week</a></main>'
        + FOOTER
    )


def whole_cards() -> str:
    """The whole card is one link; the class names are those of a build tool."""
    rows = "".join(
        f'<div class="css-1x{n}"><a class="css-8atqhb" href="/2026/03/{n + 10}/{slug(title)}.html" {A}><figure><img src="x.jpg"></figure><h2 class="css-b2">{title}</h2><p>A summary of it.</p></a></div>'
        for n, title in enumerate(TITLES)
    )
    top = "".join(
        f'<div class="css-1x{n}"><a class="css-8atqhb" href="/section/{slug(name)}"><span>{name}</span></a></div>'
        for n, name in enumerate(MENU)
    )
    return page(
        f'<div id="app"><div class="css-top">{top}</div><div class="css-list">{rows}</div></div>'
        + FOOTER
    )


def table() -> str:
    """Press releases of an office, in a table."""
    rows = "".join(
        f'<tr><td>{n + 1:02}.03.2026</td><td><a href="pm-{230 + n}.html" {A}>{title}</a></td><td><a href="pm-{230 + n}.pdf">PDF, 120 kB</a></td></tr>'
        for n, title in enumerate(GERMAN)
    )
    left = menu(
        '<div class="left-menu" id="navigation">{}</div>',
        ("Das Amt", "Presse", "Stellenausschreibungen und Ausbildung", "Kontakt"),
    )
    return page(
        left
        + f'<div id="content"><h1>Pressemitteilungen</h1><table><tr><th>Datum</th><th>Titel</th><th></th></tr>{rows}</table></div><div id="footer"><a href="/impressum">Impressum und Angaben zum Datenschutz</a></div>',
        lang="de",
    )


def plain_list() -> str:
    """A personal site: dates and short titles in a list, nothing else."""
    names = (
        "Kafka notes",
        "On sourdough",
        "Moving to NixOS",
        "2025 in review",
        "A week without a phone",
        "Fast enough",
        "Tiny parsers",
        "Graphs",
    )
    rows = "".join(
        f'<li><span class="date">2026-0{n + 1}-12</span> <a href="/posts/{slug(name)}/" {A}>{name}</a></li>'
        for n, name in enumerate(names)
    )
    return page(
        '<header><h1><a href="/">Someone</a></h1><a href="/about/">About</a> <a href="/projects/">Projects</a> <a href="/posts/">Posts</a></header>'
        f'<main><h2>Writing</h2><ul class="posts">{rows}</ul></main><footer><a href="https://social.example/@me">Mastodon</a></footer>'
    )


def blog() -> str:
    """A blog's first page: headlines, "continue reading", categories and tags; a sidebar with archives."""
    rows = "".join(
        f'<article id="post-{n}" class="post-{n} post"><header class="entry-header"><h2 class="entry-title"><a href="/2026/02/{slug(title)}/" rel="bookmark" {A}>{title}</a></h2>'
        f'<span class="byline">by <a href="/author/anna-maria-of-the-lake/">Anna Maria of the Lake</a></span></header><div class="entry-content"><p>Some words, and <a href="https://other.example/2026/a-fine-story-about-this">a fine story about this</a>.</p>'
        f'<a class="more-link" href="/2026/02/{slug(title)}/#more-{n}" {A}>Continue reading</a></div><footer class="entry-footer"><a href="/category/life-in-the-village/" rel="category tag">Life in the village</a> <a href="/2026/02/{slug(title)}/#respond">Leave a comment</a></footer></article>'
        for n, title in enumerate(TITLES[:6])
    )
    archive = "".join(
        f'<li><a href="/2025/{n:02}/">Month {n} of the year 2025</a></li>' for n in range(1, 13)
    )
    return page(
        f'<div id="page"><div id="primary" class="content-area"><main>{rows}<div class="nav-links"><a href="/page/2/">Older posts from this blog</a></div></main></div><div id="secondary" class="widget-area sidebar"><ul>{archive}</ul></div></div>'
    )


def home() -> str:
    """The home page of a newspaper: a lead, sections with their own links, most read, promotions."""
    lead = f'<section class="lead"><h1><a href="/news/uk/{slug(TITLES[0])}-65812345" {A}>{TITLES[0]}</a></h1><ul><li><a href="/news/live/uk-65812399" {A}>Live: bridge debate as it happened</a></li></ul></section>'
    parts = ""
    for number, name in enumerate(("World", "Business and Economy", "Sport")):
        rows = "".join(
            f'<div class="story"><a href="/{slug(name)}/{title_slug}-6{number}81{n}11" {A}><span class="story__headline">{title}</span></a><a class="story__section" href="/{slug(name)}">{name}</a></div>'
            for n, (title, title_slug) in enumerate(
                (title, slug(title)) for title in TITLES[number * 3 + 1 : number * 3 + 4]
            )
        )
        parts += f'<section><h2><a href="/{slug(name)}">{name}</a></h2><div class="stories">{rows}</div><a class="see-all" href="/{slug(name)}">See all stories from {name}</a></section>'
    promo = '<div class="promo"><a href="/subscribe?offer=spring">Subscribe now and save half the price</a></div>'
    return page(menu('<div id="main-menu" class="menu">{}</div>') + lead + promo + parts + FOOTER)


def read_more() -> str:
    """Headings that are no links; only "read more" is one."""
    rows = "".join(
        f'<div class="views-row"><h3>{title}</h3><p>The university says what it has found out.</p><a class="button" href="/news-events/{slug(title)}" {A}>Read more</a></div>'
        for title in TITLES[:7]
    )
    return page(
        menu('<nav class="top">{}</nav>', ("Study", "Research", "News and events"))
        + f'<main><h1>News</h1>{rows}<ul class="pager"><li><a href="?page=1">Next page of our news</a></li></ul></main>'
        + FOOTER
    )


def definitions() -> str:
    """A definition list, queries for addresses."""
    rows = "".join(
        f'<dt>1{n} Mar 2026</dt><dd><a href="index.php?option=news&amp;id={n + 41}" {A}>{title}</a></dd>'
        for n, title in enumerate(TITLES[2:])
    )
    return page(
        f'<table><tr><td class="leftnav"><a href="index.php?option=home">Home</a><br><a href="index.php?option=contact">How to contact us by mail</a></td><td><dl>{rows}</dl></td></tr></table>'
    )


def local_paper() -> str:
    """A German local paper: kicker and headline in one link, boxes that sell things between."""
    rows = ""
    for n, title in enumerate(GERMAN):
        rows += f'<div class="teaser"><a href="/lokales/{slug(title)}_aid-8812{n}437" {A}><span class="kicker">Hafenstadt</span> <span class="head">{title}</span></a></div>'
        if n % 3 == 1:
            rows += '<div class="teaser teaser--promo"><a href="https://shop.paper.example/abo/testen">Jetzt vier Wochen lang für null Euro testen</a></div><div class="box"><a href="/abo/e-paper">Zur E-Paper-Ausgabe</a></div>'
    return page(
        menu('<ul class="c-nav">{}</ul>', ("Lokales", "Sport in der Region", "Wetter"))
        + f'<div class="page">{rows}</div>'
        + FOOTER,
        lang="de",
    )


def aggregator() -> str:
    """A list of a site's own articles between links to others."""
    rows = "".join(
        f'<div class="row"><h2><a href="/post/{slug(title)}" {A}>{title}</a></h2><a href="https://source{n}.example/story/{n}">source{n}.example</a></div>'
        for n, title in enumerate(TITLES[:6])
    )
    return page(f"<main>{rows}</main>")


def ministry() -> str:
    """A ministry: dates, headings and summaries in list items, filters above."""
    rows = "".join(
        f'<li class="search-result"><p class="date"><time datetime="2026-03-{n + 10}">{n + 10} March 2026</time> Press release</p><h3><a class="link" href="/en/newsroom/press-releases/{slug(title)}/" {A}>{title}</a></h3><p>Summary.</p></li>'
        for n, title in enumerate(TITLES)
    )
    filters = "".join(
        f'<li><a href="/en/newsroom/press-releases/?topic={n}">{name}</a></li>'
        for n, name in enumerate(
            ("All topics", "Traffic and transport policy", "Housing", "Education and research")
        )
    )
    return page(
        f'<a class="skip-link" href="#c">Skip to the content of this page</a><div class="l-header"><a href="/en/ministry/">Ministry</a><a href="/en/newsroom/">Newsroom</a></div><div class="facets"><ul>{filters}</ul></div><ul class="results">{rows}</ul>'
        + FOOTER
    )


def magazine() -> str:
    """A publishing platform: nothing but nested boxes; author, claps and comments beside each story."""
    rows = "".join(
        f'<div><div class="ab q"><a href="/@writer{n}"><p>Writer Number {n} of many</p></a></div><div class="l er"><a href="/@writer{n}/{slug(title)}-3f9a{n}c7d1e22" {A}><h2>{title}</h2><div><h3>And what it means</h3></div></a><div><a href="/m/signin?operation=vote">1{n}K</a><a href="/@writer{n}/{slug(title)}-3f9a{n}c7d1e22#responses" {A}>4 responses</a><a href="/tag/machine-learning-for-everybody">Machine learning for everybody</a></div></div></div>'
        for n, title in enumerate(TITLES[:7])
    )
    return page(
        f'<div class="root"><div class="ab"><a href="/about">About</a><a href="/membership">Membership</a><a href="/m/signin">Sign in</a></div><div class="feed">{rows}</div></div>'
    )
