"""DataFrames with text, empty fields, dates and identifiers."""

import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from exports import need
from tiny import TINY_GAME, TINY_IMAGES
from warned import no_warnings

from ssgan import InputError, SSGANClassifier
from ssgan.estimator.frames import encode_frame, learn_columns
from ssgan.export import FORMATS, export

N = 60
CODES = np.arange(N) % 3
Y = np.array(["ash", "beech", "cedar"], object)[CODES]


def table():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"id": np.arange(N) + 100})
    frame["height"] = rng.normal(size=N) + 3 * CODES
    frame["soil"] = np.array(["clay", "sand", None], object)[CODES]
    frame["flat"] = CODES == 1
    frame.loc[[1, 5], "height"] = np.nan
    return frame


@pytest.fixture(scope="module")
def fitted():
    y = Y.copy()
    y[12:] = -1
    with pytest.warns(UserWarning, match="not learned from: id .another whole number"):
        return SSGANClassifier(TINY_GAME, steps=30, random_state=0).fit(table(), y)


def test_columns_are_learned(fitted):
    assert fitted.feature_names_in_.tolist() == ["height", "soil", "flat"]
    assert fitted.n_features_in_ == 3
    assert fitted.columns_.categories == {"soil": ["clay", "sand"]}
    assert fitted.columns_.left_out == ("id",)
    assert fitted.model_.discriminator.input_shape == (None, 6)
    with no_warnings():  # The identifier is known.
        p = fitted.predict_proba(table())
    assert np.isfinite(p).all()
    np.testing.assert_array_equal(fitted.predict_proba(table().drop(columns="id")), p)


def test_columns_may_be_called_by_numbers(tmp_path, untrained):
    numbered = table().set_axis(range(4), axis=1)  # The first is left out.
    with pytest.warns(UserWarning, match="not learned from: 0 .another whole number"):
        fitted = SSGANClassifier(TINY_GAME, steps=10, random_state=0).fit(numbered, Y)
    assert fitted.n_features_in_ == 3
    fitted.save(tmp_path / "model.keras")
    loaded = SSGANClassifier.load(tmp_path / "model.keras")
    p = fitted.predict_proba(numbered)
    np.testing.assert_array_equal(loaded.predict_proba(numbered), p)
    np.testing.assert_array_equal(fitted.predict_proba(numbered[[1, 2, 3]]), p)


def test_new_values_are_said_and_count_as_empty(fitted):
    frame = table().iloc[:3]
    frame.loc[0, "soil"] = "peat"
    with pytest.warns(UserWarning, match="New categories count as .*: peat in soil"):
        p = fitted.predict_proba(frame)
    frame.loc[0, "soil"] = None
    np.testing.assert_array_equal(fitted.predict_proba(frame), p)
    frame["flat"] = None
    with pytest.warns(UserWarning, match="3 in flat"):
        p = fitted.predict_proba(frame)
    sand = [np.nan, 1, np.nan]
    coded = np.stack([frame["height"], sand, 3 * [np.nan]], axis=1)
    with no_warnings():  # Of coded rows it has been said.
        again = fitted.predict_proba(fitted.columns_.decode(coded))
    np.testing.assert_allclose(again, p, atol=1e-6)


def test_other_columns_are_named(fitted):
    frame = table()
    with pytest.raises(InputError, match="yet now missing: - soil"):
        fitted.predict(frame.drop(columns="soil"))
    with pytest.raises(InputError, match="columns of X at fit, in .* same order"):
        fitted.predict(frame[["soil", "height", "flat"]])
    with pytest.raises(InputError, match="a table .*text in soil.*names .ndarray"):
        fitted.predict(np.zeros((2, 3)))
    frame["height"] = frame["height"].astype(object)
    frame.loc[0, "height"] = [1, 2]
    with pytest.raises(InputError, match="in the column height of the DataFrame"):
        fitted.predict(frame)
    with pytest.warns(UserWarning, match="Infinite or huge numbers .*: inf in height"):
        fitted.predict(table().replace({"height": {np.nan: np.inf}}))


def test_a_recipe_for_pixels_takes_no_text():
    with pytest.raises(InputError, match="a recipe for rows, such as vectors"):
        SSGANClassifier(TINY_IMAGES, steps=1).fit(table().drop(columns="id"), Y)


def test_samples_are_coded_rows(fitted):
    frame = fitted.columns_.decode(fitted.sample(5, random_state=0))
    assert set(frame["soil"]) <= {"clay", "sand"}
    assert frame.notna().all(axis=None)


def test_all_is_in_the_saved_file(fitted, tmp_path):
    fitted.save(tmp_path / "model.keras")
    again = SSGANClassifier.load(tmp_path / "model.keras")
    assert again.columns_ == fitted.columns_
    p = fitted.predict_proba(table())
    np.testing.assert_array_equal(again.predict_proba(table()), p)


@pytest.mark.parametrize("format", FORMATS)
def test_all_is_in_every_export(fitted, format, tmp_path):
    """But the codes of text, of which the names are in the file."""
    need(format)
    path = tmp_path / f"model{FORMATS[format].suffix}"
    export(fitted, path, format)
    soil = pd.Categorical(table()["soil"], ["clay", "sand"]).codes
    x = table()[["height", "soil", "flat"]].assign(soil=soil).to_numpy("float32")
    p = FORMATS[format].run(path, x)
    np.testing.assert_allclose(p, fitted.predict_proba(table()), atol=1e-5)
    if format in ("keras", "tflite"):
        saved = json.loads(zipfile.ZipFile(path).read("categories.json"))
        assert saved == {"soil": ["clay", "sand"]}


@pytest.mark.filterwarnings("ignore:Columns of the DataFrame that are not learned")
def test_continued_training_codes_columns_as_before_beside_those_left_out(untrained):
    """The networks keep their coding: new categories are no others."""
    frame = table()
    y = Y.copy()
    y[12:] = -1
    first = SSGANClassifier(TINY_GAME, steps=10, random_state=0).fit(frame, y)
    frame["soil"] = frame["soil"].mask(frame["soil"] == "clay", "basalt")
    with pytest.warns(UserWarning, match="New categories.*basalt in soil"):
        again = SSGANClassifier(steps=10).fit(frame, y, continue_from=first)
    assert again.columns_ == first.columns_


def test_spaces_around_categories_do_not_count():
    frame = pd.DataFrame({"height": np.arange(N) + 0.5 * CODES})
    frame["soil"] = pd.Categorical(np.array([" clay", "sand ", "?"])[CODES])
    columns = learn_columns(frame)
    assert columns.columns[1].categories == ("clay", "sand")
    with no_warnings():
        coded = encode_frame(columns, frame)[:, 1]
    np.testing.assert_array_equal(coded, np.array([0, 1, np.nan])[CODES])


def test_sparse_columns_are_numbers_like_others():
    dense = pd.DataFrame({"a": [0.0, 1.5, np.nan, 0.0], "b": [True, False, True, True]})
    sparse = dense.astype({"a": pd.SparseDtype(float, 0.0), "b": pd.SparseDtype(bool)})
    columns = learn_columns(sparse)
    assert columns == learn_columns(dense)
    np.testing.assert_array_equal(
        encode_frame(columns, sparse), encode_frame(columns, dense)
    )


def test_columns_of_one_name_are_named():
    frame = pd.DataFrame(np.eye(4), columns=["a", "b", "c", "b"])
    with pytest.raises(InputError, match="Received: more than once: b$"):
        learn_columns(frame)
