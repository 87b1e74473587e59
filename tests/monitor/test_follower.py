"""The student is the largest face while it is the same track; nobody else is taken for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from overlay.monitor.follower import Follower
from overlay.scene import Face
from tests.monitor.scenes import face, scene

HZ = 10


class Film:
    """Shows faces to a follower for a while; says for how many frames the student was found."""

    def __init__(self) -> None:
        self.follower = Follower()
        self.frame = 0

    def show(self, seconds: float, faces: Callable[[float], Sequence[Face]]) -> list[int | None]:
        found = []
        for i in range(round(seconds * HZ)):
            time_s = self.frame / HZ
            seen = self.follower.find(scene(time_s, *faces(i / HZ)), time_s)
            found.append(None if seen is None else seen.id)
            self.frame += 1
        return found


def student(_: float) -> list[Face]:
    return [face(1)]


def nobody(_: float) -> list[Face]:
    return []


def test_a_face_is_the_students_once_it_has_stayed_for_a_second():
    found = Film().show(3, student)
    assert found[:9] == [None] * 9
    assert found[11:] == [1] * 19


def test_faces_that_flit_by_are_nobody():
    film = Film()
    found = film.show(3, lambda t: [face(int(t * 2) + 1, x=100 + 300 * (int(t * 2) % 3))])
    assert set(found) == {None}


def test_a_short_loss_does_not_end_it():
    film = Film()
    film.show(2, student)
    film.show(1.5, nobody)
    found = film.show(2, lambda _: [face(2, x=560)])
    assert found[0] is None
    assert found[4:] == [2] * 16


def test_the_student_comes_back_elsewhere_after_the_picture_was_empty():
    film = Film()
    film.show(2, student)
    film.show(5, nobody)
    assert film.show(3, lambda _: [face(2, x=100, size=120)])[-1] == 2


def test_somebody_behind_is_never_recorded():
    film = Film()
    film.show(2, student)
    assert set(film.show(5, lambda _: [face(1), face(2, x=900, size=100)])) == {1}
    # The student leaves; the other one stays.
    assert set(film.show(30, lambda _: [face(2, x=900, size=100)])) == {None}


def test_somebody_who_steps_in_front_is_not_recorded():
    film = Film()
    film.show(2, student)
    assert set(film.show(3, lambda t: [face(1), face(2, x=900 - 120 * t, size=300)])) == {None}
    assert set(film.show(30, lambda _: [face(2, x=500, size=300)])) == {None}
    assert film.show(3, student)[-1] == 1


def test_somebody_who_pops_up_in_front_is_not_recorded_and_the_student_is_again():
    film = Film()
    film.show(2, student)
    assert set(film.show(9, lambda _: [face(2, x=480, y=100, size=330)])) == {None}
    assert film.show(2, lambda _: [face(3)])[-1] == 3


def test_a_track_that_jumps_to_another_person_is_dropped():
    film = Film()
    film.show(2, student)
    assert set(film.show(5, lambda _: [face(1, x=100, size=300)])) == {None}


def test_a_student_who_moves_and_leans_in_is_followed():
    film = Film()
    film.show(2, student)
    found = film.show(6, lambda t: [face(1, x=540 - 60 * t, size=200 + 30 * t)])
    assert set(found) == {1}


def test_a_face_that_stays_in_another_place_is_the_student_after_all():
    film = Film()
    film.show(2, student)
    found = film.show(12, lambda _: [face(2, x=100, size=330)])
    assert set(found[:99]) == {None}
    assert found[-1] == 2


def test_a_companion_who_stays_for_a_minute_is_taken_for_the_student():
    film = Film()
    film.show(2, lambda _: [face(1), face(2, x=900, size=150)])
    found = film.show(65, lambda _: [face(2, x=900, size=150)])
    assert set(found[:599]) == {None}
    assert found[-1] == 2


def test_waiting_begins_anew_when_the_student_was_seen_meanwhile():
    film = Film()
    film.show(2, lambda _: [face(1), face(2, x=900, size=150)])
    film.show(0.6, lambda _: [face(2, x=900, size=150)])
    film.show(80, lambda _: [face(1), face(2, x=900, size=150)])
    assert set(film.show(5, lambda _: [face(2, x=900, size=150)])) == {None}


def test_numbers_of_another_engine_mean_nothing():
    film = Film()
    film.show(2, student)
    film.show(2, nobody)
    assert set(film.show(5, lambda _: [face(1, x=100, size=330)])) == {None}


def test_two_people_of_about_the_same_size_do_not_take_turns():
    film = Film()
    film.show(2, student)
    found = film.show(4, lambda t: [face(1), face(2, x=900, size=205 if t % 0.4 < 0.2 else 195)])
    assert set(found) == {1}
