// The mail that was caught: a list, and one letter at a time.

import { el, follow, shortTime, withLinks } from "./live.js";

const byId = (id) => document.getElementById(id);
const mails = new Map();
let openId = decodeURIComponent(location.hash.slice(1)) || null;
let asText = false;
const seen = new Set();

follow("/mail/live", (change) => {
  if (change.type === "snapshot") {
    mails.clear();
    for (const mail of change.mails) mails.set(mail.id, mail);
    for (const id of mails.keys()) seen.add(id);
  } else {
    mails.set(change.mail.id, change.mail);
  }
  showList();
  if (!byId("letter").dataset.id) showLetter();
});

byId("back").addEventListener("click", () => open(null));
byId("as-html").addEventListener("click", () => choose(false));
byId("as-text").addEventListener("click", () => choose(true));
addEventListener("hashchange", () => open(decodeURIComponent(location.hash.slice(1)) || null));

function open(id) {
  openId = id;
  history.replaceState(null, "", id ? `#${id}` : location.pathname);
  showList();
  showLetter();
}

function choose(text) {
  asText = text;
  showLetter();
}

function showList() {
  const newestFirst = [...mails.values()].reverse();
  byId("letters").replaceChildren(...newestFirst.map(listed));
  document.body.dataset.view = openId && mails.has(openId) ? "letter" : "list";
  byId("none").textContent = mails.size
    ? "Choose a mail to read it."
    : "No mail yet. When the firm writes to somebody, or a client asks for a sign-in link, the mail appears here.";
}

function listed(mail) {
  const button = el(
    "button",
    {
      type: "button",
      class: seen.has(mail.id) ? "" : "new",
      "aria-current": mail.id === openId ? "true" : undefined,
      onclick: () => open(mail.id),
    },
    el("span", { class: "n" }, mail.to.join(", ")),
    el("time", { datetime: new Date(mail.at_ms).toISOString() }, shortTime(mail.at_ms)),
    el("span", { class: "d" }, mail.subject || "(no subject)"),
    el("span", { class: "d" }, mail.text.replace(/\s+/g, " ").slice(0, 120)),
  );
  return el("li", {}, button);
}

function showLetter() {
  const mail = mails.get(openId);
  const letter = byId("letter");
  letter.hidden = !mail;
  byId("none").hidden = Boolean(mail);
  if (!mail) {
    delete letter.dataset.id;
    return;
  }
  seen.add(mail.id);
  const text = asText || !mail.html;
  byId("subject").textContent = mail.subject || "(no subject)";
  byId("sender").textContent = mail.sender;
  byId("to").textContent = mail.to.join(", ");
  byId("at").textContent = new Date(mail.at_ms).toLocaleString("en-US", { dateStyle: "medium", timeStyle: "short" });
  byId("at").dateTime = new Date(mail.at_ms).toISOString();
  byId("as-html").setAttribute("aria-pressed", String(!text));
  byId("as-text").setAttribute("aria-pressed", String(text));
  byId("html").hidden = text;
  byId("text").hidden = !text;
  byId("text").replaceChildren(...withLinks(mail.text));
  if (letter.dataset.id !== mail.id) byId("html").src = mail.html ? `/mail/${mail.id}/html` : "about:blank";
  letter.dataset.id = mail.id;
}
