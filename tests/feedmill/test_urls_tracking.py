"""Parameters: what is left out everywhere, what at its host or with its value only, and what never."""

from __future__ import annotations

import pytest

from feedmill import urls

# host, parameter that is left out there, why
TRACKS = [
    ("a.example", "utm_content=x", "Google Analytics"),
    ("a.example", "%75tm_content=x", "encoded without need"),
    ("a.example", "hsa_acc=1", "HubSpot Ads"),
    ("a.example", "mtm_kwd=1", "Matomo"),
    ("a.example", "pk_campaign=1", "Piwik"),
    ("a.example", "at_ptr_name=x", "AT Internet"),
    ("a.example", "at_link_id=x", "AT Internet"),
    ("a.example", "wbraid=x", "Google Ads on iOS"),
    ("a.example", "gad_source=1", "Google Ads"),
    ("a.example", "yclid=1", "Yandex"),
    ("a.example", "ttclid=1", "TikTok"),
    ("a.example", "li_fat_id=1", "LinkedIn"),
    ("a.example", "igsh=x", "Instagram"),
    ("a.example", "srsltid=x", "Google Merchant"),
    ("a.example", "_hsenc=x", "HubSpot"),
    ("a.example", "mkt_tok=x", "Marketo"),
    ("a.example", "vero_id=x", "Vero"),
    ("a.example", "oly_enc_id=x", "Omeda"),
    ("a.example", "spMailingID=1", "Silverpop"),
    ("a.example", "elqTrackId=x", "Eloqua"),
    ("a.example", "_gl=1*x", "Google across domains"),
    ("a.example", "wt_zmc=x", "Webtrekk"),
    ("a.example", "wt.mc_id=x", "Webtrends"),
    ("a.example", "sara_ref=re-xx-cp-sh", "Spiegel"),
    ("a.example", "INTCMP=x", "Adobe Analytics, within a site"),
    ("a.example", "icid=x", "the same"),
    ("a.example", "__twitter_impression=true", "Twitter's AMP links"),
    ("a.example", "ref_src=twsrc%5Etfw", "Twitter's embedded posts"),
    ("a.example", "spm=a2c4e.1", "Alibaba"),
    ("a.example", "usqp=mq331AQCCAE", "AMP viewers"),
    ("a.example", "amp_js_v=0.1", "AMP viewers"),
    ("a.example", "guccounter=1", "Yahoo's consent"),
    ("a.example", "replytocom=5", "WordPress: the form below, not the page"),
    ("a.example", "sf123456789=1", "SocialFlow"),
    ("a.example", "dicbo=v2-x", "Outbrain"),
    ("a.example", "tblci=x", "Taboola"),
    ("a.example", "share=twitter", "WordPress, Jetpack"),
    ("a.example", "source=rss----5517fd7b58a6---4", "Medium on a domain of its customers"),
    ("a.example", "ref=feedburner", "a way to come"),
    ("a.example", "via=newsletter", "a way to come"),
    ("a.example", "feedType=RSS", "Reuters"),
    ("www.youtube.com", "si=x", "the share button"),
    ("m.youtube.com", "feature=youtu.be", "hosts below count"),
    ("open.spotify.com", "si=x", "the share button"),
    ("twitter.com", "s=20", "the share button"),
    ("x.com", "t=abc", "the share button"),
    ("www.nytimes.com", "smid=5", "with any value"),
    ("www.nytimes.com", "unlocked_article_code=1.x", "a gift: the same article"),
    ("www.theguardian.com", "cmp=x", "in small letters too"),
    ("www.dailymail.co.uk", "ito=1490", "Daily Mail"),
    ("www.repubblica.it", "ref=RHPPTP-BH-I1", "Repubblica"),
    ("www.wsj.com", "mod=rss_markets", "Dow Jones"),
    ("www.cnbc.com", "__source=iosappshare", "CNBC"),
    ("www.wired.com", "mbid=social_twitter", "Conde Nast"),
    ("www.washingtonpost.com", "tid=ss_tw", "Washington Post"),
    ("www.economist.com", "fsrc=rss", "Economist"),
    ("alice.substack.com", "r=2abc", "Substack"),
]

# host, parameter that stays, why
STAYS = [
    *(
        ("a.example", f"{name}=5", "it selects")
        for name in "id p page storyId article v pid nid cid".split()
    ),
    *(
        ("a.example", f"{name}=5", "it may select")
        for name in "ref src source from via share partner".split()
    ),
    *(
        ("a.example", f"{name}=x", "of this host it is not known")
        for name in "si s t feature ito mod".split()
    ),
    ("a.example", "ref=nyt1", "no way to come"),
    ("a.example", "smid=5", "a number may be an id"),
    ("a.example", "emc=edit_th_20240517", "only feeds'"),
    ("a.example", "utmost=1", "not utm_"),
    ("a.example", "sf123456789=2", "not SocialFlow's"),
    ("a.example", "source=rss2", "not a whole way to come"),
    ("a.example", "tid=5", "Washington Post's only"),
    ("www.youtube.com", "v=si", "YouTube"),
    ("notyoutube.com", "si=x", "the end of a name is not a host below"),
    ("youtube.com.evil.example", "si=x", "nor is its beginning"),
    ("www.nytimes.com", "id=5", "at no host"),
    ("medium.com", "id=5", "at no host"),
]


@pytest.mark.parametrize(("host", "pair", "why"), TRACKS)
def test_left_out(host, pair, why):
    assert urls.canonical(f"https://{host}/x?id=5&{pair}&n=2") == f"https://{host}/x?id=5&n=2", why


@pytest.mark.parametrize(("host", "pair", "why"), STAYS)
def test_kept(host, pair, why):
    assert urls.canonical(f"https://{host}/x?{pair}") == f"https://{host}/x?{pair}", why
