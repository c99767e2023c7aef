"use strict";

const at = (id) => document.getElementById(id);
const pictures = new Map();
let state = null;
let busy = false;
let sent = 0; /* Decisions so far: what was asked before the last one is out of date. */
let showing = null;
let tiles = null; /* In the grid: pairs of a picture and a class, "" to leave it out. */
let guesses = sessionStorage.getItem("guesses") === "yes";

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/* Return a picture that is decoded before it is shown: nothing flickers. */
function picture(path, alt) {
  if (!pictures.has(path)) {
    const image = new Image();
    image.src = path;
    pictures.set(path, image.decode().then(() => {
      if (image.naturalWidth < 100) image.className = "pixels";
      return image;
    }));
    if (pictures.size > 80) pictures.delete(pictures.keys().next().value);
  }
  return pictures.get(path).then((image) => {
    const copy = image.cloneNode();
    copy.alt = alt;
    return copy;
  });
}

async function ask(path, body) {
  const query = guesses ? "?guesses=yes" : "";
  const response = await fetch(path + query, body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok && response.status !== 422) throw new Error(await response.text());
  return response.json();
}

function complain(text) {
  at("trouble").textContent = text || "";
  at("trouble").hidden = !text;
}

/* Send a decision; it is on disk when the answer comes. */
async function send(path, body, said) {
  if (busy || !state || state.ending) return false;
  busy = true;
  sent += 1;
  try {
    const next = await ask(path, body);
    complain(next.trouble);
    if (!next.trouble) at("said").textContent = `${said} ${number(next.labeled)} labeled.`;
    await show(next);
    return !next.trouble;
  } catch (error) {
    complain("No answer from ssgan. What was decided before is on disk. Is it still running in the terminal?");
    return false;
  } finally {
    busy = false;
  }
}

const number = (n) => n.toLocaleString("en-US");
const percent = (fraction) => `${(100 * fraction).toFixed(fraction > 0 && fraction < 0.01 ? 1 : 0)} %`;

async function show(next) {
  state = next;
  at("count").textContent = `${number(state.labeled)} of ${number(state.pictures)} labeled` +
    (state.skipped ? `, ${number(state.skipped)} skipped` : "") +
    (state.unreadable ? `, ${number(state.unreadable)} cannot be read` : "");
  at("undo").disabled = !state.undo;
  at("undo-what").textContent = state.undo ? `Undo takes back ${state.undo}.` : "";
  at("guesses").setAttribute("aria-pressed", guesses);
  at("grid-mode").setAttribute("aria-pressed", tiles !== null);
  at("grid-mode").disabled = tiles === null && !state.can_guess;
  showClasses();
  showCurve();
  showLearner();
  if (state.ending) {
    at("one").hidden = at("many").hidden = at("side").hidden = true;
    at("end").hidden = false;
    at("ending").textContent = state.ending.text;
    document.querySelector(".tools").hidden = true;
    return;
  }
  at("one").hidden = tiles !== null;
  at("many").hidden = tiles === null;
  if (tiles === null) await showQuestion();
}

async function showQuestion() {
  const { question, following, labeled } = state;
  if (question === null) {
    showing = null;
    at("picture").replaceChildren(make("p", { textContent: "Every picture has a label. Press Finish." }));
    at("neighbors").replaceChildren();
    return;
  }
  if (showing !== question || !at("picture").querySelector("img")) {
    try {
      const image = await picture(`/picture/${question}`, "Picture to label");
      at("picture").replaceChildren(image);
      showing = question;
    } catch (error) {
      const next = await ask("/state");
      if (next.question !== question) return show(next);
      at("picture").replaceChildren(make("p", { textContent: "This picture cannot be shown. Skip it." }));
    }
  }
  if (following !== null) picture(`/picture/${following}`, "").catch(() => {});
  showNeighbors(question, labeled); /* Not waited for: the next key may come at once. */
}

async function showNeighbors(question, labeled) {
  const small = await Promise.allSettled(state.neighbors.map(({ index }) =>
    picture(`/small/${index}`, "Similar picture")));
  if (state.question !== question || state.labeled !== labeled) return;
  at("neighbors").replaceChildren(...small.flatMap(({ value }, i) => {
    if (!value) return [];
    const { label } = state.neighbors[i];
    const caption = guesses ? [make("figcaption", { textContent: label || "\u00a0" })] : [];
    return [make("figure", {}, value, ...caption)];
  }));
}

