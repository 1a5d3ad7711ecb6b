/* The work queue's keyboard: digits choose a status in the open row, and focus follows to the next goal.

   Everything works without it; Tab, arrows and Enter are the browser's own. */

const OFF = "siffror-av";
const digits = document.getElementById("siffror");

function remembered() {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false;
  }
}

function showDigits() {
  for (const key of document.querySelectorAll(".judge kbd")) key.hidden = !digits?.checked;
}

// A locked period has no row to open, and no digits.
if (digits) {
  digits.checked = !remembered();
  digits.closest("p").hidden = false;
}
digits?.addEventListener("change", () => {
  try {
    if (digits.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "");
  } catch {
    // A browser that refuses storage keeps the choice for this page only.
  }
  showDigits();
});
showDigits();

// Digits are only for the open row, and never for where one writes.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".judge");
  const writes = event.target.matches("textarea, select, input:not([type='radio'], [type='checkbox'])");
  if (!form || writes || !digits?.checked || event.ctrlKey || event.altKey || event.metaKey) return;
  const radio = form.querySelectorAll("input[name='status']")[Number(event.key) - 1];
  if (!/^[1-7]$/.test(event.key) || !radio) return;
  event.preventDefault();
  radio.checked = true;
  radio.focus();
});

// What was swapped in: a goal to judge, what is wrong with one, or the confirmation of one where no other is open.
document.addEventListener("htmx:afterSettle", ({ target }) => {
  const row = target.closest?.(".work-row");
  if (!row) return;
  showDigits();
  if (row.matches(".open")) {
    const wanted = ["[aria-invalid='true']:not([type='radio'])", "#fel", "input[name='status']:checked", "input[name='status']"];
    wanted.map((selector) => row.querySelector(selector)).find(Boolean)?.focus();
    row.scrollIntoView({ block: "nearest" });
    history.replaceState(null, "", row.querySelector("form").getAttribute("action"));
  } else if (row.querySelector(".undone") || !document.querySelector(".work-row.open")) {
    row.querySelector(".saved button, .how a")?.focus();
  }
});

// The next goal may stand on another page of the queue.
document.addEventListener("htmx:oobErrorNoTarget", ({ detail }) => {
  const form = detail.content.querySelector?.("form.judge");
  if (form) location.assign(form.action);
});

// One who has written something is asked before it is left.
const written = () => [...document.querySelectorAll(".judge textarea, .judge input[type='text']")].some((field) => field.value !== field.defaultValue);
let sending = false;
document.addEventListener("submit", () => { sending = true; });
addEventListener("beforeunload", (event) => {
  if (written() && !sending) event.preventDefault();
});

for (const fault of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(fault, (event) => {
    sending = false;
    const form = event.detail.elt.closest("form");
    form.querySelector(".not-sent")?.remove();
    const told = Object.assign(document.createElement("p"), { className: "notice problems not-sent", role: "alert", tabIndex: -1 });
    told.textContent = "Det gick inte att spara just nu. Det du skrev finns kvar: försök igen.";
    form.prepend(told);
    told.focus();
  });
}
document.addEventListener("htmx:afterRequest", () => { sending = false; });
