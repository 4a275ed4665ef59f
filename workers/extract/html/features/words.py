"""Words that tell what a line is for, in the ten languages that most news is written in.

English, Chinese, Spanish, German, French, Japanese, Russian, Portuguese, Italian, Polish, and Dutch. Lower
case, whole words; for Chinese and Japanese, which do not part words, see `FRAGMENTS`.
"""

from __future__ import annotations

import re

# What a line says that wants the reader to do something, or speaks of the site itself.
PROMPTS = frozenset(
    """
    subscribe subscribes subscribed subscription subscriptions subscriber subscribers newsletter newsletters signup
    login logout register registered registration inbox cookie cookies privacy advertisement advertising advertise
    advert sponsored sponsor facebook twitter whatsapp linkedin instagram pinterest reddit tiktok telegram youtube
    download related recommended trending comment comments donate share shared follow unsubscribe email e-mail
    account password username app click tap browser javascript copyright reserved disclaimer affiliate commission
    abonnieren abonnement abo abonnenten anmelden anmeldung registrieren registrierung kommentar kommentare
    kommentieren datenschutz anzeige werbung weiterlesen teilen merken drucken passwort benutzerkonto impressum
    nutzungsbedingungen einwilligung personenbezogene inhalt inhalte cookies merkliste
    abonner abonnez abonnés abonné inscrire inscrivez inscription connecter connectez commentaire commentaires
    partager publicité confidentialité cliquez courriel télécharger connexion mot
    suscribir suscríbete suscribirse suscripción suscriptores boletín registrarse regístrate registro compartir
    comentario comentarios publicidad privacidad correo contraseña descargar síguenos sesión
    assine assinar assinante assinantes inscreva cadastre cadastro compartilhe compartilhar comentário comentários
    publicidade privacidade senha baixe siga
    iscriviti iscriversi abbonati abbonamento registrati commento commenti pubblicità condividi accedi seguici
    scarica informativa riservata
    aanmelden abonneer abonnee inschrijven nieuwsbrief reacties advertentie delen inloggen wachtwoord volg
    subskrybuj subskrypcja zapisz zaloguj zarejestruj komentarz komentarze reklama udostępnij polub hasło
    prenumerata ciasteczka
    подписаться подписка подпишитесь подписывайтесь рассылка войти войдите регистрация комментарий комментарии
    реклама поделиться пароль скачать политика конфиденциальности
    """.split()
)
FRAGMENTS = re.compile(
    r"订阅|登录|注册|评论|广告|分享|转载|版权|关注|下载|相关阅读|责任编辑|登録|会員|ログイン|購読|コメント|広告|関連記事|シェア|続きを読む|著作権|구독|로그인|댓글|광고"
)
# How the heading over a list of other pages begins.
_OTHER_PAGES = (
    *(
        "you may",
        "you might",
        "more ",
        "related",
        "read more",
        "read next",
        "read also",
        "recommend",
    ),
    *("also ", "see also", "latest", "popular", "most ", "trending", "top ", "about the author"),
    *(
        "about author",
        "about us",
        "comment",
        "leave ",
        "share",
        "tag",
        "topic",
        "sign up",
        "subscri",
    ),
    *("newsletter", "sponsor", "advert"),
    *("mehr ", "weitere", "lesen sie", "auch ", "kommentar", "meist", "themen", "aktuell", "über "),
    *(
        "lire ",
        "à lire",
        "sur le même",
        "plus ",
        "dans la même",
        "commentaire",
        "article ",
        "articles ",
    ),
    *("más ", "lea ", "también", "lo más", "noticias", "comentarios", "relacionad", "te puede"),
    *("leggi", "altri ", "correlat", "ultim", "commenti", "potrebbe"),
    *("mais ", "leia", "veja", "notícias", "lees ", "meer ", "ook ", "reacties"),
    *("czytaj", "zobacz", "więcej", "polec", "komentarz"),
    *("читайте", "ещё", "еще", "смотрите", "похожие", "коммент"),
    *("関連", "おすすめ", "相关", "推荐", "评论", "최신", "관련"),
)
OTHER_PAGES = re.compile(rf"(?:{'|'.join(_OTHER_PAGES)})", re.IGNORECASE)
