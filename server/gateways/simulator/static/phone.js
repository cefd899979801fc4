// The phones: whose it is, what it shows, and texting the firm from it. The panel beside it is carrier.js.

import { showFaults, showNetwork, showNumbers } from "./carrier.js";
import { dayName, el, follow, national, shortTime, timeOfDay, withLinks } from "./live.js";

const HOUR_MS = 3_600_000;
const ARRIVED = new Set(["delivered", "unconfirmed"]);
const byId = (id) => document.getElementById(id);

const state = { firm: { number: "", name: "" }, people: [], magic: [], reasons: {}, texts: new Map() };
const drafts = new Map();
const unread = new Set();
const fresh = new Set();
let phone = decodeURIComponent(location.hash.slice(1)) || null;

follow("/phone/live", (change) => {
  if (change.type === "faults") return showFaults(change.faults);
  if (change.type === "snapshot") takeSnapshot(change);
  else takeText(change.text);
  show();
});

function takeSnapshot(snapshot) {
  Object.assign(state, snapshot, { texts: new Map(snapshot.texts.map((text) => [text.id, text])) });
  phone ??= state.people[0]?.number ?? null;
  byId("firm").textContent = national(state.firm.number);
  showNumbers(state.magic);
  showFaults(snapshot.faults);
}

function takeText(text) {
  const before = state.texts.get(text.id);
  state.texts.set(text.id, text);
  if (!isOnPhone(text) || (before && isOnPhone(before))) return;
  fresh.add(text.id);
  if (text.direction !== "in" && text.phone !== phone) unread.add(text.phone);
}

/** A text of the firm's shows when it arrives; one that failed was never here. */
function isOnPhone(text) {
  return text.direction !== "out" || ARRIVED.has(text.state);
}

function textsOf(number) {
  return [...state.texts.values()].filter((text) => text.phone === number && isOnPhone(text));
}

function show() {
  showPeople();
  showLog();
  showNetwork([...state.texts.values()], state.reasons);
}

// People

function showPeople() {
  byId("people").replaceChildren(...everybody().map(person));
}

function everybody() {
  const known = new Map(state.people.map(({ name, number }) => [number, name]));
  for (const text of state.texts.values()) if (!known.has(text.phone)) known.set(text.phone, "");
  if (phone && !known.has(phone)) known.set(phone, "");
  return [...known].map(([number, name]) => ({ number, name }));
}

function person({ number, name }) {
  const last = textsOf(number).at(-1);
  const lines = [
    el("span", { class: "av", "aria-hidden": "true" }, initials(name, number)),
    el("span", { class: "n num" }, name || national(number)),
    last ? el("time", { datetime: new Date(last.at_ms).toISOString() }, shortTime(last.at_ms)) : "",
    el("span", { class: "d num" }, name ? national(number) : magicOf(number)),
    last ? el("span", { class: "d last" }, last.direction === "in" ? `You: ${last.text}` : last.text) : "",
  ];
  const fields = { type: "button", onclick: () => choose(number) };
  if (number === phone) fields["aria-current"] = "true";
  if (unread.has(number)) fields.class = "new";
  return el("li", {}, el("button", fields, ...lines));
}

function magicOf(number) {
  return state.magic.find((row) => row.number === number)?.words ?? "Not in the list of people";
}

