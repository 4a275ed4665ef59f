"""Names in bylines and biographies."""

from __future__ import annotations

import pytest

from workers.extract.text.features import look_at
from workers.extract.text.people import is_byline, is_name_at_place, of_biography, of_byline


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Maria Lund", ["Maria Lund"]),
        ("By Maria Lund and Tom O'Brien", ["Maria Lund", "Tom O'Brien"]),
        ("By Maria Lund, Harbour correspondent", ["Maria Lund"]),
        ("Von Friedrich von Aue", ["Friedrich von Aue"]),
        ("Text: Katrin Vogel", ["Katrin Vogel"]),
        ("Par Élodie Garnier et Paul de Vigny", ["Élodie Garnier", "Paul de Vigny"]),
        ("Por Carmen Ruiz de la Vega", ["Carmen Ruiz de la Vega"]),
        ("Door Sanne de Vries", ["Sanne de Vries"]),
        ("Автор: Павел Орлов", ["Павел Орлов"]),
        ("文/王志强", ["王志强"]),
        ("作者：李文静", ["李文静"]),
        ("文/责任编辑", []),
        ("By the end of the year", []),
        ("Von der See", []),
        ("By 2030, prices will have doubled", []),
    ],
)
def test_bylines(line, names):
    assert of_byline(look_at(line)) == names
    assert is_byline(look_at(line)) == bool(names)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Maria Lund is a senior reporter at the Harbour Post.", "Maria Lund"),
        ("Maria Lund has worked as an editor at Coastline since 2014.", "Maria Lund"),
        ("About the author: Tom O'Brien is an award-winning journalist.", "Tom O'Brien"),
        ("Katrin Vogel ist Redakteurin im Ressort Wirtschaft.", "Katrin Vogel"),
        ("Claire Morel est journaliste au Courrier du Port.", "Claire Morel"),
        ("Diplômée de Lille, Claire Morel a rejoint le journal en 2019.", "Claire Morel"),
        ("Lucía Ferrer es periodista y cubre agricultura.", "Lucía Ferrer"),
        ("Giulia Ferri è giornalista e si occupa di ambiente.", "Giulia Ferri"),
        ("Beatriz Almeida é jornalista e cobre o porto.", "Beatriz Almeida"),
        ("Sanne de Vries is redacteur en schrijft over het weer.", "Sanne de Vries"),
        ("Anna Kowalczyk jest dziennikarką i pisze o rolnictwie.", "Anna Kowalczyk"),
        ("Павел Орлов — корреспондент в Брюсселе.", "Павел Орлов"),
        ("李文静，海港日报记者，负责农业报道。", "李文静"),
        ("Maria Lund is the mayor of the town and won two elections.", None),
        ("The Harbour Post has written about the crane for years.", None),
        ("Harbour Union was the first to ask for it, a columnist wrote.", None),
        ("Work will begin in March and is to last for ten weeks.", None),
    ],
)
def test_biographies(line, name):
    assert of_biography(look_at(line)) == name


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Ann Stone at Quay Park", True),
        ("Ann Stone in London", True),
        ("Ann Stone at the gates of the park", False),
        ("Storm closes harbour at Quay Park", False),
        ("Ann Stone", False),
    ],
)
def test_a_name_at_a_place(line, expected):
    assert is_name_at_place(look_at(line)) is expected
