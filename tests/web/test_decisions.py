import json

import pytest
from images import gray, labels_in, save

from ssgan import InputError
from ssgan.data.folder_layout import find_files
from ssgan.web import labeled_sources
from ssgan.web.decisions import Decisions
from ssgan.web.labeled_sources import open_source


@pytest.fixture
def folder(tmp_path):
    for i in range(6):
        save(tmp_path / "pets" / f"{i}.png", gray(40 * i))
    return tmp_path / "pets"


@pytest.fixture
def reopen(folder):
    def reopen():
        source = open_source(folder)
        return Decisions(source.log, source), source

    return reopen


def test_every_decision_is_on_disk_at_once(folder, reopen):
    log, source = reopen()
    log.label({"0.png": "cat"}, "chosen")
    log.label({"1.png": "dog"}, "random", "cat")
    source.write(log.standing.labels)
    log.skip("2.png")
    assert reopen()[0].standing == log.standing
    assert log.standing.judged() == [(1, False)]
    assert labels_in(folder) == {"0.png": "cat", "1.png": "dog"}
    assert reopen()[0].standing == log.standing  # The table alone changed nothing.


def test_undo_has_no_end(reopen):
    log, source = reopen()
    stood = [log.standing]
    for change in (
        lambda: log.add("cat"),
        lambda: log.label({"0.png": "cat"}, "chosen"),
        lambda: log.label({"1.png": "dog", "2.png": "cat"}, "grid"),
        lambda: log.rename("cat", "kitten"),
        lambda: log.merge("dog", "kitten"),
        lambda: log.skip("5.png"),
        lambda: log.label({"0.png": "horse"}, "chosen"),
    ):
        change()
        source.write(log.standing.labels)
        stood.append(reopen()[0].standing)
    assert stood[5].labels == dict.fromkeys(("0.png", "1.png", "2.png"), "kitten")
    assert stood[5].classes == ["kitten"]
    for before in reversed(stood[1:-1]):
        log = reopen()[0]
        log.undo()
        source.write(log.standing.labels)
        assert log.standing == before
    log.undo()
    assert log.standing.labels == {}
    with pytest.raises(InputError, match="a decision to take back"):
        log.undo()
    assert len(log.path.read_text().splitlines()) == 15  # Nothing is ever removed.


def test_guesses_follow_the_names_of_classes(reopen):
    log, _ = reopen()
    log.label({"0.png": "cat", "1.png": "dog"}, "chosen")
    log.label({"2.png": "cat"}, "random", "cat")
    log.label({"3.png": "cat"}, "random", "dog")
    assert log.standing.judged() == [(2, True), (3, False)]
    log.rename("cat", "kitten")
    assert log.standing.judged() == [(2, True), (3, False)]
    log.merge("dog", "kitten")
    assert log.standing.judged() == [(2, True), (3, True)]


def test_half_a_line_is_dropped(reopen):
    log, _ = reopen()
    log.label({"0.png": "cat"}, "chosen")
    with log.path.open("a") as file:
        file.write('{"do": "label", "lab')
    assert reopen()[0].standing.labels == {"0.png": "cat"}


