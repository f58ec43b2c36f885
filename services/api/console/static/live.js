// Counts what is newer than the page:
// <main data-live="claim" data-one="newer claim" data-many="newer claims" data-where='{"status": "denied"}'>.
// A row with data-id and data-version is not newer than itself.
// One tab of this browser holds the stream and tells the others, since a browser opens only six
// connections to one address. The tab that holds it is the one that has the lock.
const MOST = 1000; // ids that are told apart; beyond it the counter says "more than"
const ASK = "ask";
const EACH_MS = 2000; // so long the index takes to have what the stream told; Elasticsearch refreshes each second
const BEFORE_MS = 10_000; // the index is some seconds behind the stream: so long before the page was made

export function listen(waiting, made) {
  const page = () => document.querySelector("[data-live]");
  if (!page() || !waiting) return;
  let from = new Date(made) - BEFORE_MS, isMore = false;
  const seen = new Set();

  const isShown = ({ id, version }) => {
    const row = document.querySelector(`[data-id="${CSS.escape(id)}"]`);
    return row && Number(row.dataset.version) >= version;
  };
  // Not at once: a page that is loaded now would not have it. And not for each: a reader of screens
  // says every change.
  let waits = 0;
  const show = () => { waits ||= setTimeout(() => { waits = 0; tell(); }, EACH_MS); };
  const tell = () => {
    if (!page()) return;
    const main = page(), n = seen.size, many = n >= MOST || isMore;
    const name = n === 1 && !many ? main.dataset.one : main.dataset.many;
    const number = n ? `${many ? "more than " : ""}${n.toLocaleString()} ` : "";
    waiting.textContent = n || many ? `${number}${name}: show` : "";
    waiting.toggleAttribute("data-none", !(n || many));
    document.title = document.title.replace(/^\(\d+\+?\) /, "");
    if (n) document.title = `(${n}${many ? "+" : ""}) ${document.title}`;
  };
  const take = (event) => {
    const { live = "", where } = page()?.dataset ?? {};
    const isOther = ([name, value]) => name in event && event[name] !== value;
    if (event.came < from) return;
    if (event.kind === "lost") isMore = true;
    else if (!live.split(" ").includes(event.kind) || isShown(event)) return;
    else if (Object.entries(JSON.parse(where || "{}")).some(isOther)) return;
    else if (seen.size < MOST) seen.add(event.id);
    show();
  };
  let counted = page(); // it may be loaded anew
  document.addEventListener("htmx:after:swap", () => {
    if (!page() || page() === counted) return;
    counted = page();
    waiting.href = counted.dataset.newest ?? location.href;
    from = Date.now() - BEFORE_MS;
    seen.clear();
    isMore = false;
    tell();
  });
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("desk-live") : null;
  if (!channel || !navigator.locks) return hold(take, from);
  channel.onmessage = ({ data }) => { if (data !== ASK) take(data); };
  channel.postMessage(ASK);
  navigator.locks.request("desk-live", () => lead(channel, take, from));
}

// Holds the stream for all tabs. A tab that comes later asks for what it may have missed.
function lead(channel, take, from) {
  const last = [];
  channel.onmessage = ({ data }) => { if (data === ASK) last.forEach((event) => channel.postMessage(event)); };
  return hold((event) => {
    last.push(event);
    if (last.length > MOST) last.shift();
    channel.postMessage(event);
    take(event);
  }, from);
}

// The promise never ends, and so the lock stays as long as this tab lives.
function hold(tell, from) {
  const stream = new EventSource(`/v1/live?since=${encodeURIComponent(new Date(from).toISOString())}`);
  for (const kind of ["alert", "claim"]) {
    stream.addEventListener(kind, ({ data }) => {
      const { id, version, status, event, watch_id, merged_into } = JSON.parse(data);
      if (!merged_into) tell({ kind, id, version, status, event, watch_id, came: Date.now() });
    });
  }
  stream.addEventListener("lost", () => tell({ kind: "lost", came: Date.now() }));
  return new Promise(() => {});
}
