"""The page on which pictures are labeled, without a browser or a training."""

import json

import numpy as np
import pytest
from images import labels_in, save_digits
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from ssgan import InputError, load, suggest
from ssgan.web.label_to_folder import label_to_folder
from ssgan.web.labeled_sources import open_source
from ssgan.web.labeling import QUEUE, Labeling
from ssgan.web.labeling_app import LabelingApp

DIGITS = load_digits()


@pytest.fixture
def folder(tmp_path):
    return save_digits(tmp_path / "digits", 60)


@pytest.fixture
def start(folder, visit):
    """Return a function that starts the server anew, and returns page and labeling."""

    def start(features=True, source=folder):
        labeling = Labeling(open_source(source))
        if features:
            x = DIGITS.data[: len(labeling.source.keys)].astype("float32") / 16
            labeling.take_features(np.arange(len(x)), x, 0)
        client, _ = visit(LabelingApp(labeling).app())
        return client, labeling

    return start


def answer(client, times):
    for _ in range(times):
        i = client.get("/state").json()["question"]
        sent = {"index": i, "name": str(DIGITS.target[i])}
        response = client.post("/label", json=sent)
        assert response.status_code == 200
    return response.json()


def test_labels_are_where_fit_reads_them(start, folder):
    client, _ = start()
    for n in (1, 2, 3):
        state = answer(client, 1)
        labels = labels_in(folder)
        assert len(labels) == n == state["labeled"]
        assert all(y == str(DIGITS.target[int(f[:3])]) for f, y in labels.items())


def test_reload_and_restart_ask_the_same(start, folder):
    client, _ = start()
    before = answer(client, 7)
    assert before["question"] not in map(int, (f[:2] for f in labels_in(folder)))
    assert client.get("/state").json()["question"] == before["question"]
    client, _ = start()  # It was killed.
    after = client.get("/state").json()
    for key in ("question", "judges", "following", "labeled", "classes", "undo"):
        assert after[key] == before[key], key


def test_undo_asks_again(start):
    client, labeling = start()
    first = client.get("/state").json()["question"]
    answer(client, 5)
    for _ in range(5):
        state = client.post("/undo", json={}).json()
    assert (state["labeled"], state["question"], state["undo"]) == (0, first, None)
    assert client.post("/undo", json={}).status_code == 422


def test_judge_is_guessed_before_it_teaches(start):
    client, labeling = start()
    judged = 0
    for number in range(24):
        labeling.refresh()
        state = client.get("/state?guesses=yes").json()
        assert state["judges"] == (number % 4 == 3)
        if state["judges"]:
            assert state["guess"] is None  # It would lead.
            guess = labeling.guesses and labeling.guesses.best(state["question"])
            answer(client, 1)
            log = labeling.decisions.path.read_text().splitlines()
            assert json.loads(log[-1])["guess"] == guess
            judged += guess is not None
            # Taken back and answered again, it keeps its first guess.
            client.post("/undo", json={})
            labeling.refresh()
        answer(client, 1)
    curve = client.get("/state").json()["curve"]
    assert curve["now"]["n"] == judged >= 5
    assert len(curve["points"]) == judged // 5
    assert sum(client.get("/state").json()["shares"].values()) == 6


def test_guesses_are_shown_when_asked_for(start):
    client, labeling = start()
    answer(client, 12)
    labeling.refresh()
    assert client.get("/state").json()["guess"] is None
    state = client.get("/state?guesses=yes").json()
    assert not state["judges"]
    assert sum(p for _, p in state["guess"]) == pytest.approx(1, abs=1e-3)
    assert len(state["neighbors"]) == 6


def test_grid_is_one_decision(start, folder):
    client, labeling = start()
    assert client.get("/grid").json() == []
    answer(client, 12)
    labeling.refresh()
    tiles = client.get("/grid").json()
    assert len(tiles) == 12
    labels = [[tile["index"], tile["label"]] for tile in tiles]
    labels[0][1] = "other"
    state = client.post("/confirm", json={"labels": labels}).json()
    assert (state["labeled"], state["undo"]) == (24, "12 labels")
    assert "other" in labels_in(folder).values()
    assert client.post("/undo", json={}).json()["labeled"] == 12
    for bad in ([[1]], [1], [["1", "a"]], [[True, "a"]], [[999, "a"]], []):
        sent = client.post("/confirm", json={"labels": bad})
        assert sent.status_code == 422, bad