function initials(name, number) {
  const words = name.split(/\s+/).filter(Boolean);
  return words.length ? (words[0][0] + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase() : number.slice(-2);
}

function choose(number) {
  if (phone) drafts.set(phone, byId("text").value);
  phone = number;
  history.replaceState(null, "", `#${number}`);
  byId("text").value = drafts.get(number) ?? "";
  complain("");
  fresh.clear();
  view("phone");
  show();
  readyToSend();
}

byId("other").addEventListener("submit", (event) => {
  event.preventDefault();
  const digits = byId("other-number").value.replace(/\D/g, "").replace(/^1(?=\d{10}$)/, "");
  byId("other-number").setCustomValidity(digits.length === 10 ? "" : "Type ten digits, area code first.");
  if (!event.target.reportValidity()) return;
  byId("other-number").value = "";
  choose(`+1${digits}`);
});
byId("other-number").addEventListener("input", ({ target }) => target.setCustomValidity(""));
addEventListener("hashchange", () => choose(decodeURIComponent(location.hash.slice(1))));

// The conversation

function showLog() {
  const log = byId("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60 || log.dataset.phone !== phone;
  const texts = phone ? textsOf(phone) : [];
  log.replaceChildren(...(texts.length ? conversation(texts) : [nothingYet()]));
  log.dataset.phone = phone;
  unread.delete(phone);
  const name = everybody().find(({ number }) => number === phone)?.name;
  byId("owner").textContent = name ? `${name}, ${national(phone)}` : national(phone ?? "");
  byId("mine").textContent = `on the phone of ${name || national(phone ?? "")}`;
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function nothingYet() {
  return el("p", { class: "empty" }, `No texts on this phone. Text ${state.firm.name || "the firm"}, or let the firm write first.`);
}

function conversation(texts) {
  const rows = [];
  texts.forEach((text, index) => {
    const before = texts[index - 1];
    const late = !before || text.at_ms - before.at_ms > HOUR_MS || dayName(text.at_ms) !== dayName(before.at_ms);
    if (late) rows.push(el("p", { class: "day" }, `${dayName(text.at_ms)} ${timeOfDay(text.at_ms)}`));
    rows.push(bubble(text, !late && (before.direction === "in") !== (text.direction === "in")));
    if (text.direction === "in" && isWorthANote(text, texts.slice(index + 1))) rows.push(note(text));
  });
  return rows;
}

function bubble(text, isTurn) {
  const side = text.direction === "in" ? "out" : "in";
  const classes = ["s", side, isTurn && "turn", fresh.has(text.id) && "fresh"].filter(Boolean).join(" ");
  const who = text.direction === "in" ? "You: " : "The firm: ";
  return el("p", { class: classes }, el("span", { class: "sr" }, who), ...withLinks(text.text));
}

const NOTES = {
  sending: "Sending…",
  held: "Sent. The firm’s server does not take it yet",
  delivered: "Delivered",
  failed: "Not delivered",
};

/** As phones do: the last text says how it went, and every one that is in trouble. */
function isWorthANote(text, later) {
  return text.state !== "delivered" || !later.some((other) => other.direction === "in");
}

function note(text) {
  return el("p", { class: text.state === "failed" ? "nt bad" : "nt" }, NOTES[text.state] ?? text.state);
}

// The composer

const composer = byId("composer");
const field = byId("text");

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  if (field.value.trim() && phone) send(phone, field.value);
});
field.addEventListener("input", readyToSend);
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});

async function send(from, text) {
  field.value = "";
  drafts.delete(from);
  readyToSend();
  const refusal = await post({ phone: from, text });
  if (!refusal) return;
  drafts.set(from, text);
  if (phone !== from) return;
  field.value = field.value || text;
  complain(refusal);
  readyToSend();
}

async function post(body) {
  try {
    const answer = await fetch("/phone/texts", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return answer.ok ? "" : (await answer.json()).error;
  } catch {
    return "The simulator does not answer. Your text is kept here.";
  }
}

function readyToSend() {
  const ready = Boolean(phone && field.value.trim());
  composer.querySelector(".go").setAttribute("aria-disabled", String(!ready));
  if (ready) complain("");
}

function complain(words) {
  byId("refused").textContent = words;
  byId("refused").hidden = !words;
}

// The screen

function view(name) {
  document.body.dataset.view = name;
  for (const button of document.querySelectorAll("nav button")) {
    const on = button.dataset.view === (name === "carrier" ? "carrier" : "phone");
    if (on) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
}
view("phone");
for (const button of document.querySelectorAll("button[data-view]")) {
  button.addEventListener("click", () => view(button.dataset.view));
}

function tick() {
  byId("clock").textContent = timeOfDay(Date.now()).replace(/ [AP]M$/, "");
  byId("clock").dateTime = new Date().toISOString();
}
tick();
setInterval(tick, 10_000);
readyToSend();
