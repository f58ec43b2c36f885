// Counts what is newer than the page: <main data-live="claim" data-one="newer claim" data-many="newer claims">.
// One tab of this browser holds the stream and tells the others, since a browser opens only six
// connections to one address. The tab that holds it is the one that has the lock.
const MOST = 1000; // ids that are told apart; beyond it the counter says "more than"

export function listen(main, waiting) {
  const kinds = (main?.dataset.live ?? "").split(" ").filter(Boolean);
  if (!kinds.length || !waiting) return;
  const seen = new Set();
  let isMore = false;

  const show = () => {
    const n = seen.size, many = n >= MOST || isMore;
    const name = n === 1 && !many ? main.dataset.one : main.dataset.many;
    waiting.textContent = n || many ? `${many ? "more than " : ""}${n.toLocaleString()} ${name}: show` : "";
    waiting.toggleAttribute("data-none", !(n || many));
    document.title = document.title.replace(/^(\(\d+\+?\) )?/, n ? `(${n}${many ? "+" : ""}) ` : "");
  };
  const take = ({ kind, id }) => {
    if (kind === "lost") isMore = true;
    else if (!kinds.includes(kind)) return;
    else if (seen.size < MOST) seen.add(id);
    show();
  };
  document.addEventListener("desk:loaded", () => { seen.clear(); isMore = false; show(); });

  const channel = "BroadcastChannel" in window ? new BroadcastChannel("desk-live") : null;
  if (channel) channel.onmessage = (message) => take(message.data);
  const tell = (event) => { take(event); channel?.postMessage(event); };
  if (channel && navigator.locks) navigator.locks.request("desk-live", () => hold(tell));
  else hold(take);
}

// Holds the stream as long as this tab lives: the promise never ends, and so the lock stays.
function hold(tell) {
  const stream = new EventSource("/v1/live");
  for (const kind of ["alert", "claim"]) {
    stream.addEventListener(kind, (event) => tell({ kind, id: idOf(kind, event.data) }));
  }
  stream.addEventListener("lost", () => tell({ kind: "lost", id: "" }));
  return new Promise(() => {});
}

function idOf(kind, data) {
  try {
    const found = JSON.parse(data);
    return String(found[`${kind}_id`] ?? found.id ?? data.slice(0, 100));
  } catch { return data.slice(0, 100); }
}
