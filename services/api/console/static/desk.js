// What a page does by itself: times in the reader's zone, keys, and a counter of what is newer.
// Nothing on the page moves: a new message only raises the counter. Every key presses a link or a
// button that can be seen: data-key="a" on it, or data-go="l" for the pages behind `g`.
import { listen } from "./live.js";

const MINUTE = 60, HOUR = 3600, DAY = 86400;
const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat([], { day: "numeric", month: "short" });
const year = new Intl.DateTimeFormat([], { day: "numeric", month: "short", year: "numeric" });
const exact = new Intl.DateTimeFormat([], { dateStyle: "long", timeStyle: "long", hourCycle: "h23" });
// The time of the news may not be that of this machine: the page says what it was when it was made.
const offset = () => Number(document.body.dataset.offset ?? 0);

function tell(time, now) {
  const at = new Date(time.dateTime);
  if (isNaN(at)) return;
  if (!time.dataset.exact) {
    time.dataset.exact = time.title;
    time.title = `${exact.format(at)} (${time.dataset.exact})`;
  }
  let words;
  if (time.className === "ago") {
    const s = Math.max(0, Math.round((now - at) / 1000));
    words = s < MINUTE ? `${s} s ago` : s < HOUR ? `${Math.floor(s / MINUTE)} min ago`
      : s < DAY ? `${Math.floor(s / HOUR)} h ago` : `${Math.floor(s / DAY)} d ago`;
  } else if (time.className === "moment") {
    const is = (form) => form.format(at) === form.format(now);
    words = is(year) ? clock.format(at)
      : at.getFullYear() === now.getFullYear() ? `${day.format(at)}, ${clock.format(at)}` : year.format(at);
  } else return;
  if (time.textContent !== words) time.textContent = words;
}

const zone = document.querySelector("#zone");
if (zone) zone.textContent = `Times are in ${exact.resolvedOptions().timeZone.replaceAll("_", " ")}.`;

function tellAll(root = document) {
  const now = new Date(Date.now() + offset());
  for (const time of root.querySelectorAll("time")) tell(time, now);
}

// How fresh panels are. Not by htmx: V8 compiles what runs often, and htmx is a lot of code for that.
async function refresh(parts) {
  for (const part of document.querySelectorAll(parts)) {
    const answer = await fetch(part.dataset.fresh).catch(() => null);
    if (!answer?.ok || answer.redirected) continue;
    part.innerHTML = await answer.text();
    tellAll(part);
  }
}

// Rows: one is chosen. Focus goes to its first link, so that Enter opens it and a reader hears it.
const rows = () => [...document.querySelectorAll("[data-row]")];
const chosen = () => document.querySelector("[data-row][data-chosen]");

// Who comes back to a list goes on where they were.
const place = () => `row ${location.pathname}`;
const nameOf = (row) => row.dataset.id ?? row.querySelector("a[href]")?.getAttribute("href") ?? "";

function mark(row) {
  if (!row || row === chosen()) return;
  chosen()?.removeAttribute("data-chosen");
  row.setAttribute("data-chosen", "");
  sessionStorage.setItem(place(), nameOf(row));
}

function choose(row) {
  if (!row) return;
  mark(row);
  const link = row.querySelector("a[href], button");
  if (!row.contains(document.activeElement)) (link ?? row).focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows(), at = all.indexOf(chosen());
  if (at >= 0) return choose(all[Math.min(all.length - 1, Math.max(0, at + by))]);
  choose(all.find((row) => row.getBoundingClientRect().bottom > 60));
}

const isSeen = (element) => element && !element.disabled && element.getClientRects().length > 0
  && !element.hasAttribute("data-none");
const press = (selector, root) => {
  const found = [...(root ?? document).querySelectorAll(selector)].find(isSeen);
  found?.click();
  return Boolean(found);
};

let going = 0;
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  const { key } = event, name = CSS.escape(key);
  let done = true;
  if (going && Date.now() - going < 1500) done = press(`[data-go="${name}"]`);
  else if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
  else if (key === "g") { going = Date.now(); event.preventDefault(); return; }
  else if (key === "/") {
    const field = [...document.querySelectorAll('input[name="q"]')].find(isSeen);
    if (field) { field.focus(); field.select(); } else done = press('[data-go="s"]');
  } else if (key.length === 1) {
    done = (chosen() && press(`[data-key="${name}"]`, chosen())) || press(`[data-key="${name}"]:not([data-row] *)`);
  } else done = false;
  going = 0;
  if (done) event.preventDefault();
}

function onClick(event) {
  const pressed = event.target.closest?.("[data-does]");
  if (pressed?.dataset.does === "help") document.getElementById("keys")?.showModal();
  mark(event.target.closest?.("[data-row]"));
}

function start() {
  const made = new Date(document.body.dataset.now ?? Date.now());
  document.body.dataset.offset = String(Math.round((made - Date.now()) / 1000) * 1000);
  const arrive = () => { tellAll(); refresh("[data-fresh]:has(.f-unknown)"); };
  arrive();
  setInterval(() => {
    if (document.hidden) return;
    tellAll();
    refresh("[data-fresh]");
  }, 30_000);
  for (const each of document.querySelectorAll("[data-does]")) each.removeAttribute("data-none");
  const before = sessionStorage.getItem(place());
  if (before) mark(rows().find((row) => nameOf(row) === before));
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  document.addEventListener("htmx:after:swap", arrive);
  listen(document.getElementById("waiting"), document.body.dataset.made);
}

start();
