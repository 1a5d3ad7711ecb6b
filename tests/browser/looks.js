// Asks axe about a page as it looks now, and of colours only where it has not looked so before.
{
  // The rules that a colour scheme can make a difference to, which are nine tenths of axe's work.
  const ofColour = ["color-contrast", "link-in-text-block"];
  // What decides whether a text can be read.
  const drawn = [
    "color", "backgroundColor", "backgroundImage", "webkitTextFillColor", "textShadow", "textDecorationLine",
    "fontSize", "fontWeight", "opacity", "filter", "mixBlendMode", "position", "clip", "clipPath",
  ];
  const known = new Map();
  const looked = new Set();

  // Gives a number to what an element looks like and what it stands in: the same only if everything there is, names too.
  const lookOf = (element, numbers) => {
    if (!element) return matchMedia("(forced-colors: active)").matches ? "forced" : "chosen";
    if (!numbers.has(element)) {
      const style = getComputedStyle(element);
      const names = [element.tagName, element.getAttribute("class"), element.type, element.disabled];
      const look = [lookOf(element.parentElement, numbers), ...names, ...drawn.map((name) => style[name])].join("|");
      if (!known.has(look)) known.set(look, known.size);
      numbers.set(element, known.get(look));
    }
    return numbers.get(element);
  };

  // Gives the visible texts and fields whose look is new; in a list of 78 goals that look alike the first of each kind.
  const newLooks = () => {
    const numbers = new Map();
    return [...document.querySelectorAll("body, body *")].filter((element) => {
      const says = [...element.childNodes].some((it) => it.nodeType === Node.TEXT_NODE && it.data.trim());
      if (!says && !element.matches("input, select, textarea, button")) return false;
      if (!element.checkVisibility({ visibilityProperty: true })) return false;
      const look = lookOf(element, numbers);
      return !looked.has(look) && looked.add(look);
    });
  };

  const ask = async (what, options) => {
    // No rule that is asked needs the style sheets, which axe would fetch again.
    const found = await axe.run(what, { resultTypes: ["violations"], preload: { assets: ["media"] }, ...options });
    return { kept: found.passes.length, wrong: found.violations.map((rule) => [rule.id, rule.nodes[0].html]) };
  };

  // Asks all rules of the whole page, or those of colour of what is new, or both without asking twice.
  window.askAxe = async ({ all, everyColour }) => {
    const fresh = newLooks();
    const answers = [];
    if (all) {
      const rules = Object.fromEntries(ofColour.map((rule) => [rule, { enabled: everyColour }]));
      answers.push(await ask(document, { rules }));
    }
    if (!everyColour && fresh.length) {
      answers.push(await ask({ include: fresh }, { runOnly: { type: "rule", values: ofColour } }));
    }
    return {
      fresh: fresh.length,
      kept: answers.reduce((sum, answer) => sum + answer.kept, 0),
      wrong: answers.flatMap((answer) => answer.wrong),
    };
  };
}
