// One textarea over the text of the current pair. A pause in typing saves; so does leaving.

import * as drafts from "./drafts.js";
import { explain, say, send } from "./page.js";

const PAUSE = 400;

export class Editor {
  // `onSaved(row, answer)` follows every save; `onStale(row, answer, text)` a refused one.
  constructor(row, onSaved, onStale) {
    Object.assign(this, { row, onSaved, onStale, id: row.dataset.id });
    this.text = row.querySelector(".target .text");
    this.before = this.sent = this.text.textContent;
    this.area = document.createElement("textarea");
    this.area.setAttribute("aria-label", "English of pair " + row.querySelector(".number").textContent);
    this.area.spellcheck = true;
    this.area.lang = "en";
    this.area.value = drafts.read(this.id) ?? this.before;
    this.note = document.createElement("small");
    this.note.className = "saved";
    this.text.hidden = true;
    this.text.after(this.area, this.note);
    this.area.addEventListener("input", () => this.changed());
    this.area.focus();
    this.area.setSelectionRange(this.area.value.length, this.area.value.length);
    if (this.area.value !== this.before) this.changed("found again");
  }

  changed(note = "…") {
    drafts.keep(this.id, this.area.value);
    this.note.textContent = note;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  // Saves come one after another: each needs the version that the one before it made.
  save() {
    clearTimeout(this.timer);
    this.saving = (this.saving ?? Promise.resolve()).then(() => this.put());
    return this.saving;
  }

  async put() {
    const text = this.area.value;
    if (text === this.sent) {
      drafts.drop(this.id, text);
      return true;
    }
    const response = await send("PUT", `/pairs/${this.id}/target`, { target: text, version: this.row.dataset.version });
    if (response?.ok) {
      this.sent = text;
      drafts.drop(this.id, text);
      this.note.textContent = "saved";
      this.onSaved(this.row, await response.json());
      return true;
    }
    if (response?.status === 409) this.onStale(this.row, await response.json(), text);
    else {
      this.note.textContent = "not saved: " + (await explain(response));
      if (!response) this.timer = setTimeout(() => this.save(), 3000);
    }
    return false;
  }

  async leave() {
    const done = await this.save();
    clearTimeout(this.timer);
    if (!done) say("not saved yet; the text is kept in this browser");
    return done;
  }
}
