"""Whether a page says something new about an article that is known: a revision, or nothing that anybody would call one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import chain, pairwise

from feedmill.article import Article
from feedmill.identity import Change
from workers.dedup.fingerprint import words

_MAX_COUNTER = 14  # words; what is longer is a sentence
_SHARED_WORDS = 0.3
_FEW_WORDS = 8
# Words of lines that count and date, in the languages that most feeds are written in. With numbers and names of
# months alone, a line says nothing: "Updated 3 hours ago", "12 Kommentare", "Lu 1 204 fois".
_COUNTING = frozenset(
    """
    ago am at by comment comments day days est et gmt hour hours hrs just last like likes m min mins minute minutes modified now
    of on pm posted published read reads replies reply s second seconds share shares since the time today updated utc view views
    week weeks yesterday
    aktualisiert am aufrufe gestern heute kommentar kommentare min minuten stand stunde stunden tag tage teilen uhr um veröffentlicht
    von vor zuletzt
    commentaire commentaires fois heure heures hier il jour jours le lectures lu mis à jour minutes modifié partages publié vues y a
    actualizado ayer comentario comentarios de días el hace hora horas hoy lecturas minutos publicado visitas vistas
    aggiornato alle commenti condivisioni fa giorni ieri il letture minuti oggi ore pubblicato visualizzazioni
    atualizado às comentários compartilhamentos em há hoje minutos ontem publicado visualizações
    bijgewerkt dagen geleden gelezen geplaatst gisteren minuten om op reacties uur vandaag
    в вчера дней дня комментариев комментария минут назад обновлено опубликовано просмотров сегодня часа часов
    """.split()
)
_MONTHS = frozenset(
    """
    january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct
    nov dec januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août septembre octobre
    novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre gennaio febbraio
    aprile maggio giugno luglio settembre ottobre dicembre janeiro fevereiro março maio junho julho setembro outubro dezembro
    maart mei augustus monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
    """.split()
)
_NUMBER = re.compile(r"\d+(?:h\d+|st|nd|rd|th|k|m|h|s)?")


def change(before: Article, after: Article) -> Change:
    """How an article differs from what is stored of it.

    Its text tells, word for word; typography and white space do not. A headline tells as well, but only where the
    same source gives it in the same way: two feeds may call one article by two names for ever.
    """
    told = text_change(before.text, after.text)
    if told == "changed":
        return told
    is_same_teller = (before.source.id, before.title_from) == (after.source.id, after.title_from)
    if not is_same_teller or after.title_from not in {"page", "feed"}:
        return told
    titles = (words(one.title or "") for one in (before, after))
    return told if next(titles) == next(titles) else "changed"


def text_change(before: str, after: str) -> Change:
    """How a text differs from an earlier one. `trivial`: in lines that count or date only.

    Args:
        before: Paragraphs with a blank line between them; likewise:
        after: The later text.
    """
    if before == after:
        return "same"
    old, new = ([tuple(words(line)) for line in text.split("\n\n")] for text in (before, after))
    if [*chain(*old)] == [*chain(*new)]:
        return "same"
    # As sets with counts, and not by the longest common runs: a stranger's text must not cost the square of its length.
    differing = (Counter(old) - Counter(new)) + (Counter(new) - Counter(old))
    stays = [[line for line in lines if line not in differing] for lines in (old, new)]
    is_trivial = stays[0] == stays[1] and all(map(_counts, differing))
    return "trivial" if is_trivial else "changed"


def _counts(line: tuple[str, ...]) -> bool:
    """Whether a line does nothing but count or date."""
    if len(line) > _MAX_COUNTER:
        return False
    left = [word for word in line if not _NUMBER.fullmatch(word)]
    # Numbers alone may be the result of a match.
    return not line or (bool(left) and all(word in _COUNTING or word in _MONTHS for word in left))


def is_same_article(before: Article, after: Article) -> bool:
    """Whether an article that goes by the same name is the same one: much of the shorter text is in the other.

    Feeds use identifiers again, and pages claim addresses that are not theirs. A title proves nothing: columns
    appear under the same one every week.
    """
    if before.dedup.content_hash == after.dedup.content_hash:
        return True
    return shared(words(before.text), words(after.text)) >= _SHARED_WORDS


def shared(first: Iterable[str], second: Iterable[str]) -> float:
    """The share of the pairs of neighbouring words of the shorter text that are in the other, 0 to 1."""
    one, other = set(pairwise(first)), set(pairwise(second))
    if min(len(one), len(other)) < _FEW_WORDS:
        return 0.0
    return len(one & other) / min(len(one), len(other))