def test_what_another_program_writes_meanwhile_is_kept(start, folder):
    client, labeling = start()
    answer(client, 2)
    (first, second), path = labels_in(folder), folder / "labels.csv"
    path.write_text(f"file,label,by\n{first},zebra,me\n{second},,me\n")
    shown = client.get("/state").json()["question"]
    response = client.post("/label", json={"index": shown, "name": "ox"})
    assert response.status_code == 422
    assert "has changed 2 labels in labels.csv" in response.json()["trouble"]
    assert labels_in(folder) == {first: "zebra"}
    state = answer(client, 1)
    assert state["labeled"] == 2
    assert labels_in(folder)[first] == "zebra"
    assert f"{second},,me" in path.read_text().split()
    # A note alone stops nobody, and a table that is none is left as it is.
    path.write_text(path.read_text().replace("zebra,me", "zebra,you"))
    answer(client, 1)
    assert f"{first},zebra,you" in path.read_text().split()
    path.write_text("half a")
    response = client.post("/skip", json={"index": shown})
    assert "the columns file and label" in response.json()["trouble"]
    assert path.read_text() == "half a"
    path.unlink()
    client.post("/undo", json={})
    assert len(labels_in(folder)) == 2
    path.write_text(path.read_text().replace("zebra", "ox"))
    assert labeling.take_changes() == 1


def test_second_tab_loses_nothing(start):
    client, labeling = start()
    i = client.get("/state").json()["question"]
    client.post("/label", json={"index": i, "name": "a"})
    state = client.post("/label", json={"index": i, "name": "b"}).json()
    assert labeling.labels() == {i: "b"}
    assert state["labeled"] == 1
    client.post("/undo", json={})
    assert labeling.labels() == {i: "a"}


def test_skipped_ones_come_at_the_end(start):
    client, _ = start(features=False)
    skipped = []
    for _ in range(3):
        skipped.append(client.get("/state").json()["question"])
        client.post("/skip", json={"index": skipped[-1]})
    answer(client, 57)
    asked = [client.get("/state").json()["question"]]
    answer(client, 1)
    asked.append(client.get("/state").json()["question"])
    assert asked == skipped[:2]
    state = answer(client, 2)
    assert (state["question"], state["labeled"]) == (None, 60)


def test_only_indices_come_from_the_browser(start):
    client, labeling = start(features=False)
    for path in [
        *("/picture/60", "/small/60", "/picture/-1", "/picture/000.png", "/small/"),
        *("/picture/..%2f..%2fetc%2fpasswd", "/labels.csv", "/labels.jsonl"),
        *("/digits/000.png", "/%2e%2e/labels.csv", "/label.html", "/static/label.js"),
    ]:
        assert client.get(path).status_code == 404, path
    for sent in [
        *({}, {"index": "../0.png", "name": "a"}, {"index": 0, "name": 1}),
        *(
            {"index": 0, "name": "a", "path": "/etc/passwd"},
            {"index": 0.0, "name": "a"},
        ),
    ]:
        assert client.post("/label", json=sent).status_code == 400
    for i in (-1, 60, 10**40):
        response = client.post("/label", json={"index": i, "name": "a"})
        assert response.status_code == 422
    assert labeling.labels() == {}


def test_pictures_are_drawn_anew(start, folder):
    evil = b"<script>alert(1)</script>"
    for path in sorted(folder.glob("*.png"))[1:]:
        path.write_bytes(evil)
    client, labeling = start(features=False)
    good = client.get("/picture/0")
    assert good.headers["content-type"] == "image/png"
    bad = client.get("/picture/1")
    assert bad.status_code == 404
    assert evil not in bad.content
    assert labeling.unreadable == {1}


def test_classes_change_on_the_fly(start, folder):
    client, _ = start()
    answer(client, 8)
    names = [c["name"] for c in client.get("/state").json()["classes"]]
    client.post("/rename", json={"to": "first", "name": names[0]})  # In any order.
    state = client.post("/merge", json={"name": names[1], "to": "first"}).json()
    assert [c["name"] for c in state["classes"]] == ["first", *names[2:]]
    assert {names[0], names[1]}.isdisjoint(labels_in(folder).values())
    refused = client.post("/rename", json={"name": "first", "to": names[2]})
    assert refused.status_code == 422
    assert "to merge both" in refused.json()["trouble"]
    state = client.post("/add", json={"name": "<b>new</b>"}).json()
    assert state["classes"][-1] == {"name": "<b>new</b>", "count": 0}


