"""Parameters that say how a reader came, and not what is shown: left out of the canonical form.

A list of what to leave out, never one of what to keep: parameters nobody has heard of may select (`id`, `p`,
`page`, `storyId`). What does both stands beside its host, or beside the values that only track. Written from what
the senders document and what is seen in links; not compared with the lists that browsers use.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_NAMES = frozenset(
    # clicks on advertisements and in social networks
    """fbclid gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid msclkid yclid ysclid ymclid twclid ttclid
    li_fat_id igshid igsh epik srsltid rdt_cid sccid scclickid mibextid sfnsn fb_action_ids fb_action_types fb_source
    fb_ref fb_comment_id action_object_map action_type_map action_ref_map hc_ref hc_location __tn__ _openstat zanpid
    irclickid irgwc cjevent cjdata wickedid rb_clickid dicbo tblci obclickid hootpostid __twitter_impression
    ref_src ref_url soc_src soc_trk guccounter guce_referrer guce_referrer_sig _branch_match_id
    _branch_referrer spm"""
    # mailings
    """ mc_cid mc_eid mc_tc _hsenc _hsmi __hssc __hstc __hsfp hsctatracking mkt_tok vero_id vero_conv oly_enc_id
    oly_anon_id _ke _kx ck_subscriber_id ml_subscriber ml_subscriber_hash dm_i spmailingid spuserid spjobid spreportid
    sc_src sc_lid sc_uid sc_llid sc_eh elqtrackid elqtrack elqcampaignid elqaid elqat trk_contact trk_msg trk_module
    trk_sid ns_mail_uid ns_mail_job mkwid pcrid"""
    # campaigns, as tools for statistics count them
    """ _ga _gl _gac ns_campaign ns_mchannel ns_source ns_linkname ns_fee cmpid intcmp icid ocid wt_mc wt_zmc wt.mc_id
    wt.mc_ev wt.tsrc wtrid wtmc xtor xtref srnd traffic_source s_cid s_kwcid ef_id sc_campaign sc_channel sc_medium
    sc_outcome sc_geo sc_country pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid pk_vid
    piwik_campaign piwik_kwd piwik_keyword wprss wpisrc wpmm wpsrc ftcamp"""
    # what viewers of AMP pages add, comments that are answered, sessions
    """ amp_js_v amp_gsa usqp __amp_source_origin replytocom phpsessid jsessionid aspsessionid""".split()
)
_PREFIXES = (
    *("utm_", "hsa_", "mtm_", "matomo_", "bsft_", "__cft__", "__xts__", "sara_", "lmd_"),
    *("at_bbc_", "at_campaign", "at_creation", "at_custom", "at_emailtype", "at_format", "at_link"),
    *("at_medium", "at_network", "at_platform", "at_ptr_", "at_recipient", "at_send", "at_variant"),
)
_AS_WRITTEN = frozenset(
    {"CMP"}
)  # in capitals a campaign; in small letters also a component (Joomla)

# Ways by which readers come: as the whole value of these, they select no article.
_ORIGINS = frozenset(
    ("ref", "referer", "referrer", "source", "src", "from", "via", "share", "origin")
)
_WAYS = re.compile(
    r"""(?:rss|atom|feed|rss[-_]?feed|feedburner|twitter|facebook|fb|linkedin|reddit|whatsapp|telegram|instagram
    |pinterest|pocket|flipboard|mastodon|bluesky|threads|email|e-?mail|newsletter|push|social|googlenews|google_news
    |applenews|upday|smartnews|newsbreak|share|sharing)
    |rss-+\w*(?:-+\w*)*  # Medium's feeds: source=rss----5517fd7b58a6---4""",
    re.IGNORECASE | re.VERBOSE,
)
_VALUES: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(_ORIGINS, _WAYS),
    "partner": re.compile("rss|feed", re.IGNORECASE),
    "emc": re.compile("rss", re.IGNORECASE),
    "feedtype": re.compile("rss", re.IGNORECASE),
    "smid": re.compile(
        r"[a-z]{2,}(?:[-_]\w+)*", re.IGNORECASE
    ),  # tw-share; a number would be an id
}
_SOCIALFLOW = re.compile(r"sf\d{6,12}", re.IGNORECASE)  # sf123456789=1

