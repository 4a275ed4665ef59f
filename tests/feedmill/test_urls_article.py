"""The addresses of one article as the research collected them: 29 that are one, 5 pairs that are not."""

from __future__ import annotations

import pytest

from feedmill import urls

URL = "https://www.paper.example/2024/05/17/high-water-at-the-pier"
BARE = "paper.example/2024/05/17/high-water-at-the-pier"

# variant, whether the key is enough or an alias is needed, why
VARIANTS = [
    (f"{URL}?utm_source=rss&utm_medium=feed&utm_campaign=x", "key", "Google Analytics"),
    (f"{URL}?fbclid=IwAR0x", "key", "Facebook"),
    (f"{URL}?gclid=Cj0KCQ", "key", "Google Ads"),
    (f"{URL}?CMP=Share_iOSApp_Other", "key", "Adobe Analytics, as at the Guardian"),
    (f"{URL}?at_medium=RSS&at_campaign=KARANGA", "key", "AT Internet, as at the BBC"),
    (f"{URL}?smid=tw-share", "key", "New York Times"),
    (f"{URL}?ocid=socialflow_twitter", "key", "Microsoft, BBC"),
    (f"{URL}?ref=rss", "key", "ref with a way to come as its value"),
    (f"{URL}?mc_cid=0a1b2c&mc_eid=3d4e5f", "key", "Mailchimp"),
    (f"{URL}?igshid=MzRlODBiNWFlZA==", "key", "Instagram"),
    (f"{URL}?_ga=2.1.2.3", "key", "Google Analytics across domains"),
    (f"{URL}?xtor=RSS-3208", "key", "AT Internet"),
    (f"{URL}#xtor=RSS-3208", "key", "AT Internet, in the fragment"),
    (f"{URL}?srnd=premium", "key", "Bloomberg"),
    (f"{URL}?traffic_source=rss", "key", "Al Jazeera"),
    (f"{URL}?utm_source=feedburner&utm_medium=feed&utm_campaign=Feed%3A+x", "key", "FeedBurner"),
    (f"{URL}?partner=rss&emc=rss", "key", "New York Times, its feeds"),
    (f"{URL}#comments", "key", "a place in the page"),
    (URL.replace("www.paper.example", "WWW.Paper.EXAMPLE"), "key", "hosts have no case"),
    (URL.replace(".example", ".example:443"), "key", "the scheme's own port"),
    (URL.replace("/05/", "/04/../05/./"), "key", "dot segments"),
    (URL.replace("-pier", "%2Dpier"), "key", "needless percent-encoding"),
    (f"{URL}?", "key", "an empty query"),
    (f"{URL}/", "key", "a slash at the end"),
    (URL.replace("https", "http"), "key", "the scheme"),
    (URL.replace("www.", ""), "key", "without www."),
    (f"{URL}/amp", "alias", "AMP as the end of the path"),
    (URL.replace("www.", "amp."), "alias", "AMP as a host"),
    (URL.replace("www.", "m."), "alias", "a host for telephones"),
]


@pytest.mark.parametrize(("variant", "by", "why"), VARIANTS)
def test_one_article(variant, by, why):
    assert urls.key(URL) == BARE
    assert urls.aliases(URL) == ()
    found = (urls.key(variant),) if by == "key" else urls.aliases(variant)
    assert found == (BARE,), why


def test_there_are_as_many_as_in_the_research():
    assert len(VARIANTS) == 29


@pytest.mark.parametrize(
    "names", ["id=1 id=2", "p=12 p=13", "storyId=5 storyId=6", "ref=nyt1 ref=nyt2", "page=1 page=2"]
)
def test_two_articles(names):
    one, other = (f"https://www.paper.example/story?{name}" for name in names.split())
    mine = {urls.key(one), *urls.aliases(one)}
    its = {urls.key(other), *urls.aliases(other)}
    assert not mine & its
    assert urls.key(one).endswith(names.split()[0])
