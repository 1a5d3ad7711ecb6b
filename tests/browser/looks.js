// Asks axe about a page as it looks now, and of colours only where nothing has looked so before, on any page.
{
  // The rules that a colour scheme can make a difference to, which are nine tenths of axe's work.
  const ofColour = ["color-contrast", "link-in-text-block"];
  // What decides whether a text can be read.
  const drawn = [
    "color", "backgroundColor", "backgroundImage", "webkitTextFillColor", "textShadow", "textDecorationLine",
    "fontWeight", "opacity", "filter", "mixBlendMode", "position", "clip", "clipPath",
  ];
  // What axe makes of a size, which few widths make another: whether it is large, which needs less contrast, and whether
  // a link has the size of what it stands in. Only of a shadow it is the size itself that counts.
  const sizeOf = (style, around) => {
    const size = parseFloat(style.fontSize);
    const large = Math.ceil(72 * size) / 96 >= (style.fontWeight >= 700 ? 14 : 18);
    return [large, size === parseFloat(around?.fontSize), style.textShadow === "none" || size];
  };
  const known = new Map();
  const shown = new WeakSet();

  // Gives a number that nothing else has (cyrb53), and the same on every page.
  const numberOf = (text) => {
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      a = Math.imul(a ^ code, 2654435761);
      b = Math.imul(b ^ code, 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return 4294967296 * (2097151 & b) + (a >>> 0);
  };

  // Gives a number to what an element looks like and what it stands in: the same only if everything there is, names too.
  const lookOf = (element, numbers) => {
    if (!element) return matchMedia("(forced-colors: active)").matches ? "forced" : "chosen";
    if (!numbers.has(element)) {
      const style = getComputedStyle(element);
      const names = [element.tagName, element.getAttribute("class"), element.type, element.disabled];
      const size = sizeOf(style, element.parentElement && getComputedStyle(element.parentElement));
      const inside = lookOf(element.parentElement, numbers);
      const look = [inside, ...names, ...size, ...drawn.map((name) => style[name])].join("|");
      if (!known.has(look)) known.set(look, numberOf(look));
      numbers.set(element, known.get(look));
    }
    return numbers.get(element);
  };

  // Gives the visible texts and fields whose look is new; in a list of 78 goals that look alike the first of each kind.
  const newLooks = (visible, looked) => {
    const numbers = new Map();
    return visible.filter((element) => {
      const says = [...element.childNodes].some((it) => it.nodeType === Node.TEXT_NODE && it.data.trim());
      if (!says && !element.matches("input, select, textarea, button")) return false;
      const look = lookOf(element, numbers);
      return !looked.has(look) && looked.add(look);
    });
  };

  const ask = async (what, options) => {
    // No rule that is asked needs the style sheets, which axe would fetch again, and only a rule about sound that plays by
    // itself needs what is played, for which axe takes a moment also where there is none.
    const preload = document.querySelector("audio, video") && { assets: ["media"] };
    const found = await axe.run(what, { resultTypes: ["violations"], preload: preload ?? false, ...options });
    // What axe cannot tell (text over something else, perhaps) it has looked at too.
    return { kept: found.passes.length + found.incomplete.length, wrong: found.violations.map((rule) => [rule.id, rule.nodes[0].html]) };
  };

  // Asks the rules of colour of what looks new, or of the whole page; and all others of the whole page, if something is
  // shown that was not shown before. `looked` has the looks that have been asked about, here or on other pages.
  window.askAxe = async ({ all, everyColour, looked: before }) => {
    const looked = new Set(before);
    const everything = [...document.querySelectorAll("body, body *")];
    const visible = everything.filter((element) => element.checkVisibility({ visibilityProperty: true }));
    const fresh = newLooks(visible, looked);
    const appeared = visible.filter((element) => !shown.has(element) && shown.add(element));
    const answers = [];
    if (all && appeared.length) {
      const rules = Object.fromEntries(ofColour.map((rule) => [rule, { enabled: everyColour }]));
      answers.push(await ask(document, { rules }));
    }
    if (!everyColour && fresh.length) {
      answers.push(await ask({ include: fresh }, { runOnly: { type: "rule", values: ofColour } }));
    }
    return {
      asked: answers.length,
      kept: answers.reduce((sum, answer) => sum + answer.kept, 0),
      wrong: answers.flatMap((answer) => answer.wrong),
      looked: [...looked].slice(before.length),
    };
  };
}
