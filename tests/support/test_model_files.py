import json
import zipfile

import pytest

from ssgan.errors import InputError
from ssgan.support.model_files import find_model, read_info


def save(path, info):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps({"config": {"info": info}}))
        about = {"keras_version": "3.12.0", "date_saved": "2026-01-01@10:00:00"}
        archive.writestr("metadata.json", json.dumps(about))
    return path


def test_model_is_found_in_its_folder(tmp_path):
    path = save(tmp_path / "model.keras", {})
    assert find_model(tmp_path) == find_model(path) == path


def test_what_is_no_model_is_refused(tmp_path):
    with pytest.raises(
        InputError, match="or a folder that `ssgan fit` .*without a model.k"
    ):
        find_model(tmp_path)
    (tmp_path / "result.json").touch()
    with pytest.raises(InputError, match="keras file that ssgan wrote, .*result.json$"):
        find_model(tmp_path / "result.json")
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "run.json").touch()
    with pytest.raises(InputError, match="has not ended: continue it with --resume"):
        find_model(tmp_path)
    with pytest.raises(InputError, match="no such folder or file; did you mean"):
        find_model(tmp_path / "checkpoint")


def test_info_is_read_without_the_model(tmp_path):
    rest = dict.fromkeys(["labels", "unlabeled", "labeled", "columns", "versions"])
    path = save(tmp_path / "model.keras", {"classes": ["a", "b"], **rest})
    about = read_info(path)
    assert about["classes"] == ["a", "b"]
    assert about["keras"] == "3.12.0"
    assert about["bytes"] == path.stat().st_size
    path.write_text("no archive")
    with pytest.raises(InputError, match="to be a model that this version of ssgan"):
        read_info(path)
    for known in ({}, {"classes": ["a", "b"]}):  # The second as an earlier version.
        with pytest.raises(InputError, match=r"SSGANClassifier\.save wrote"):
            read_info(save(path, known))
