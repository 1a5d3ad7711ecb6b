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
