/* Buttons that copy the text of another element. They show only where scripts run and the browser lets us copy. */
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const answer = button.parentElement.querySelector("[role=status]");
    const text = document.getElementById(button.dataset.copy).textContent.trim();
    try {
      await navigator.clipboard.writeText(text);
      answer.textContent = "Kopierad.";
    } catch {
      answer.textContent = "Det gick inte att kopiera. Markera texten och kopiera själv.";
    }
  });
}

/* The plan's table of contents follows the reading: the heading that was last passed is marked. */
const links = new Map([...document.querySelectorAll(".plan-contents a")].map((link) => [link.hash.slice(1), link]));
const sections = [...document.querySelectorAll(".plan-text > section[id]")];
let current = null;

function follow() {
  const passed = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 4);
  const link = links.get(passed.at(-1)?.id) ?? null;
  if (link === current) return;
  current?.removeAttribute("aria-current");
  current = link;
  if (!link) return;
  link.setAttribute("aria-current", "location");
  const box = link.closest(".plan-contents");
  if (box.scrollHeight > box.clientHeight) {
    const gap = link.getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (gap < 0 || gap > box.clientHeight - 48) box.scrollTop += gap - box.clientHeight / 2;
  }
}

if (links.size) {
  addEventListener("scroll", follow, { passive: true });
  follow();
}
