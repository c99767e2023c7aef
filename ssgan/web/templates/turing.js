"use strict";

const at = (id) => document.getElementById(id);
const feedback = document.querySelector("main").dataset.feedback === "yes";
const pictures = new Map();
let state = null;
let busy = false;

/* Return a picture that is decoded before it is shown: nothing flickers. */
function picture(index) {
  if (!pictures.has(index)) {
    const image = new Image();
    image.className = "pixels";
    image.alt = `Example ${index + 1}`;
    image.src = `/picture/${index}`;
    pictures.set(index, image.decode().then(() => image));
  }
  return pictures.get(index);
}

const percent = (fraction) => `${(100 * fraction).toFixed(0)} %`;

async function show(next) {
  state = next;
  const { question, questions, result } = state;
  at("progress").style.width = `${(100 * question) / questions}%`;
  if (result) {
    at("ask").hidden = true;
    at("end").hidden = false;
    at("count").textContent = `${questions} answers`;
    at("accuracy").textContent = percent(result.accuracy);
    at("interval").textContent =
      `${result.right} of ${result.answered}; 95 % interval ` +
      `${percent(result.low)} to ${percent(result.high)}`;
    at("missed").textContent = `${result.real_taken_for_generated} of ${result.n_real}`;
    at("fooled").textContent = `${result.generated_taken_for_real} of ${result.n_generated}`;
    return;
  }
  at("picture").replaceChildren(await picture(question));
  at("count").textContent = `${question + 1} of ${questions}`;
  at("ask").hidden = false;
  pictures.delete(question - 1);
  if (question + 1 < questions) picture(question + 1).catch(() => {});
}

async function answer(real) {
  if (busy || !state || state.result) return;
  busy = true;
  try {
    const response = await fetch("/answer", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ question: state.question, real }),
    });
    if (!response.ok && response.status !== 409) {
      at("trouble").textContent = await response.text();
      return;
    }
    const next = await response.json();
    const truth = next.right === real ? "real" : "generated";
    at("said").className = next.right ? "right" : "wrong";
    at("said").textContent =
      response.status === 409 ? "Answered in another tab."
      : feedback ? `${next.right ? "Right" : "Wrong"}: it was ${truth}.` : "";
    await show(next);
    at("trouble").textContent = "";
  } catch (error) {
    at("trouble").textContent = "No answer from ssgan. Is it still running in the terminal?";
  } finally {
    busy = false;
  }
}

at("real").addEventListener("click", () => answer(true));
at("generated").addEventListener("click", () => answer(false));
document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key === "r" || key === "arrowleft") answer(true);
  if (key === "g" || key === "arrowright") answer(false);
});
fetch("/state").then((response) => response.json()).then(show);
