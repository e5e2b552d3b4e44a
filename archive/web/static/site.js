// Keys for readers, and buttons that copy. Nothing on the site needs this script.
"use strict";
(() => {
  const words = document.currentScript.dataset;
  const HITS = ".hits .hit :is(h2, h3) a, .gallery .tile h2 a";
  const TYPING = "input, select, textarea, [contenteditable]";

  const hits = () => [...document.querySelectorAll(HITS)].filter((hit) => hit.checkVisibility());
  const field = () => document.querySelector("main form[role=search] input[type=search], form[role=search] input[type=search]");

  // Where arrows scroll a box, change a choice or move in a text, they stay the browser's
  const movesHits = (target) => target === document.body || target === field() || target.matches(HITS);

  function move(by) {
    const all = hits();
    const at = all.indexOf(document.activeElement);
    let next = at + by;
    if (at < 0) next = by > 0 ? all.findIndex((hit) => document.activeElement === field() || hit.getBoundingClientRect().top >= 0) : -1;
    const there = next >= 0 ? all[next] : at === 0 ? field() : undefined;
    if (!there) return false;
    there.focus();
    return true;
  }

  // Who speaks to the browser, or presses keys by chance, turns the keys with letters off (WCAG 2.1.4)
  function areOff() {
    try { return localStorage.getItem("keys") === "off"; } catch { return false; }
  }

  function onKey(event) {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    // the home page gives its field the focus: a / typed into it while it is empty means the field that one is in
    const isThere = event.key === "/" && event.target === field() && !field().value;
    const isTyping = (event.target.matches(TYPING) && !isThere) || areOff();
    if (event.key === "/" && !isTyping && field()) {
      field().focus();
      field().select();
    } else if (event.key === "Escape" && (event.target === field() || event.target.matches(HITS))) {
      event.target.blur();
      return;
    } else if ((event.key === "ArrowDown" || (event.key === "j" && !isTyping)) && movesHits(event.target)) {
      if (event.shiftKey || !move(1)) return;
    } else if ((event.key === "ArrowUp" || (event.key === "k" && !isTyping)) && movesHits(event.target)) {
      if (event.shiftKey || !move(-1)) return;
    } else {
      return;
    }
    event.preventDefault();
  }

  async function copy(text, button) {
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      // without https a browser offers no clipboard but this one
      text.select();
      if (!document.execCommand("copy")) return;
    }
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = words.copy; }, 2000);
  }

  function addCopyButtons() {
    for (const text of document.querySelectorAll(".cited textarea")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "light copy";
      button.textContent = words.copy;
      button.setAttribute("aria-live", "polite");
      button.setAttribute("aria-describedby", text.previousElementSibling.id);
      button.addEventListener("click", () => copy(text, button));
      text.before(button);
    }
  }

  function tellKeys() {
    if (!field()) return;
    field().setAttribute("aria-keyshortcuts", "/");
    const [floating, standing] = ["keys", "keys-line"].map((name) => {
      const line = document.createElement("p");
      line.className = name;
      line.textContent = words.keys;
      return line;
    });
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    const show = () => {
      button.textContent = areOff() ? words.on : words.off;
      document.body.classList.toggle("keyless", areOff());
    };
    button.addEventListener("click", () => {
      try { localStorage.setItem("keys", areOff() ? "on" : "off"); } catch { return; }
      show();
    });
    show();
    standing.append(" ", button);
    document.querySelector(".foot .wide").append(floating, standing);
  }

  // Its list of ranges is long: only pages with Chinese text load it, and of the font only the pieces they show
  function addChineseFont() {
    if (!words.chinese || !document.querySelector(":lang(zh)")) return;
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = words.chinese;
    document.head.append(style);
  }

  document.addEventListener("keydown", onKey);
  addChineseFont();
  addCopyButtons();
  tellKeys();
})();
