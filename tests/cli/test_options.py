"""What options come to before anything is trained."""

from ssgan.cli.options import chosen_recipe


def test_what_is_said_of_mirrored_images_is_true_whatever_is_decided(capsys):
    assert chosen_recipe("photos", False, shape=(8, 8, 3)) == "photos"
    said = capsys.readouterr().out
    assert "this harms: then a warning says so" in said
    assert "--no-flip goes without them" in said
    assert chosen_recipe("photos", True, shape=(8, 8, 3)).name == "photos-no-flip"
    chosen_recipe("images", False, shape=(8, 8))
    assert capsys.readouterr().out == ""
