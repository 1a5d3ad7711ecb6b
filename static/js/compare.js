/* The comparison's filter, for those whose browser runs scripts: htmx swaps the result, and the address follows.

   htmx is fetched when the reader first touches what it serves; until then, and without it, the filter is an ordinary
   form. History is kept here and not by htmx, which would write to the browser's storage. */

const { htmx: source } = document.currentScript.dataset;
const places = document.querySelectorAll(".filter, .tools");
const signs = ["pointerover", "touchstart", "focusin"];

function fetchHtmx() {
  for (const place of places) for (const sign of signs) place.removeEventListener(sign, fetchHtmx);
  const script = Object.assign(document.createElement("script"), { src: source, onload: forget });
  document.head.append(script);
}

// htmx notes the address in the browser's storage as it starts, whatever its settings; readers leave nothing here.
function forget() {
  try {
    sessionStorage.removeItem("htmx-current-path-for-history");
  } catch {
    // A browser that refuses storage has stored nothing.
  }
}

for (const place of places) for (const sign of signs) place.addEventListener(sign, fetchHtmx, { passive: true });

const here = () => location.pathname + location.search;
// What this document was loaded for; a quick reader may have gone on in the history before the script came.
const loaded = new URL(performance.getEntriesByType("navigation")[0].name);
let shown = loaded.pathname + loaded.search;

document.addEventListener("htmx:afterSwap", () => {
  shown = document.getElementById("filter").dataset.address;
  if (shown !== here()) history.pushState(null, "", shown);
});

// Where the part cannot be had, the whole page is asked for, and tells what is wrong.
for (const fault of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(fault, (event) => location.assign(event.detail.pathInfo.finalRequestPath));
}

// Back and forward between results load the page afresh; between places on one page there is nothing to do.
function follow() {
  if (shown !== here()) location.reload();
}

addEventListener("popstate", follow);
follow();
