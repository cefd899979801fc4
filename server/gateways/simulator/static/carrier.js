// The panel beside the phone: what is on the network, numbers that fail, and trouble to order.

import { el, icon, national, timeOfDay } from "./live.js";

const MAX_SHOWN = 30;
const byId = (id) => document.getElementById(id);

// Network

const CHIPS = { delivered: "good", unconfirmed: "wait", held: "wait", failed: "bad" };
const REASONS = {
  unreachable: "unreachable number",
  rejected: "rejected by carrier",
  opted_out: "opted out",
  temporary: "temporary error",
  carrier_error: "carrier error",
  blocked: "blocked",
  unknown: "unknown error",
  unconfirmed: "no receipt",
  setup: "setup",
  content: "content",
};

export function showNetwork(texts, reasons) {
  const newest = texts.filter((text) => text.direction !== "network").slice(-MAX_SHOWN).reverse();
  const rows = newest.map((text) => hop(text, reasons));
  byId("network").replaceChildren(...(rows.length ? rows : [nothing()]));
}

function nothing() {
  return el("p", { class: "empty" }, "Quiet. Every text, either way, shows here with what became of it.");
}

function hop(text, reasons) {
  const way = text.direction === "in" ? "To the firm, from " : "From the firm, to ";
  return el(
    "div",
    { class: "hop" },
    icon(text.direction),
    el("b", {}, el("span", { class: "sr" }, way), national(text.phone)),
    el("span", { class: `chip ${CHIPS[text.state] ?? ""}` }, text.state),
    el("span", { class: "d" }, text.code ? `${text.code} ${REASONS[reasons[text.code]] ?? ""}` : text.text),
    el("time", { datetime: new Date(text.at_ms).toISOString() }, timeOfDay(text.at_ms)),
  );
}

// Numbers that fail

export function showNumbers(magic) {
  const rows = [
    el("p", { class: "note" }, "Give one of these numbers to a contact and text it. Choose a number to copy it. All other numbers work."),
  ];
  let group = "";
  for (const row of magic) {
    if (row.group !== group) rows.push(el("h3", { class: "group" }, row.group));
    group = row.group;
    rows.push(numberRow(row));
  }
  byId("numbers").replaceChildren(...rows);
}

function numberRow(row) {
  const words = el("span", { class: "d" }, row.words);
  const copy = async () => {
    await navigator.clipboard.writeText(national(row.number));
    words.textContent = "Copied";
    setTimeout(() => words.replaceChildren(row.words), 1500);
  };
  return el(
    "button",
    { type: "button", class: "row", onclick: copy },
    el("span", { class: "n" }, national(row.number)),
    words,
    el("span", { class: "code" }, row.code),
  );
}

// Trouble

const FAULTS = {
  throttled: ["The queue is full", "Answers 429; nothing is taken"],
  unavailable: ["Bandwidth is down", "Answers 503; nothing is taken"],
  slow: ["A slow answer", "Three seconds late"],
  lost_answer: ["A lost answer", "The text is taken, the answer never comes"],
  callback_first: ["A report before the answer", "The webhook is first"],
  duplicate: ["Reports that come twice", "Each of them"],
  reorder: ["Reports in reverse order", "Delivered comes first"],
  silent: ["No report at all", "The text arrives all the same"],
};

export function showFaults(faults) {
  const focused = document.activeElement?.dataset?.fault;
  byId("trouble").replaceChildren(
    el("p", { class: "note" }, "What happens to the next text that the firm sends, once."),
    ...Object.entries(FAULTS).map(([fault, [name, words]]) => faultRow(fault, name, words, faults[fault])),
  );
  if (focused) byId("trouble").querySelector(`[data-fault="${focused}"]`)?.focus();
}

function faultRow(fault, name, words, count) {
  const on = count > 0;
  return el(
    "button",
    { type: "button", class: "row", role: "switch", "aria-checked": String(on), "data-fault": fault, onclick: () => order(fault, on ? 0 : 1) },
    el("span", { class: "n" }, count > 1 ? `${name}, ${count} times` : name),
    el("span", { class: "d" }, words),
    el("span", { class: "switch" }),
  );
}

async function order(fault, count) {
  const answer = await fetch("/control/faults", { method: "PUT", body: JSON.stringify({ [fault]: count }) });
  if (answer.ok) showFaults(await answer.json());
}

// Tabs

const tabs = [...document.querySelectorAll('[role="tab"]')];
for (const tab of tabs) {
  tab.addEventListener("click", () => select(tab));
  tab.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    select(next);
    next.focus();
  });
}

function select(chosen) {
  for (const tab of tabs) {
    const on = tab === chosen;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !on;
  }
}