# Of these hosts and what lies below them.
_OF_HOSTS: dict[str, frozenset[str]] = {
    host: frozenset(names.split())
    for hosts, names in {
        "youtube.com youtu.be": "si feature pp ab_channel app",
        "spotify.com": "si nd",
        "twitter.com x.com": "s t cxt ref_src",
        "facebook.com": "fref rdid eav paipv _rdr",
        "linkedin.com": "trk trackingid lipi rcm refid original_referer",
        "reddit.com": "ref ref_source rdt correlation_id share_id",
        "tiktok.com": "_t _r is_from_webapp sender_device share_app_id u_code",
        "medium.com": "source gi sk",
        "substack.com": "r isfreemail triedredirect showwelcomeonshare",
        "nytimes.com": """smid smtyp emc partner ref src te nl regi_id campaign_id instance_id segment_id user_id
            unlocked_article_code referringsource pgtype contentcollection clicksource rref hp hpw action module region
            version contentplacement _r""",
        "theguardian.com": "cmp cmp_tu fb_ref soc_567 soc_568 acquisitiondata",
        "bbc.com bbc.co.uk": "ns_mchannel intlink_from_url link_location at_type at_term at_content",
        "dailymail.co.uk dailymail.com metro.co.uk thisismoney.co.uk": "ito ico",
        "bloomberg.com": "sref cmpid accesstoken leadsource in_source embedded-checkout",
        "washingtonpost.com": "tid itid noredirect hpid",
        "wsj.com barrons.com marketwatch.com": "mod reflink st siteid dist tesla",
        "cnbc.com": "__source par sharebutton recirc qsearchterm",
        "cnn.com": "hpt iref iid cid sr xid",
        "abcnews.go.com": "cid",
        "reuters.com": "feedtype feedname rpc taid edition-redirect",
        "forbes.com": "sh ss",
        "time.com": "xid iid",
        "economist.com": "fsrc frsc",
        "ft.com": "accesstoken sharetype desktop segmentid syn-25a6b1a6",
        "telegraph.co.uk": "li_source li_medium",
        "independent.co.uk": "itm_source itm_channel itm_campaign",
        "wired.com newyorker.com vogue.com vanityfair.com pitchfork.com gq.com arstechnica.com": """mbid cndid esrc
            bxid hasha hashb hashc""",
        "huffpost.com huffingtonpost.com aol.com techcrunch.com engadget.com": "ncid ec_carp",
        "yahoo.com": "src bcmt ncid tsrc .tsrc",
        "msn.com": "cvid ei pc",
        "spiegel.de": "ref sara_ref jwsource",
        "heise.de": "hg hgi hgf from-classic",
        "faz.net": "gepc",
        "elpais.com": "ssm prm event_log rel",
        "repubblica.it": "ref",
        "lemonde.fr": "xtmc",
        "scmp.com": "module pgtype campaign",
        "alibaba.com aliexpress.com taobao.com": "scm algo_pvid",
        "google.com": "ved usg sa ei oc",
    }.items()
    for host in hosts.split()
}


_MOST_LABELS = 4  # of the hosts above, and one
_SOMEWHERE = frozenset(name for names in _OF_HOSTS.values() for name in names)


def tracks(pair: str, host: str) -> bool:
    """Whether a parameter of a query only tracks the reader.

    Args:
        pair: Name and value as they are written, percent-encoding included.
        host: Of the address, in lower case.
    """
    written, _, value = pair.partition("=")
    if "%" in written:
        written = unquote(written)
    written = written.removeprefix("amp;")  # escaped once too often
    name = written.lower()
    if name in _NAMES or name.startswith(_PREFIXES) or written in _AS_WRITTEN:
        return True
    if (ways := _VALUES.get(name)) and ways.fullmatch(unquote(value)):
        return True
    if name.startswith("sf") and value == "1" and _SOCIALFLOW.fullmatch(name):
        return True
    return name in _SOMEWHERE and _by_host(name, host)


def _by_host(name: str, host: str) -> bool:
    """Whether one of the hosts that a host lies below uses a name for tracking."""
    labels = host.split(".")[-_MOST_LABELS:]
    return any(name in _OF_HOSTS.get(".".join(labels[at:]), ()) for at in range(len(labels)))