function showClasses() {
  const focused = document.activeElement && document.activeElement.dataset.name;
  const guessed = new Map((tiles === null && state.guess) || []);
  const buttons = state.classes.map(({ name, count }, i) => {
    const button = make("button", { type: "button" },
      make("kbd", { textContent: i < 9 ? i + 1 : "\u00b7" }),
      make("span", { className: "name", textContent: name }),
      make("span", { className: "muted small", textContent:
        guessed.has(name) ? percent(guessed.get(name)) : number(count) }));
    button.dataset.name = name;
    button.title = name;
    button.setAttribute("aria-label", guessed.has(name)
      ? `${name}, guessed with ${percent(guessed.get(name))}` : `${name}, ${number(count)} labeled`);
    if (i < 9) button.setAttribute("aria-keyshortcuts", i + 1);
    if (guesses && tiles === null) { /* Empty where there is no guess: nothing moves from question to question. */
      const bar = make("i");
      bar.style.width = `${100 * (guessed.get(name) || 0)}%`;
      button.append(make("div", { className: "bar" }, bar));
    }
    button.addEventListener("click", () => choose(name));
    return button;
  });
  at("classes").replaceChildren(...buttons);
  const again = buttons.find((button) => button.dataset.name === focused);
  if (focused && again) again.focus();
}

function showLearner() {
  const { learner, learned_from, read, pictures: all } = state;
  const busyWith = {
    reading: `Reading pictures: ${number(read)} of ${number(all)}.`,
    training: "Learning from your labels in the background.",
    failed: "The background learning has failed; the labels are safe.",
  }[learner] || "";
  const kind = learned_from
    ? `Guesses use features learned from ${number(learned_from)} labels.`
    : state.can_guess ? "Guesses use features that are not learned yet." : "Guesses begin with the second class.";
  at("learner").textContent = `${busyWith} ${kind}`;
  const judging = guesses && state.judges && tiles === null;
  if (judging) at("learner").textContent += " This picture was drawn at random to judge them, so its guess is not shown.";
}

function showCurve() {
  const { now, points, ahead } = state.curve;
  at("estimate").replaceChildren();
  if (!now) {
    at("estimate").textContent = "Every fourth picture is drawn at random. It is guessed before your answer is known, so the error is an honest one. No such picture has been answered since there are guesses.";
  } else {
    at("estimate").append(make("b", { textContent: percent(now.error) }),
      `error: ${now.wrong} of ${now.n > 1 ? `the last ${now.n} randomly drawn pictures` : "1 randomly drawn picture"} (95 % interval ${percent(now.low)} to ${percent(now.high)})`);
  }
  at("ahead").textContent = !ahead ? ""
    : ahead.error_ahead < ahead.error
      ? `Ten more labels would lower the error by about ${(100 * (ahead.error - ahead.error_ahead)).toFixed(1)} points, if the curve goes on like this.`
      : "So far the curve does not fall: ten more labels may not help.";
  at("shares").textContent = "";
  const drawn = Object.entries(state.shares).filter(([, n]) => n);
  const all = drawn.reduce((sum, [, n]) => sum + n, 0);
  if (all >= 10) {
    drawn.sort((a, b) => b[1] - a[1]);
    at("shares").textContent = `Among ${all} randomly drawn pictures: ` +
      drawn.slice(0, 6).map(([name, n]) => `${name} ${percent(n / all)}`).join(", ") +
      (drawn.length > 6 ? " and others" : "") + ". The other labels are no sample.";
  }
  const svg = at("curve");
  svg.toggleAttribute("hidden", points.length < 2);
  if (points.length < 2) return;
  svg.setAttribute("aria-label", "Error against the number of labels: " + points.map((p) =>
    `${percent(p.error)} at ${Math.round(p.n_labels)}`).join(", "));
  const width = 320, height = 130, left = 34, bottom = 18;
  const most = Math.max(...points.map((p) => p.n_labels)) * 1.05;
  const x = (n) => left + (n / most) * (width - left - 6);
  const y = (e) => 6 + (1 - e) * (height - bottom - 6);
  const draw = (tag, attributes, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    return element;
  };
  const parts = [0, 0.5, 1].flatMap((e) => [
    draw("line", { class: "grid", x1: left, x2: width, y1: y(e), y2: y(e) }),
    draw("text", { x: left - 6, y: y(e) + 4, "text-anchor": "end" }, `${100 * e}%`),
  ]);
  for (const p of points) {
    parts.push(draw("line", { class: "bars", x1: x(p.n_labels), x2: x(p.n_labels), y1: y(p.low), y2: y(p.high) }));
  }
  parts.push(draw("polyline", { class: "line", points: points.map((p) => `${x(p.n_labels)},${y(p.error)}`).join(" ") }));
  for (const p of points) parts.push(draw("circle", { cx: x(p.n_labels), cy: y(p.error), r: 3.5 }));
  parts.push(draw("text", { x: width, y: height - 2, "text-anchor": "end" }, `${Math.round(most)} labels`));
  svg.replaceChildren(...parts);
}

