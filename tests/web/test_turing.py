import json
import os

import numpy as np
import pytest
from noise_generator import NoiseGenerator
from scipy.stats import binomtest
from toy import toy

from ssgan import InputError
from ssgan.data.examples import Data
from ssgan.web.turing import TuringTest

GENERATOR = NoiseGenerator((4, 4), 255.0)


@pytest.fixture
def data(rng):
    x = rng.integers(0, 256, (30, 4, 4), np.uint8)
    return Data("toy", x, np.full(30, -1))


@pytest.fixture
def make(data, tmp_path):
    def make(**options):
        options = {"n_questions": 12, **options}
        return TuringTest(GENERATOR, data, tmp_path / "answers.jsonl", **options)

    return make


def answer(client, question, real):
    sent = {"question": question, "real": real}
    return client.post("/answer", json=sent)


def test_answers_are_on_disk_as_they_come(make, visit, tmp_path):
    test = make()
    client, _ = visit(test.app())
    path = tmp_path / "answers.jsonl"
    for i in range(12):
        assert client.get(f"/picture/{i}").content[:4] == b"\x89PNG"
        assert client.get("/state").json()["question"] == i
        said = answer(client, i, True).json()
        assert said["right"] is None  # Without feedback, the page learns nothing.
        assert len(path.read_text().splitlines()) == i + 2
    result = said["result"]
    truths = [json.loads(line)["real"] for line in path.read_text().splitlines()[1:]]
    right = sum(truths)
    assert 0 < right < 12
    interval = binomtest(right, 12).proportion_ci(0.95)
    assert (result["right"], result["accuracy"]) == (right, right / 12)
    assert np.allclose([result["low"], result["high"]], interval)
    assert result["generated_taken_for_real"] == result["n_generated"] == 12 - right
    assert result["real_taken_for_generated"] == 0
    assert test.done.is_set()


def test_full_disk_is_told_and_the_question_stays(make, visit, monkeypatch):
    test = make()
    client, _ = visit(test.app())

    def full(handle):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        refused = answer(client, 0, True)
    assert refused.status_code == 500
    assert "No space left on device" in refused.text
    assert client.get("/state").json()["question"] == 0
    assert answer(client, 0, True).json()["question"] == 1


def test_feedback_says_what_is_right(make, visit):
    test = make(feedback=True)
    client, _ = visit(test.app())
    said = [answer(client, i, False).json()["right"] for i in range(12)]
    assert said == [not line["real"] for line in test.answers]
    assert test.result()["right"] == sum(said)


def test_continues_after_the_last_answer(make, visit, tmp_path):
    test = make()
    client, _ = visit(test.app())
    before = client.get("/picture/1").content
    answer(client, 0, True)
    path = tmp_path / "answers.jsonl"
    path.write_text(path.read_text() + '{"question": 1, "re')  # Power failure.
    client, _ = visit(make().app())
    assert client.get("/state").json()["question"] == 1
    assert client.get("/picture/1").content == before
    with pytest.raises(InputError, match="another file .* other seed, real|other seed"):
        make(seed=1)
    path.write_text(path.read_text().replace('"question": 0', '"question": 7'))
    with pytest.raises(InputError, match="answers of one test"):
        make()


def test_another_file_is_not_changed(make, tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_text("a file\nof something else")
    with pytest.raises(InputError, match="a row of JSON in each line"):
        make()
    assert path.read_text() == "a file\nof something else"


def test_one_question_has_one_answer(make, visit):
    test = make()
    client, _ = visit(test.app())
    answer(client, 0, True)
    second_tab = answer(client, 0, False)
    assert second_tab.status_code == 409
    assert second_tab.json()["question"] == 1
    assert len(test.answers) == 1
    for sent in [
        *({}, [], 1, {"question": 1}, {"question": True, "real": True}),
        *({"question": "1", "real": True}, {"question": 1, "real": 1}),
    ]:
        assert client.post("/answer", json=sent).status_code == 400
    assert answer(client, -1, True).status_code == 409
    assert answer(client, 10**30, True).status_code == 409
    assert len(test.answers) == 1


def test_no_path_from_the_browser_is_opened(make, visit):
    client, _ = visit(make().app())
    for path in [
        *("/picture/2", "/picture/-1", "/picture/99999", "/picture/1.0", "/picture/"),
        *("/picture/..%2f..%2fetc%2fpasswd", "/../turing.py", "/%2e%2e/%2e%2e/etc"),
        *("/templates/turing.html", "/shared.css", "//etc/passwd"),
    ]:
        assert client.get(path).status_code == 404, path


def test_page_loads_nothing_else(make, visit):
    client, _ = visit(make().app())
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    for file in ("turing.css", "turing.js", "icon.svg"):
        assert f'"/{file}"' in page.text
        assert client.get(f"/{file}").status_code == 200
    css = client.get("/turing.css").text
    assert "--blue: #" in css
    assert "{%" not in css
    assert "url(" not in css


def test_only_images_can_be_shown(tmp_path):
    with pytest.raises(InputError, match="images of 1, 3 or 4 channels"):
        TuringTest(GENERATOR, toy(), tmp_path / "answers.jsonl")


def test_images_of_another_size_are_refused(tmp_path):
    data = Data("toy", np.zeros((30, 5, 5)), np.full(30, -1))
    with pytest.raises(InputError, match=r"shape \(4, 4\), as at fit.*\(5, 5\)"):
        TuringTest(GENERATOR, data, tmp_path / "answers.jsonl")
