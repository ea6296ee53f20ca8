// Words of the current pair that belong together light up under the pointer, or under the cursor of a term.

import { send } from "./page.js";

const known = new Map();

export async function follow(row) {
  if (row.dataset.followed) return;
  row.dataset.followed = "yes";
  for (const side of ["source", "target"]) {
    const cell = row.querySelector("." + side);
    cell.addEventListener("pointerover", (event) => light(row, side, event.target.closest("[data-w]")));
    cell.addEventListener("pointerleave", () => light(row, side, null));
  }
  const key = row.dataset.id + ":" + row.dataset.version;
  if (!known.has(key)) {
    const response = await send("GET", `/pairs/${row.dataset.id}/links`);
    known.set(key, response?.ok ? await response.json() : []);
  }
  row.links = known.get(key);
}

function light(row, side, word) {
  for (const lit of row.querySelectorAll(".linked")) lit.classList.remove("linked");
  if (!word || !row.links) return;
  const [own, other] = side === "source" ? ["source", "target"] : ["target", "source"];
  const number = Number(word.dataset.w);
  for (const link of row.links) {
    if (!link[own].includes(number)) continue;
    for (const [name, numbers] of Object.entries(link))
      for (const one of numbers)
        for (const piece of row.querySelectorAll(`.${name} [data-w="${one}"]`)) piece.classList.add("linked");
  }
  if (!row.querySelector("." + other + " .linked")) word.classList.add("linked");
}