/* The class of the picture, or of the chosen tile. */
function choose(name) {
  if (tiles === null) {
    if (showing !== null) send("/label", { index: showing, name }, `Labeled ${name}.`);
    return;
  }
  const i = chosenTile();
  if (i >= 0) setTile(i, name, true);
}

const chosenTile = () => tiles.findIndex((tile) => tile.button.tabIndex === 0);

function leaveOut() {
  const i = chosenTile();
  if (i >= 0) setTile(i, "", true);
}

function setTile(i, name, forward) {
  const tile = tiles[i];
  tile.label = name;
  tile.button.querySelector("span").textContent = name || "left out";
  tile.button.classList.toggle("changed", name !== tile.guess && name !== "");
  tile.button.classList.toggle("out", name === "");
  tile.button.setAttribute("aria-label", `Picture ${i + 1}: ${name || "left out"}`);
  if (forward) focusTile(Math.min(i + 1, tiles.length - 1));
}

function focusTile(i) {
  if (i < 0 || i >= tiles.length) return;
  tiles.forEach((tile, j) => { tile.button.tabIndex = i === j ? 0 : -1; });
  tiles[i].button.focus();
}

async function openGrid() {
  const found = await ask("/grid");
  const images = await Promise.allSettled(found.map(({ index }) => picture(`/small/${index}`, "")));
  tiles = found.map(({ index, label }, i) => {
    const button = make("button", { type: "button" }, images[i].value || "?",
      make("span", { textContent: label }));
    button.addEventListener("focus", () => {
      tiles.forEach((tile) => { tile.button.tabIndex = tile.button === button ? 0 : -1; });
    });
    return { index, label, guess: label, button };
  });
  at("tiles").replaceChildren(...tiles.map((tile) => tile.button));
  tiles.forEach((tile, i) => setTile(i, tile.guess));
  at("grid-note").textContent = tiles.length
    ? "Choose a picture with the arrow keys or a tap. A class corrects it, Skip or X leaves it out."
    : "No guesses are left.";
  at("confirm").disabled = !tiles.length;
  await show(state);
  if (tiles.length) focusTile(0);
}

async function toggleGrid() {
  if (busy || !state || state.ending) return;
  if (tiles !== null) {
    tiles = null;
    await show(await ask("/state"));
  } else if (state.can_guess) {
    await openGrid();
  }
}

async function confirm() {
  const labels = tiles.filter((tile) => tile.label).map((tile) => [tile.index, tile.label]);
  if (!labels.length) return;
  if (await send("/confirm", { labels }, `${labels.length} ${labels.length > 1 ? "pictures" : "picture"} labeled.`)) {
    await openGrid();
  }
}

async function undo() {
  const what = state.undo;
  if (what && await send("/undo", {}, `Took back ${what}.`) && tiles !== null) await openGrid();
}

function skip() {
  if (tiles !== null) leaveOut();
  else if (showing !== null) send("/skip", { index: showing }, "Skipped.");
}

async function toggleGuesses() {
  guesses = !guesses;
  sessionStorage.setItem("guesses", guesses ? "yes" : "no");
  if (state && !state.ending) await show(await ask("/state"));
}

