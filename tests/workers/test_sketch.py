from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.dedup import sketch as module
from workers.dedup.sketch import HASHES, LEAD, NAMES, NUMBERS, OPENING, RECORD_BYTES, sketch

HARBOUR = """The port authority of Rotterdam will deepen the northern fairway by 2 metres, it said on Monday.
Work begins on 3 March and is to take 14 months. Ships of up to 400 metres can then call at low water.
The harbour master expects 120 more calls a year. A spokesman for the dredging firms of Antwerp and
Hamburg said that prices would rise, while the Chamber of Commerce spoke of a long overdue step."""
CHINESE = "鹿特丹港務局週一表示,將把北航道加深2公尺。工程於2024年3月3日開始,預計需時14個月。"
THAI = "การท่าเรือแห่งประเทศไทยประกาศว่าจะขุดลอกร่องน้ำด้านเหนือให้ลึกขึ้น"


@given(st.text())
def test_a_record_has_one_length_whatever_the_text(text):
    made = sketch(text)
    assert len(made.record()) == RECORD_BYTES == 244
    assert made.pack().startswith(made.record())
    assert len(made.hashes) == len(made.runs) == min(made.shingle_count, HASHES)


@given(st.lists(st.integers(0, 300), max_size=400))
def test_the_hashes_are_the_smallest_of_the_shingles(words):
    hashed = np.array(words, dtype=np.uint64)
    made = module.from_words(hashed, set(), set())
    every = sorted({int(value) for value in module._shingles(hashed, module.SHINGLE)})
    assert list(made.hashes) == every[:HASHES]
    assert made.shingle_count == len(every)
    assert len({value >> 40 for value in made.hashes}) == len(made.hashes)


@given(st.lists(st.integers(), min_size=80, max_size=300), st.floats(0.3, 1))
@pytest.mark.slow
def test_up_to_the_smaller_maximum_an_excerpt_is_in_the_whole(numbers, share):
    words = np.array([number & 0xFFFFFFFF for number in numbers], dtype=np.uint64)
    whole = module.from_words(words, set(), set())
    part = module.from_words(words[: max(5, int(len(words) * share))], set(), set())
    limit = whole.hashes[-1] if whole.shingle_count > HASHES else 1 << 64
    assert {value for value in part.hashes if value <= limit} <= set(whole.hashes)


def test_spelling_that_readers_do_not_see_makes_no_difference():
    dressed = (
        HARBOUR.replace("fairway", "fair\u00adway").replace("firms", "ﬁrms").replace("\n", "\n\n ")
    )
    assert sketch(dressed).record() == sketch(HARBOUR).record()
    assert sketch(HARBOUR.upper()).hashes == sketch(HARBOUR).hashes


def test_other_numbers_leave_the_shingles_and_change_the_numbers():
    other = HARBOUR.replace("14 months", "15 months").replace("120", "1,300.5")
    assert sketch(other).hashes == sketch(HARBOUR).hashes
    assert sketch(other).number_count == sketch(HARBOUR).number_count == 5
    assert len(set(sketch(other).numbers) & set(sketch(HARBOUR).numbers)) == 3


def test_a_number_counts_with_the_word_after_it():
    numbers = sketch("They had 7 points and 7 rebounds in 2.5 hours").number_count
    assert numbers == 3
    assert sketch("7 points").numbers != sketch("7 rebounds").numbers


def test_a_name_is_a_run_of_capitals_inside_a_sentence():
    plain = "Yesterday the Port of Rotterdam met the Chamber of Commerce. Later it rained."
    assert names_of(plain) == {"port", "rotterdam", "chamber", "commerce"}
    assert names_of("A letter from New York City: Ships wait") == {"new york city"}
    assert names_of("„Ahoi“, rief der Lotse vor Hamburg.") == {"lotse", "hamburg"}
    assert names_of(CHINESE + THAI) == set()


def names_of(text: str) -> set[str]:
    return module._names(module._TOKEN.findall(text))


@pytest.mark.parametrize(("text", "count"), [(CHINESE, 33), (THAI, 60)])
def test_scripts_without_spaces_have_a_shingle_for_each_character(text, count):
    made = sketch(text)
    assert abs(made.shingle_count - count) < 8
    half = [value for value in sketch(text[: len(text) // 2]).hashes if value <= made.hashes[-1]]
    assert len(set(half) - set(made.hashes)) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "Die Hafenbehörde von Rotterdam vertieft die nördliche Fahrrinne um zwei Meter",
        "Портовая администрация Роттердама углубит северный фарватер на два метра",
        "تعتزم هيئة ميناء روتردام تعميق الممر الشمالي بمقدار مترين",
        "로테르담 항만 당국은 북쪽 항로를 2미터 더 깊게 준설할 예정이다",
    ],
)
def test_words_of_other_scripts_are_words(text):
    words = len(text.split())
    assert words - 4 <= sketch(text).shingle_count <= words


def test_a_text_without_words_has_an_empty_sketch():
    for text in ("", " \n", "—…!"):
        made = sketch(text)
        assert (made.shingle_count, made.hashes, made.lead, made.opening) == (0, (), (), ())
        assert made.record() == bytes(RECORD_BYTES)


def test_less_than_a_shingle_is_one_shingle():
    assert sketch("Ship ahoy").shingle_count == 1
    assert sketch("Ship ahoy").hashes != sketch("Land ahoy").hashes


def test_samples_are_bounded():
    long = " ".join(f"word{n} {n} the Place{n} of" for n in range(3000))
    made = sketch(long)
    sizes = (len(made.hashes), len(made.numbers), len(made.names), len(made.lead))
    assert sizes == (HASHES, NUMBERS, NAMES, LEAD)
    assert made.number_count == made.name_count == 255
    assert len(made.opening) == OPENING
    assert len(made.marks) == 8192
    assert len(made.pack()) < 9000


def test_the_lead_is_marked_in_the_text_and_in_few_others():
    made, other = sketch(HARBOUR), sketch(" ".join(f"word{n}" for n in range(300)))
    assert all(is_marked(made, mark) for mark in made.lead)
    assert sum(is_marked(other, mark) for mark in made.lead) <= 2


def is_marked(made: module.Sketch, mark: int) -> bool:
    mark %= 8 * len(made.marks)
    return bool(made.marks[mark // 8] >> mark % 8 & 1)


def test_what_is_in_an_index_stays_comparable():
    # If this fails, sketches differ from those that are stored: texts of before match no more.
    assert sketch(HARBOUR).record()[:32].hex() == (
        "00470506069afda5084e8a0f09091a7a098c5ea811f39f0d22ac587e238ca287"
    )