def test_page_asks_what_suggest_says(folder):
    """Typical pictures, then those of small margin once features were learned."""
    labeling = Labeling(open_source(folder), seed=3)
    x = DIGITS.data[:60].astype("float32") / 16
    labeling.take_features(np.arange(60), x, 0)
    labeling.refresh()
    y = np.full(60, -1)
    assert labeling._queue == suggest(x, QUEUE, y, features=x, seed=3).tolist()
    for digit in (0, 1, 2):
        for i in np.flatnonzero(DIGITS.target[:60] == digit)[:2].tolist():
            labeling.label(i, str(digit))
            y[i] = digit
    skipped = labeling.current.index
    labeling.skip(skipped)
    labeling.take_features(np.arange(60), x, 6)
    labeling.refresh()
    open_ = np.arange(60) != skipped
    model = LogisticRegression(max_iter=200).fit(x[y != -1], y[y != -1])
    chosen = suggest(x[open_], QUEUE, y[open_], model=model, features=x[open_], seed=3)
    assert labeling._queue == np.flatnonzero(open_)[chosen].tolist()
    labeling.change_class("add", name="a class that was not seen")
    labeling._queue = []
    labeling.refresh()
    chosen = suggest(x[open_], QUEUE, y[open_], features=x[open_], seed=3)
    assert labeling._queue == np.flatnonzero(open_)[chosen].tolist()


def test_end_refuses_more_decisions(start):
    client, labeling = start()
    assert client.post("/finish", json={}).json()["ending"]
    sent = {"index": 0, "name": "a"}
    assert client.post("/label", json=sent).status_code == 409


@pytest.mark.parametrize("kind", ["npz", "csv"])
def test_arrays_are_labeled_in_a_copy(kind, start, tmp_path):
    y = np.full(60, -1)
    y[:2] = DIGITS.target[:2]
    path = tmp_path / f"own.{kind}"
    if kind == "npz":
        np.savez(path, x=DIGITS.images[:60], y=y)
    else:
        import pandas as pd

        pd.DataFrame(DIGITS.data[:60]).assign(label=y).to_csv(path, index=False)
    before = path.read_bytes()
    client, labeling = start(source=path)
    assert client.get("/state").json()["labeled"] == 2
    assert client.get("/picture/5").content[:4] == b"\x89PNG"
    answer(client, 5)
    client, labeling = start(source=path)
    assert client.get("/state").json()["labeled"] == 7
    labeling.source.write(labeling.decisions.standing.labels)
    written = load(labeling.source.trained_on)
    assert labeling.source.trained_on == tmp_path / "own-labels" / f"own.{kind}"
    labeled = np.flatnonzero(written.y_train != -1)
    assert len(labeled) == 7
    assert np.array_equal(written.y_train[labeled], DIGITS.target[labeled])
    assert path.read_bytes() == before


def test_what_another_program_writes_while_the_log_is_read_is_kept(folder):
    opened = open_source(folder)
    (folder / "labels.csv").write_text(f"file,label\n{opened.keys[3]},seven\n")
    labeling = Labeling(opened)
    assert labeling.labels() == {3: "seven"}
    assert "seven" in (folder / "labels.csv").read_text()


def test_other_sources_are_refused(tmp_path):
    with pytest.raises(InputError, match="a folder of images, or"):
        open_source(tmp_path / "missing.npz")
    np.savez(tmp_path / "rows.npz", x=np.zeros((4, 7)))
    with pytest.raises(InputError, match="square images"):
        open_source(tmp_path / "rows.npz")
    for cells, said in ((["x", "y"], "text in d"), (["", "7"], "empty fields")):
        rows = ["a,b,c,d", *(f"1,2,3,{cell}" for cell in cells)]
        (tmp_path / "own.csv").write_text("\n".join(rows))
        with pytest.raises(InputError, match=f"pixels alone in .*{said}"):
            open_source(tmp_path / "own.csv")


def test_page_has_no_script_of_its_own(start):
    client, _ = start()
    page = client.get("/").text
    assert "<script src=" in page
    assert page.count("<script") == 1
    assert "style=" not in page
    assert "onclick" not in page


@pytest.mark.parametrize(
    ("options", "said"),
    [({"recipe": "nope"}, "one of the recipes"), ({"out": __file__}, "a folder for")],
)
def test_what_the_last_training_cannot_use_is_refused_first(options, said, tmp_path):
    np.savez(tmp_path / "own.npz", x=np.zeros((4, 4)))
    with pytest.raises(InputError, match=said):
        label_to_folder(tmp_path / "own.npz", **options)