/* The dialog in which classes are renamed and merged. */
function openDialog() {
  const rows = state.classes.map(({ name }) => {
    const input = make("input", { value: name, maxLength: 60, autocomplete: "off" });
    input.setAttribute("aria-label", `New name of ${name}`);
    const rename = make("button", { type: "button", textContent: "Rename" });
    rename.addEventListener("click", () => change("/rename", { name, to: input.value }));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") change("/rename", { name, to: input.value });
    });
    const merge = make("select", {}, make("option", { value: "", textContent: "Merge into\u2026" }),
      ...state.classes.filter((other) => other.name !== name).map((other) =>
        make("option", { value: other.name, textContent: other.name })));
    merge.setAttribute("aria-label", `Merge ${name} into another class`);
    /* Not at once when the choice changes: arrow keys pass the others on the way. */
    const merged = make("button", { type: "button", textContent: "Merge" });
    merged.addEventListener("click", () => merge.value ? change("/merge", { name, to: merge.value }) : merge.focus());
    rename.setAttribute("aria-label", `Rename ${name}`);
    merged.setAttribute("aria-label", `Merge ${name}`);
    return make("div", {}, input, rename, merge, merged);
  });
  at("rows").replaceChildren(...rows);
  at("dialog-trouble").textContent = "";
  if (!at("dialog").open) at("dialog").showModal();
}

async function change(path, body) {
  const rows = () => [...at("rows").children];
  const place = rows().findIndex((row) => row.contains(document.activeElement));
  if (await send(path, body, "Changed.")) {
    openDialog();
    const row = rows()[Math.min(place, rows().length - 1)];
    if (row) row.querySelector("input").focus();
  } else {
    at("dialog-trouble").textContent = at("trouble").textContent;
    complain("");
  }
}

at("new").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = at("name").value.trim();
  if (!name) return at("name").focus();
  const known = state.classes.some((other) => other.name === name);
  const spelled = (text) => text.toLowerCase().replace(/\s+/g, "");
  const alike = state.classes.find((other) => name.length > 1 && spelled(other.name) === spelled(name));
  if (tiles !== null) {
    if (known || await send("/add", { name }, `Added ${name}.`)) choose(name);
  } else if (showing === null || !(await send("/label", { index: showing, name }, `Labeled ${name}.`))) {
    return;
  }
  if (alike && !known) complain(`${name} and ${alike.name} are two classes. If they are one, undo, or merge them under Edit classes.`);
  at("name").value = "";
  at("name").blur();
});
at("another").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = at("another-name").value.trim();
  at("another-name").value = "";
  if (name) change("/add", { name });
});
at("skip").addEventListener("click", skip);
at("undo").addEventListener("click", undo);
at("edit").addEventListener("click", () => state && openDialog());
at("close").addEventListener("click", () => at("dialog").close());
at("guesses").addEventListener("click", toggleGuesses);
at("grid-mode").addEventListener("click", toggleGrid);
at("confirm").addEventListener("click", confirm);
at("finish").addEventListener("click", () => send("/finish", {}, "The labeling has ended."));

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || !state || state.ending) return;
  if (at("dialog").open) return;
  if (["INPUT", "SELECT"].includes(event.target.tagName)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const key = event.key.toLowerCase();
  const digit = "123456789".indexOf(key);
  if (digit >= 0 && digit < state.classes.length) choose(state.classes[digit].name);
  else if (key === "s") skip();
  else if (key === "u") undo();
  else if (key === "g") toggleGuesses();
  else if (key === "t") toggleGrid();
  else if (key === "e") openDialog();
  else if (key === "n") at("name").focus();
  else if (tiles !== null && tiles.length) {
    const columns = getComputedStyle(at("tiles")).gridTemplateColumns.split(" ").length;
    const step = { arrowright: 1, arrowleft: -1, arrowdown: columns, arrowup: -columns }[key];
    if (step) focusTile(chosenTile() + step);
    else if (key === "x") leaveOut();
    else if (key === "enter" && event.target.closest("button") !== at("finish")) confirm();
    else return;
  } else return;
  event.preventDefault();
});

/* What the learner does meanwhile; the picture itself is never swapped by this. */
setInterval(async () => {
  if (busy || document.hidden || !state || at("dialog").open) return;
  if (state.ending && state.ending.over) return;
  const before = sent;
  try {
    const next = await ask("/state");
    if (busy || sent !== before) return;
    if (tiles !== null || next.ending || next.question === showing || showing === null) await show(next);
    else { state = { ...next, question: showing, neighbors: state.neighbors, guess: state.guess }; await show(state); }
  } catch (error) {
    if (!state.ending) complain("No answer from ssgan. What was decided is on disk. Is it still running in the terminal?");
    else state.ending.over = true;
  }
}, 2500);

ask("/state").then(show).catch(() => complain("No answer from ssgan."));
