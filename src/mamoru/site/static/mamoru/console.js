// Keys of the desk: j, k, Enter, /, ?. Everything that they do is also a link or a button.
const OFF = "mamoru-keys-off";
const help = document.querySelector("[data-keys]");
const switcher = document.querySelector("[data-keys-switch]");
const lines = () => [...document.querySelectorAll("[data-line]")].filter((each) => each.offsetParent);
const off = () => {
  try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
};
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

function move(step) {
  const all = lines();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  const start = at < 0 ? all.findIndex((each) => each.hasAttribute("aria-current")) : at;
  const next = start < 0 ? (step > 0 ? 0 : all.length - 1) : start + step;
  all[Math.min(Math.max(next, 0), all.length - 1)].focus();
}

function find() {
  const field = document.querySelector("[data-find]");
  if (field) field.focus();
  else document.querySelector("[data-find-page]")?.click();
}

const acts = {
  j: () => move(1),
  k: () => move(-1),
  "/": find,
  "?": () => {
    help.open = !help.open;
    if (help.open) help.querySelector("summary").focus();
  },
};

function label() {
  switcher.textContent = off() ? switcher.dataset.on : switcher.dataset.off;
}

if (help && switcher) {
  help.hidden = false;
  label();
  switcher.addEventListener("click", () => {
    try { localStorage.setItem(OFF, off() ? "0" : "1"); } catch { return; }
    label();
  });
  document.addEventListener("keydown", (event) => {
    if (off() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!acts[event.key] || typing(event.target)) return;
    event.preventDefault();
    acts[event.key]();
  });
}
