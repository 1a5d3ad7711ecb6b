// A suggestion fills its field at once; without this, its button sends the form and the page comes back with it filled.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  const field = button && document.getElementById(button.dataset.fill);
  if (!field) return;
  event.preventDefault();
  field.value = button.dataset.name;
  field.focus();
  count();
});

// What is filled in and not saved is asked about before one leaves.
let changed = false;
document.querySelector("form.arrange")?.addEventListener("input", () => { changed = true; count(); });
document.querySelector("form.arrange")?.addEventListener("submit", () => { changed = false; });
window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });

function count() {
  changed = true;
  const fields = [...document.querySelectorAll("[name^='fraga-']")];
  const shown = document.querySelector("#kvar strong");
  if (!shown || !fields.length || new URLSearchParams(location.search).get("visa") === "utan") return;
  shown.textContent = `${fields.filter((field) => field.value.trim()).length} av ${fields.length} mål har en fråga`;
}
