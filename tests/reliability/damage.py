"""Damage files in random ways, and strange texts."""

import json
import os
import shutil
import zipfile

SEED = 17
BLOCK = 25
STRANGE = [
    *(
        "",
        " ",
        "0",
        "-1",
        "1e30",
        "nan",
        "None",
        "999999999999",
        "[/b]",
        "=1+1",
        "\u202e",
    ),
    *(
        "caf\udce9",
        "a" * 300,
        "../x",
        "~nobody/x",
        "/dev/null",
        "/proc/self/mem",
        "%s%n",
    ),
    *(
        "digits",
        "tfds:",
        "tfds:no_such_set",
        "--help",
        "--",
        "-x",
        "a\nb",
        "null",
        "true",
    ),
]


def damaged(rng, path, folder):
    """Return a damaged copy of a file or folder, or something else in its place."""
    copy = folder / path.name
    if path.is_dir():
        shutil.copytree(path, copy)
        inside = sorted(p for p in copy.rglob("*") if p.is_file())
        for _ in range(rng.integers(1, 4)):
            damage_bytes(rng, inside[rng.integers(len(inside))])
        if rng.random() < 0.3:
            text = table_text(rng)
            (copy / "labels.csv").write_text(text, errors="surrogateescape")
        return copy
    kind = rng.integers(6)
    if kind < 2:
        copy.unlink(missing_ok=True)
    if kind == 0:
        copy.mkdir()
    elif kind == 1:
        os.mkfifo(copy)
    elif kind == 2 and path.suffix in (".csv", ".json"):
        text = table_text(rng) if path.suffix == ".csv" else json_text(rng)
        copy.write_text(text, errors="surrogateescape")
    elif kind == 3 and zipfile.is_zipfile(path):
        damage_member(rng, path, copy)
    else:
        shutil.copy(path, copy)
        damage_bytes(rng, copy)
    return copy


def damage_bytes(rng, path):
    data = bytearray(path.read_bytes())
    kind = rng.integers(3)
    if kind == 0:
        data = data[: rng.integers(len(data) + 1)]
    elif kind == 1:
        for place in rng.integers(len(data), size=rng.integers(1, 20)):
            data[place] = rng.integers(256)
    else:
        place = rng.integers(len(data))
        data[place:place] = rng.bytes(rng.integers(1, 100))
    path.write_bytes(data)


def damage_member(rng, path, copy):
    """Copy a zip file; one of its members is damaged, but its checksum is right."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        names = old.namelist()
        chosen = names[rng.integers(len(names))]
        for name in names:
            data = bytearray(old.read(name))
            if name == chosen and rng.random() < 0.8:
                for place in rng.integers(len(data), size=rng.integers(1, 9)):
                    data[place] = rng.integers(256)
            elif name == chosen:
                continue
            new.writestr(name, bytes(data))


def table_text(rng):
    names = ["file", "label", "a", "b", "", "Label", "c d", "label"]
    width = rng.integers(1, 5)
    cells = [*STRANGE, "0.5", "2", "yes", "no", '"', "a,b", "0.png"]
    lines = [",".join(rng.choice(names, width))]
    for _ in range(rng.integers(0, 6)):
        n = width if rng.random() < 0.9 else rng.integers(1, 6)
        lines.append(",".join(rng.choice(cells, n)))
    return "\n".join(lines)


def json_text(rng):
    values = [None, -1, 1.5, "x", [], [0, 0], [[1]], {}, 2**70, True, [-3], [10**9, 1]]
    keys = ["name", "indices", "seed", "n_labels", "other"]
    some = {key: values[rng.integers(len(values))] for key in rng.permutation(keys)[:4]}
    return json.dumps(some)
