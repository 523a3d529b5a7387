// The console's one script. Every page works without it: it only adds.
const root = document.documentElement;
const base = document.body.dataset.base;
const [copy, copied, show, hide, showPassword, shortcutsTitle, ...keyTexts] = document.body.dataset.texts.split("|");
const $ = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
// Pages of our own, parsed and never run. The one use of a trusted type.
const policy = window.trustedTypes?.createPolicy("authkit", { createHTML: (text) => text });
const parse = (text) => new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");

async function load(url, signal) {
  const response = await fetch(url, { signal, headers: { accept: "text/html" }, credentials: "same-origin" });
  // Signed out, or a proof is asked for: that page is for the whole window.
  if (!response.ok || response.redirected) throw new Error("elsewhere");
  return parse(await response.text());
}

// Times in the viewer's own zone, where that is what was chosen; the exact one in UTC stays in the title.
function local(from) {
  if (!("local" in root.dataset)) return;
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
  for (const time of all("time[datetime]:not([data-rough])", from)) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = time.textContent;
    time.textContent = format.format(at);
  }
}

// What is copied by a click, and says so.
function copying(from) {
  for (const code of all("[data-copy]", from)) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn quiet copy-btn";
    button.textContent = copy;
    button.setAttribute("aria-label", `${copy} ${code.textContent}`);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = copied;
      setTimeout(() => (button.textContent = copy), 2000);
    });
    code.after(button);
  }
}

// A password that may be looked at.
function showing(from) {
  for (const input of all("input[type=password]", from)) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn quiet show-btn";
    button.textContent = show;
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", showPassword);
    button.addEventListener("click", () => {
      const hidden = input.type === "password";
      input.type = hidden ? "text" : "password";
      button.textContent = hidden ? hide : show;
      button.setAttribute("aria-pressed", String(hidden));
    });
    const box = document.createElement("span");
    box.className = "with-btn";
    input.replaceWith(box);
    box.append(input, button);
  }
}

// How many rows are ticked, and all of a page at once.
function ticking(from) {
  for (const form of all("[data-bulk]", from)) {
    const ticks = all("tbody .tick", form);
    const whole = $("thead .tick", form);
    const count = $("[data-count]", form);
    const tell = () => {
      const n = ticks.filter((tick) => tick.checked).length;
      for (const tick of ticks) tick.closest("tr").toggleAttribute("data-on", tick.checked);
      if (count) count.textContent = String(n);
      form.toggleAttribute("data-any", n > 0 && !form.elements.all?.checked);
      if (whole) {
        whole.checked = n > 0 && n === ticks.length;
        whole.indeterminate = n > 0 && n < ticks.length;
      }
    };
    if (whole) {
      whole.hidden = false;
      whole.addEventListener("change", () => {
        for (const tick of ticks) tick.checked = whole.checked;
        tell();
      });
    }
    form.addEventListener("change", tell);
    form.addEventListener("reset", () => setTimeout(tell));
    tell();
  }
}

// The confirm page as a dialog: the same form, fetched when it is asked for.
async function ask(link) {
  let page;
  try {
    page = await load(link.href);
  } catch {
    location.assign(link.href);
    return;
  }
  const card = $("[data-confirm]", page);
  if (!card) return location.assign(link.href);
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const title = $("h1", card);
  if (title) {
    title.id = "dialog-title";
    dialog.setAttribute("aria-labelledby", title.id);
  }
  card.classList.remove("glass", "narrow");
  dialog.append(document.adoptNode(card));
  document.body.append(dialog);
  showing(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) {
      event.preventDefault();
      dialog.close();
    }
  });
  dialog.showModal();
  $("input:not([type=hidden]), select", dialog)?.focus();
}

// A list that follows what is typed and chosen: the same page, its results swapped.
let running;
async function follow(form) {
  running?.abort();
  running = new AbortController();
  const url = new URL(form.action);
  for (const [name, value] of new FormData(form)) if (value) url.searchParams.set(name, value);
  const results = $("#results");
  const late = setTimeout(() => results.setAttribute("aria-busy", "true"), 400);
  try {
    const fresh = $("#results", await load(url, running.signal));
    if (!fresh) return;
    results.replaceWith(document.adoptNode(fresh));
    history.replaceState(null, "", url);
    dress($("#results"));
  } catch (error) {
    if (error.name !== "AbortError") form.submit();
  } finally {
    clearTimeout(late);
    results.removeAttribute("aria-busy");
  }
}
function following() {
  for (const form of all("form[data-live]")) {
    let wait;
    form.addEventListener("input", () => {
      clearTimeout(wait);
      wait = setTimeout(() => follow(form), 250);
    });
  }
}

function dress(from) {
  local(from);
  copying(from);
  showing(from);
  ticking(from);
}

// Shortcuts. Extras only: Tab reaches everything, and they can be switched off.
let going = false;
const places = { o: "", u: "/users", s: "/sessions", a: "/audit", y: "/system" };
const shortcuts = ["/", "j  k", "x", "Enter", "[  ]", "g o/u/s/a/y", "Esc"].map((key, n) => [key, keyTexts[n]]);
function help() {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const title = document.createElement("h2");
  title.textContent = shortcutsTitle;
  title.id = "help-title";
  dialog.setAttribute("aria-labelledby", title.id);
  const list = document.createElement("dl");
  list.className = "kv";
  for (const [key, text] of shortcuts) {
    const [dt, dd, kbd] = ["dt", "dd", "kbd"].map((name) => document.createElement(name));
    kbd.textContent = key;
    dt.append(kbd);
    dd.textContent = text;
    list.append(dt, dd);
  }
  dialog.append(title, list);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
}
function row(step) {
  const rows = all("main tbody tr");
  if (rows.length === 0) return;
  const at = rows.findIndex((one) => one.contains(document.activeElement));
  const to = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
  $("a[href]", to)?.focus();
}
document.addEventListener("keydown", (event) => {
  const target = event.target;
  const typing = target.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]");
  if (typing || "nokeys" in root.dataset || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
  if (going) {
    going = false;
    if (event.key in places) location.assign(base + places[event.key]);
    return;
  }
  const act = {
    "/": () => $("#q")?.focus(),
    j: () => row(1),
    k: () => row(-1),
    x: () => target.closest?.("tr")?.querySelector(".tick")?.click(),
    "[": () => $("a[rel=prev]")?.click(),
    "]": () => $("a[rel=next]")?.click(),
    g: () => (going = true),
    "?": help,
  }[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-dialog], .menu a");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  ask(link);
});
// A long work goes on by itself, slowly enough to be stopped.
for (const form of all("form[data-onward]")) setTimeout(() => form.requestSubmit(), 1000);
dress(document);
following();
