"""Phrases of pages that stand before the article instead of it, in the ten largest languages of news.

Three kinds: walls (consent, robot check, script check, login), prompts to subscribe, and counters of free
articles. A phrase alone proves nothing, since articles quote them: `access` weighs where and beside how
much other text they stand.
"""

from __future__ import annotations

import re

_WALLS = (
    # robot and script checks
    r"just a moment\.{0,3}|enable javascript (?:and cookies )?to|(?:javascript|js) is (?:disabled|required|not enabled)",
    r"(?:please|need to|must) (?:turn on|enable|activate) (?:java ?script|js|cookies)|checking (?:if the site connection|your browser)",
    r"are you a (?:robot|human)|(?:verify|confirm|prove)(?:ing)? (?:that )?you(?: are|'re|\u2019re) (?:human|not a (?:ro)?bot)",
    r"you(?:'re|\u2019re| are) (?:not a (?:ro)?bot|human)|i(?:'m|\u2019m| am) not a robot|unusual (?:traffic|activity) from your|access (?:to this page has been )?denied|attention required!",
    r"request blocked|pardon our interruption|performance (?:&|and) security by cloudflare|ddos protection by",
    r"you have been blocked|press (?:&|and) hold to confirm|complete the (?:captcha|security check)|enter the characters you see",
    r"kein roboter|bist du ein mensch|sicherheits(?:über)?prüfung|javascript (?:ist )?(?:deaktiviert|aktivieren)|aktivieren sie (?:bitte )?javascript",
    r"vous n'êtes pas un robot|êtes-vous un robot|activer javascript|veuillez activer|no soy un robot|no eres un robot|eres humano",
    r"habilit[ae]r? (?:el )?javascript|activ[ae]r? javascript|não (?:é|sou) um robô|ative o javascript|non sei un robot|abilita(?:re)? javascript",
    r"не робот|включите javascript|проверка браузера|我不是机器人|人机验证|启用\s?javascript|安全验证|ロボットではありません|javascript\s?を有効に|robot olmadığın",
    r"javascript'i etkinleştir",
    # consent
    r"we(?: and our (?:\d+ )?(?:technology )?partners)? (?:value|care about|respect) your privacy|accept (?:all )?cookies|(?:we|and our partners) use cookies",
    r"before you continue to|manage (?:your )?(?:cookie|privacy|consent) (?:settings|preferences|choices)|consent to (?:the use of )?cookies|your privacy choices",
    r"store and/or access information on a device|cookies? (?:zustimmen|akzeptieren|einstellungen)|alle akzeptieren|mit werbung (?:weiter|lesen|und tracking)",
    r"ihre privatsphäre|wir verwenden cookies|tout accepter|accepter (?:les|et)|nous utilisons des cookies|respect(?:ons)? (?:de )?votre vie privée|continuer sans accepter",
    r"aceptar (?:todas )?(?:las )?cookies|aceptar y continuar|(?:usamos|utilizamos) cookies|tu privacidad|nos importa (?:tu|su) privacidad|aceitar (?:todos )?(?:os )?cookies|sua privacidade",
    r"accetta (?:tutti )?(?:i )?cookie|utilizziamo (?:i )?cookie|tua privacy|мы используем (?:файлы )?cookie|принять (?:все )?(?:файлы )?cookie|我们使用\s?cookie|接受(?:所有|全部)?\s?cookie",
    r"cookie\s?を使用|すべて許可|çerez(?:leri)? (?:kabul|kullan)|tüm çerezleri|gizliliğinize",
    # login
    r"(?:log|sign) ?in to (?:continue|view|read|your account)|you must be logged in|create an account to (?:continue|read)|session has expired",
    r"melden sie sich an|bitte anmelden|bitte einloggen|connectez-vous pour|identifiez-vous|inicia(?:r)? sesión para|faça login para|accedi per",
    r"войдите,? чтобы|请先?登录|登录后|ログインしてください|giriş yapın",
)
_PROMPTS = (
    r"subscribe (?:now |today )?to (?:continue|keep|read|unlock)|(?:continue|keep) reading (?:this article )?with|to (?:continue|keep) reading,? (?:please )?(?:subscribe|log|sign|register|create)",
    r"already (?:a |an )?(?:subscriber|member)|(?:this|the) (?:article|content|story|post) is (?:\w+ ){0,3}(?:for|to) (?:\w+ ){0,2}(?:subscribers|members)|for (?:paid )?(?:subscribers|members) only|subscriber[- ]only|exclusive(?:ly)? (?:for|to) (?:our )?subscribers",
    r"(?:unlock|get) (?:full|unlimited|this|all) (?:\w+ )?(?:access|article)|read the (?:full|rest of (?:the|this)) (?:article|story) (?:with|by)|start your (?:free )?trial|subscription (?:is )?required|become a (?:paid )?(?:subscriber|member) to",
    r"weiterlesen mit|jetzt (?:weiterlesen|abonnieren|freischalten|testen)|(?:artikel|inhalt) (?:ist )?(?:nur )?(?:für|exklusiv für) (?:\w+[- ])?abonnent|sie haben (?:bereits|schon) ein|bereits (?:abonnent|registriert|kunde)|nur für abonnent|um weiterzulesen|artikel freischalten|mit \w+\+ (?:weiter)?lesen",
    r"article (?:est )?réservé (?:aux|à nos) abonnés|réservé aux abonnés|déjà abonnée?|abonnez-vous pour|pour lire la suite|la suite est réservée|il vous reste \d+\s?%",
    r"(?:contenido|artículo) (?:exclusivo )?(?:solo )?para suscriptores|exclusivo para suscriptores|ya (?:eres|soy|es) suscriptor|suscríbete para|para seguir leyendo|sigue leyendo con|lee sin límites",
    r"(?:conteúdo|exclusivo|só) (?:exclusivo )?para assinantes|já é assinante|assine para|para continuar (?:a ler|lendo)|contenuto riservato|riservato agli abbonati|sei già abbonato|abbonati per|per continuare a leggere",
    r"(?:только|доступно) (?:для )?подписчик|оформите подписку|чтобы (?:читать|продолжить)|订阅(?:后|以)?(?:继续)?阅读|付费(?:内容|阅读)|会员专享|登录后阅读全文|有料会員(?:限定|登録)|会員限定|この記事は有料|続きを読むには|残り\d+文字|abone (?:olun|ol)|abonelere özel|okumaya devam etmek için",
    r"subscribe (?:from|for (?:just|only|as little as)) \W?\d|abonnieren ab \d|(?:artikel|beitrag|inhalt) ist kostenpflichtig|(?:s'abonner|abonnez-vous|je m'abonne) (?:à partir de|dès|pour) \d",
    r"suscr[ií]be(?:te|rse) (?:desde|por|a partir de) \d|este artículo es (?:de pago|solo para)|assin(?:e|ar) (?:desde|por|a partir de) (?:r\$ ?)?\d|est[ae] (?:artigo|matéria|conteúdo|reportagem) é (?:exclusiv|restrit)[ao] ",
    r"abbonati (?:a partire )?da (?:soli )?\d|questo articolo è (?:riservato|a pagamento)|подписка от \d|(?:статья|материал) доступ(?:ен|на) (?:только )?по подписке|本文为付费|开通会员(?:后|即可|阅读)|有料記事です|この先は有料",
    r"abonelik \d+ ?(?:tl|₺)|bu (?:haber|içerik|yazı) (?:yalnızca |sadece )?abone",
    r"reserved for subscribers|kun for abonnenter|bli abonnent|för prenumeranter|alleen voor abonnees|lees verder met|tylko dla prenumeratorów|dla abonentów|jatka lukemista",
)
_COUNTERS = (
    r"(?:you have|you've|you\u2019ve) (?:read|used|reached|\d+) (?:\w+ ){0,6}free (?:article|stor)|(?:free|complimentary) articles? (?:left|remaining)|articles? (?:left|remaining) this month",
    r"(?:this is|that was) your (?:last|final|first) (?:free|complimentary) (?:article|story)|ihr letzter (?:kostenloser|freier|gratis) ?artikel|noch \d+ (?:kostenlose|freie) artikel",
    r"votre dernier article (?:gratuit|offert)|il vous reste \d+ articles?|[ts]u último artículo grat|quedan? \d+ artículos? grat|seu último artigo gr[áa]t|restam \d+ artigos? gr[áa]t|tuo ultimo articolo gratuito|restano \d+ articoli gratuiti",
    r"ваша последняя бесплатная статья|осталось \d+ бесплатн\w+ (?:стат|материал)|最后一?篇免费(?:文章|阅读)|还?剩余?\d+篇免费|無料で(?:読める|閲覧できる)記事は|今月の無料記事|son ücretsiz (?:yazı|haber|makale)|\d+ ücretsiz (?:yazı|haber|makale)\w* (?:kald|hakk)",
    r"(?:kostenlose|gratis) artikel (?:übrig|in diesem monat|gelesen)|articles? gratuits? (?:restants?|ce mois)|artículos? gratis (?:este mes|restantes)|artigos? gr[áa]t(?:is|uitos?) (?:neste|este|por) mês|articoli gratuiti (?:rimasti|questo mese)|бесплатны[ех] стат(?:ей|ьи) осталось",
)


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


WALL = _any(_WALLS)
PROMPT = _any(_PROMPTS)
COUNTER = _any(_COUNTERS)