def test_labels_of_class_folders_and_other_programs_are_read(folder, reopen):
    save(folder / "cat" / "a.png", gray(1))
    log, source = reopen()
    assert log.standing.labels == {"cat/a.png": "cat"}
    log.label({"0.png": "dog"}, "chosen")
    log.label({"1.png": "cat"}, "chosen")
    # Killed before the table was written, or the power failed: the decisions stand.
    both = {"cat/a.png": "cat", "0.png": "dog", "1.png": "cat"}
    assert reopen()[0].standing.labels == both
    table = folder / "labels.csv"
    table.touch()  # As a power failure may leave it.
    assert reopen()[0].standing.labels == both
    source.write(log.standing.labels)
    table.write_text("file,label,by\ncat/a.png,lynx,me\n1.png,,me\n")
    log, source = reopen()
    assert log.standing.labels == {"cat/a.png": "lynx"}
    log.label({"2.png": "dog"}, "chosen")
    source.write(log.standing.labels)
    assert table.read_text().split() == [
        *("file,label,by", "cat/a.png,lynx,me", "1.png,,me", "2.png,dog,"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_nothing_in_a_table_is_lost(end, folder, reopen):
    lines = [
        "sep=;",
        "note;file;label;note;",
        "first;0.png;cat;second;;beyond;the header",
        "nobody knows;1.png;?;;",
        ";;;about no file;",
        'new;2.png;;"two\rlines";;beyond',
    ]
    path = folder / "labels.csv"
    path.write_text(end.join([*lines, ";;;;", "short;3.png"]), newline="")
    with pytest.warns(UserWarning, match="count as unlabeled"):
        log, source = reopen()
    log.label({"2.png": "dog", "4.png": "cat"}, "grid")
    source.write(log.standing.labels)
    lines[5] = lines[5].replace("png;;", "png;dog;")
    lines += ["short;3.png;;;", ";4.png;cat;;"]
    assert path.read_bytes().decode() == "".join(line + end for line in lines)
    log.undo()
    log.label({"0.png": "lynx"}, "chosen")
    source.write(log.standing.labels)
    lines[2] = lines[2].replace("cat", "lynx")
    lines[5] = lines[5].replace("png;dog;", "png;;")
    assert path.read_bytes().decode() == "".join(line + end for line in lines[:7])


def test_table_that_is_written_while_it_is_read_is_not_taken(reopen, monkeypatch):
    _, source = reopen()
    source.write({"0.png": "cat"})
    source.written.write_text("file,label\n0.png,dog\n")

    def find_meanwhile(folder):
        found = find_files(folder)
        with source.written.open("a") as file:
            file.write("1.png,cat\n")
        return found

    monkeypatch.setattr(labeled_sources, "find_files", find_meanwhile)
    with pytest.raises(InputError, match=r"labels.csv to be whole.* written now"):
        source.read()
    monkeypatch.undo()
    assert source.read()
    assert source.labels == {"0.png": "dog", "1.png": "cat"}
    assert not source.read()


@pytest.mark.parametrize(
    "name", ["", " ", "-1", "unlabeled", "nan", "NA", "x" * 61, "a\x00b", "a\u202eb"]
)
def test_names_that_are_no_class_are_refused(name, reopen):
    log, _ = reopen()
    with pytest.raises(InputError, match="Expected a name "):
        log.label({"0.png": name}, "chosen")
    with pytest.raises(InputError):
        log.add(name)
    assert log.standing.labels == {}


def test_classes_are_renamed_to_new_names_only(reopen):
    log, _ = reopen()
    log.add("cat")
    log.add("dog")
    for call in (
        lambda: log.rename("cat", "dog"),
        lambda: log.rename("cow", "ox"),
        lambda: log.merge("cat", "cat"),
        lambda: log.add("cat"),
    ):
        with pytest.raises(InputError):
            call()
    assert log.standing.classes == ["cat", "dog"]


def test_damaged_log_is_refused(folder, reopen):
    log, _ = reopen()
    log.path.write_text(json.dumps({"do": "dance"}) + "\n")
    with pytest.raises(InputError, match="a log of labels"):
        reopen()


def test_hostile_file_names(folder, reopen):
    names = [
        *(" a.png", "b\\c.png", "=1+1.png", "<img src=x onerror=alert(1)>.png"),
        *("line\nbreak.png", '"quoted",.png', "ümläut.png"),
    ]
    for name in names:
        save(folder / name, gray(9))
    save(folder / b"\xff.png".decode("utf-8", "surrogateescape"), gray(9))
    with pytest.warns(UserWarning, match="1 images .* no UTF-8"):
        log, source = reopen()
    log.label(dict.fromkeys(names, "odd"), "grid")
    source.write(log.standing.labels)
    assert labels_in(folder) == dict.fromkeys(names, "odd")
