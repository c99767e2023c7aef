"""Without a test part, a training says what error to expect, also after a stop."""

import json

import pytest
from read_page import Page
from tiny import TINY
from toy import toy

from ssgan import SSGANClassifier
from ssgan import train_to_folder as module
from ssgan.data.examples import Data
from ssgan.evaluation import answer, left_out
from ssgan.train_to_folder import choose_split, train_to_folder
from ssgan.training import run_folder


@pytest.fixture
def arguments(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "FOLDS", 2)
    whole = toy()
    data = Data("toy", whole.x_train, whole.y_train)
    return tmp_path / "out", data, choose_split(data, 8)


@pytest.mark.parametrize(
    "kept", [pytest.param("ssgan", marks=pytest.mark.slow), "supervised"]
)
def test_answer_survives_a_stop_and_decides_what_is_saved(kept, arguments, monkeypatch):
    out, calls, train = arguments[0], [], left_out._answer

    def counted(*given):
        calls.append(given[0])
        if len(calls) == 7:
            raise KeyboardInterrupt
        return train(*given)

    monkeypatch.setattr(left_out, "_answer", counted)
    monkeypatch.setattr(answer.Answer, "better", kept)
    with pytest.raises(KeyboardInterrupt):
        train_to_folder(*arguments, recipe=TINY)
    assert run_folder.state(out) == "in training"
    result = train_to_folder(*arguments, recipe=TINY, resume=True)
    # Eight, and the one that was stopped.
    assert calls[6:] == ["supervised", "supervised", "ssgan"]
    names = sorted(path.name for path in out.iterdir())
    assert [name for name in names if name.startswith("check")] == []
    expected = json.loads((out / "result.json").read_text())["expected"]
    assert expected == result["expected"]
    assert (expected["kept"], expected["n"]) == (kept, 8)
    model = SSGANClassifier.load(out / "model.keras")
    assert (model.recipe_.generator is None) == (kept == "supervised")
    page = Page(out / "report.html")
    assert expected["headline"].replace(" %", "\N{NO-BREAK SPACE}%") in page.text
    for sentence in expected["sentences"]:
        assert sentence in page.text
    assert {"answer", "classes", "calibration"} <= set(page.ids)


def test_quick_goes_without(arguments, monkeypatch):
    monkeypatch.setattr(module, "ask", None)
    result = train_to_folder(*arguments, recipe=TINY, quick=True)
    assert result["expected"] is None
    assert "says little about new" in Page(arguments[0] / "report.html").text
