import pytest

from ssgan.errors import InputError
from ssgan.support.near_names import expect_exists


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [
        ("pcitures", "; did you mean 'pictures'?"),
        ("pcitures/cat", "; did you mean 'pictures/cat'?"),
        ("pictures/dgo", "; did you mean 'pictures/dog'?"),
        ("pcitures/bird", "; did you mean 'pictures'?"),
        ("digitz", "; did you mean 'digits'?"),
        ("mnist", "; did you mean 'tfds:mnist'?"),
        ("dogs.cvs", "; did you mean 'dogs.csv'?"),
        ("nothere.csv", ""),
        ("elephants", ""),
        ("elephants/a/b", ""),
    ],
)
def test_near_name_is_suggested(mistyped, meant, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("cat", "dog"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
    for name in ("dogs.csv", "dogs.npz", "quotes.csv"):
        (tmp_path / name).touch()
    with pytest.raises(InputError) as raised:
        expect_exists(mistyped, "a folder", ["digits", "tfds:mnist"])
    received = f"{mistyped!r}: no such folder or file{meant}"
    assert str(raised.value) == f"Expected a folder. Received: {received}"


@pytest.mark.parametrize("inside", ["", "/cat/1.png"])
def test_broken_link_is_no_other_name(inside, tmp_path):
    (tmp_path / "pets").symlink_to("gone")
    with pytest.raises(
        InputError, match="Received: '.*/pets': a broken link, to gone$"
    ):
        expect_exists(f"{tmp_path}/pets{inside}", "a folder")


def test_path_that_exists_is_accepted(tmp_path, monkeypatch):
    expect_exists(tmp_path, "a folder")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "pictures").mkdir()
    expect_exists("~/pictures", "a folder")
