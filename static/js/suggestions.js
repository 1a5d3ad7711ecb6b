/* Suggestions under a search field as one types: a combobox with a list (WAI-ARIA), for those whose browser runs scripts.

   The field stays an ordinary field of an ordinary form. The focus never leaves it: the list is gone through with the
   arrow keys, Enter searches for what is chosen, Escape closes the list. */

const WAIT = 250;

for (const field of document.querySelectorAll("input[data-suggestions]")) {
  const list = Object.assign(document.createElement("ul"), { id: `${field.id}-forslag`, className: "suggestions", hidden: true });
  const told = Object.assign(document.createElement("p"), { className: "hidden" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Förslag");
  told.setAttribute("role", "status");
  field.parentElement.append(list, told);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id }))
    field.setAttribute(name, value);

  let waiting, request;

  function close() {
    clearTimeout(waiting);
    request?.abort();
    list.hidden = true;
    list.replaceChildren();
    told.textContent = "";
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    request?.abort();
    request = new AbortController();
    const typed = field.value;
    try {
      const answer = await fetch(`${field.dataset.suggestions}?${new URLSearchParams({ q: typed })}`, { signal: request.signal });
      if (!answer.ok || field.value !== typed || document.activeElement !== field) return;
      list.innerHTML = await answer.text();
    } catch {
      return; // typed on, or no network: the form works as it is
    }
    field.removeAttribute("aria-activedescendant");
    const count = list.children.length;
    list.hidden = !count;
    field.setAttribute("aria-expanded", String(count > 0));
    told.textContent = count ? `${count} förslag. Gå mellan dem med piltangenterna.` : "Inga förslag";
  }

  function mark(option) {
    for (const each of list.children) each.setAttribute("aria-selected", String(each === option));
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function choose(option) {
    field.value = option.dataset.text;
    close();
    field.form.requestSubmit();
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    if (field.value.trim().length < 2) close();
    else waiting = setTimeout(ask, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const options = [...list.children];
    const at = options.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") mark(options[at + 1]);
    else if (event.key === "ArrowUp") mark(at < 0 ? options.at(-1) : options[at - 1]);
    else if (event.key === "Enter" && at >= 0) choose(options[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  // The field keeps the focus while an option is pressed, so that its leaving closes nothing too soon.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  field.addEventListener("blur", close);
  field.form.addEventListener("submit", close);
}
