// Says every ten seconds which pair is under the cursor here, and shows who is at which pair elsewhere.

import { send } from "./page.js";

const EVERY = 10_000;

export function watchPresence(rows) {
  let at = "";
  const call = async () => {
    if (document.hidden) return;
    const response = await send("POST", "/presence", { pair: at });
    if (!response?.ok) return;
    const others = await response.json();
    for (const row of rows()) {
      const holder = row.querySelector(".holder"), name = others[row.dataset.id];
      if (name) holder.textContent = name + " is here";
      else if (holder.textContent.endsWith(" is here")) holder.textContent = "";
    }
  };
  setInterval(call, EVERY);
  return {
    enter(id) {
      at = id;
      call();
    },
  };
}
