// Draws areas on the pages of a paper; the form sends them, the server paints them. Without this
// the same areas are typed as numbers.
const form = document.querySelector("form[data-black]");
const drawn = [];

function part(page, event) {
  const edge = page.getBoundingClientRect();
  const within = (value, size) => Math.min(Math.max((100 * value) / size, 0), 100);
  return [within(event.clientX - edge.left, edge.width), within(event.clientY - edge.top, edge.height)];
}

function place(box, [x1, y1], [x2, y2]) {
  const [left, top] = [Math.min(x1, x2), Math.min(y1, y2)];
  const [width, height] = [Math.abs(x1 - x2), Math.abs(y1 - y2)];
  Object.assign(box.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
  return [left, top, width, height].map((each) => Math.floor(each * 100) / 100);
}

function keep(page, box, sides) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "box", value: [page.dataset.page, ...sides].join(",") });
  form.append(field);
  drawn.push([box, field]);
  remove.hidden = false;
}

const remove = document.createElement("button");

if (form) {
  form.querySelector("[data-black-hint]").hidden = false;
  Object.assign(remove, { type: "button", className: "button button--small", hidden: true });
  remove.textContent = form.dataset.remove;
  remove.addEventListener("click", () => {
    for (const each of drawn.pop() ?? []) each.remove();
    remove.hidden = drawn.length === 0;
  });
  form.querySelector(".actions").append(remove);
  for (const page of form.querySelectorAll("[data-page]")) {
    page.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      page.setPointerCapture(event.pointerId);
      const box = document.createElement("span");
      box.className = "leaf__box";
      page.append(box);
      const from = part(page, event);
      let sides = place(box, from, from);
      const move = (moved) => { sides = place(box, from, part(page, moved)); };
      const end = () => {
        page.removeEventListener("pointermove", move);
        if (sides[2] > 0.3 && sides[3] > 0.3) keep(page, box, sides);
        else box.remove();
      };
      page.addEventListener("pointermove", move);
      page.addEventListener("pointerup", end, { once: true });
    });
  }
}
