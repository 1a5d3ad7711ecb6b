/* Warns those who are signed in before their session ends, and says when it has.

   Every page prolongs the session, in whatever tab; the tabs tell each other. Nothing is taken from who is typing: the
   warning comes at the foot of the window and leaves the focus where it is. */

const { seconds, address } = document.currentScript.dataset;
const early = 5 * 60_000;
const place = document.getElementById("session");
const tabs = new BroadcastChannel("session");
let ends = 0;
let shown = "";
let before = null;

function show(name) {
  if (name === shown) return;
  shown = name;
  place.replaceChildren(...(name ? [document.getElementById(`session-${name}`).content.cloneNode(true)] : []));
}

function look() {
  const left = ends - Date.now();
  show(left <= 0 ? "over" : left <= early ? "soon" : "");
}

function prolonged() {
  ends = Date.now() + seconds * 1000;
  look();
}

function tell() {
  prolonged();
  tabs.postMessage("prolonged");
}

async function stay() {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": token } });
  if (!answer.ok) {
    ends = 0; // It was over sooner than we knew.
    return look();
  }
  // The button is about to go, and the focus goes back to where it was.
  (before?.isConnected ? before : document.getElementById("innehall")).focus();
  tell();
}

place.addEventListener("focusin", (event) => {
  if (!place.contains(event.relatedTarget)) before = event.relatedTarget;
});
place.addEventListener("click", (event) => {
  if (event.target.closest("button")) stay().catch(() => {}); // Without a network the warning stands, and can be pressed again.
});
document.addEventListener("htmx:afterOnLoad", tell);
document.addEventListener("visibilitychange", look);
tabs.addEventListener("message", prolonged);
setInterval(look, 5_000);
tell();
