// What both pages need: elements without markup, times, links in text, and a socket that comes back.

const SVG = "http://www.w3.org/2000/svg";
const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/g;

/** Make an element; children are elements or text, and text is only ever text. */
export function el(tag, fields = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Split text into text and links; only http and https become links. */
export function withLinks(text) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(text.slice(at, match.index));
    parts.push(el("a", { href: match[0], target: "_blank", rel: "noopener noreferrer" }, match[0]));
    at = match.index + match[0].length;
  }
  return [...parts, text.slice(at)];
}

export function national(number) {
  const match = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return match ? `(${match[1]}) ${match[2]}-${match[3]}` : number;
}

const clock = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat("en-US", { weekday: "long" });
const date = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric" });

export const timeOfDay = (ms) => clock.format(ms);

export function dayName(ms, now = Date.now()) {
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(ms).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return days < 7 ? weekday.format(ms) : date.format(ms);
}

export const shortTime = (ms) => (dayName(ms) === "Today" ? timeOfDay(ms) : dayName(ms));

/** Follow a subject: `apply` gets the snapshot and every change, and a new snapshot after each interruption. */
export function follow(path, apply) {
  const lost = document.getElementById("lost");
  const socket = new WebSocket(new URL(path, location.href.replace(/^http/, "ws")));
  socket.onmessage = ({ data }) => {
    lost.hidden = true;
    apply(JSON.parse(data));
  };
  socket.onclose = () => {
    lost.hidden = false;
    setTimeout(follow, 500 + Math.random() * 1000, path, apply);
  };
}
