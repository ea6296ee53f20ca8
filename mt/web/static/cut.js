// Where to cut a pair in two: a caret in each text that arrow keys move from word to word.

export class Cutter {
  constructor(dialog, onCut) {
    this.dialog = dialog;
    this.sides = [...dialog.querySelectorAll(".side")];
    for (const side of this.sides) {
      side.addEventListener("keydown", (event) => this.key(event, side));
      side.addEventListener("click", (event) => this.click(event, side));
    }
    for (const button of dialog.querySelectorAll("[data-cut]"))
      button.addEventListener("click", () => this.finish(button.dataset.cut));
    this.onCut = onCut;
  }

  // `targetAt` is the place of the cursor in the English; the Hebrew begins at the like share of its words.
  open(source, target, targetAt) {
    this.texts = { source, target };
    this.stops = { source: stops(source), target: stops(target) };
    const share = (targetAt || target.length / 2) / Math.max(1, target.length);
    this.at = { source: nearest(this.stops.source, share * source.length), target: nearest(this.stops.target, share * target.length) };
    this.sides.forEach((side) => this.show(side));
    this.dialog.showModal();
    this.sides[0].focus();
  }

  show(side) {
    const name = side.dataset.side, text = this.texts[name], at = this.stops[name][this.at[name]];
    const before = document.createElement("span"), caret = document.createElement("span"), after = document.createElement("span");
    before.textContent = text.slice(0, at);
    after.textContent = text.slice(at);
    caret.className = "caret";
    after.className = "after";
    side.replaceChildren(before, caret, after);
    side.setAttribute("aria-valuenow", this.at[name]);
    side.setAttribute("aria-valuemax", this.stops[name].length - 1);
    side.setAttribute("aria-valuetext", text.slice(at, at + 40) || "the end");
  }

  move(side, step) {
    const name = side.dataset.side;
    this.at[name] = Math.min(this.stops[name].length - 1, Math.max(0, this.at[name] + step));
    this.show(side);
  }

  click(event, side) {
    const range = document.caretRangeFromPoint?.(event.clientX, event.clientY);
    if (!range || !side.contains(range.startContainer)) return;
    const upTo = document.createRange();
    upTo.setStart(side, 0);
    upTo.setEnd(range.startContainer, range.startOffset);
    this.at[side.dataset.side] = nearest(this.stops[side.dataset.side], upTo.toString().length);
    this.show(side);
  }

  key(event, side) {
    const forward = side.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = side.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    const steps = { [forward]: 1, [back]: -1, Home: -Infinity, End: Infinity };
    const ends = { Enter: "split", "]": "next", "[": "previous" };
    if (event.key in steps) this.move(side, steps[event.key]);
    else if (event.key in ends) this.finish(ends[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  finish(kind) {
    this.dialog.close();
    const place = (name) => this.stops[name][this.at[name]];
    this.onCut(kind, place("source"), place("target"));
  }
}

// The beginnings of words, and both ends.
function stops(text) {
  return [...new Set([0, ...[...text.matchAll(/(?<=\s)\S/g)].map((match) => match.index), text.length])];
}

function nearest(places, wanted) {
  let best = 0;
  places.forEach((place, index) => {
    if (Math.abs(place - wanted) < Math.abs(places[best] - wanted)) best = index;
  });
  return best;
}
