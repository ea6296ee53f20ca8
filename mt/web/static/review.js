// The list of pairs under the keyboard. Verbs are the same for keys, buttons and a hand on the glass.

import { Cutter } from "./cut.js";
import * as drafts from "./drafts.js";
import { Editor } from "./edit.js";
import { follow } from "./links.js";
import { explain, say, send } from "./page.js";
import { watchPresence } from "./presence.js";

const dialog = (id) => document.getElementById(id);
const list = () => document.getElementById("pairs");
const rows = () => [...list().querySelectorAll(".pair")];
const DWELL = 250;

let current = null;
let editor = null;
let dwell;

// ---- the current pair

function choose(row, focus = true) {
  if (!row) return;
  if (row !== current) {
    current?.removeAttribute("aria-current");
    if (current) {
      current.tabIndex = -1;
      current.querySelector(".panel").hidden = true;
    }
    current = row;
    row.setAttribute("aria-current", "true");
    row.tabIndex = 0;
    clearTimeout(dwell);
    dwell = setTimeout(() => open(row), DWELL);
  }
  if (focus) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
}

function open(row) {
  const panel = row.querySelector(".panel");
  panel.hidden = false;
  // A server that does not answer is told of where it matters, at the save.
  htmx.ajax("GET", `/pairs/${row.dataset.id}/panel`, { target: panel, swap: "innerHTML" }).then(
    () => row === current && row.scrollIntoView({ block: "nearest" }),
    () => {}
  );
  follow(row);
  presence.enter(row.dataset.id);
}

async function step(by) {
  if (!(await leave())) return;
  const all = rows(), at = all.indexOf(current) + by;
  if (at >= 0 && at < all.length) return choose(all[at]);
  const link = list().querySelector(by > 0 ? "a[rel=next]" : "a[rel=first]");
  if (link) location.assign(link.href);
  else say(by > 0 ? "That was the last pair." : "This is the first pair.");
}

function stepTo(test, what) {
  const all = rows();
  const next = all.slice(all.indexOf(current) + 1).find(test) ?? all.find(test);
  return next ? leave().then(() => choose(next)) : say(what);
}

// ---- what the server answers

function replaceRow(row, html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  const fresh = holder.content.firstElementChild;
  row.replaceWith(fresh);
  htmx.process(fresh);
  if (row === current) {
    current = null;
    choose(fresh);
  }
  return fresh;
}

const judged = () => htmx.trigger(document.body, "judged");

// The page's list again, with the same filter, and one of the pairs chosen.
async function reload(ids) {
  const response = await send("GET", list().dataset.url);
  if (!response?.ok) return say(await explain(response));
  current = null;
  list().outerHTML = await response.text();
  htmx.process(list());
  settle();
  judged();
  const row = ids.map((id) => document.getElementById("pair-" + id)).find(Boolean);
  if (row) choose(row);
  else if (ids.length) location.assign("/pairs/" + ids[0]);
  else choose(rows()[0]);
}

async function act(method, url, fields, done) {
  const response = await send(method, url, fields);
  if (response?.ok) return done(response);
  if (response?.status === 409) return conflict(current, await response.json());
  say(await explain(response));
}

function conflict(row, answer, mine) {
  const box = dialog("conflict");
  box.querySelector(".by").textContent = answer.who || "somebody";
  box.querySelector(".theirs").textContent = answer.stored;
  box.querySelector(".mine").textContent = mine ?? row.querySelector(".target").textContent;
  box.querySelector("[value=mine]").hidden = mine === undefined;
  box.returnValue = "";
  box.showModal();
  box.onclose = async () => {
    row.dataset.version = answer.version;
    if (mine !== undefined && box.returnValue === "mine") return editor?.save();
    if (mine !== undefined && box.returnValue !== "theirs") return;
    drafts.drop(row.dataset.id);
    editor = null;
    replaceRow(row, answer.row);
  };
}

// ---- editing

function edit() {
  if (!current || editor) return editor?.area.focus();
  editor = new Editor(current, saved, conflict);
}

function saved(row, answer) {
  row.dataset.version = answer.version;
  row.dataset.status = answer.status;
  row.querySelector(".status").textContent = answer.status;
  row.className = "pair " + answer.status;
  row.querySelector(".notes").innerHTML = answer.notes;
  judged();
}

// Close the editor; false where its text could not be saved.
async function leave() {
  if (!editor) return true;
  const open = editor;
  if (!(await open.leave())) return false;
  editor = null;
  const response = await send("GET", `/pairs/${open.id}/row?base=${encodeURIComponent(list().dataset.base)}`);
  if (response?.ok) replaceRow(open.row, await response.text());
  return true;
}

function editSource() {
  const cell = current.querySelector(".source");
  if (cell.querySelector("textarea")) return;
  const before = cell.textContent, row = current, html = cell.innerHTML;
  const area = document.createElement("textarea");
  area.value = before;
  area.dir = "rtl";
  area.setAttribute("aria-label", "Hebrew of pair " + row.querySelector(".number").textContent);
  cell.replaceChildren(area);
  area.focus();
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      cell.innerHTML = html;
      choose(row);
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) takeSource(row, area.value);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  say("Ctrl+Enter translates the changed Hebrew again, Esc leaves it.");
}

const takeSource = (row, source) =>
  act("POST", `/pairs/${row.dataset.id}/source`, { source, version: row.dataset.version }, async (response) =>
    reload((await response.json()).ids)
  );

// ---- verbs

const judge = (status) => async () => {
  if (!current || !(await leave())) return;
  const row = current;
  await act("POST", `/pairs/${row.dataset.id}/status`, { status, version: row.dataset.version, base: list().dataset.base }, async (response) => {
    replaceRow(row, await response.text());
    judged();
    step(1);
  });
};

const cutter = new Cutter(dialog("cut"), (kind, source, target) => {
  const next = rows()[rows().indexOf(current) + (kind === "previous" ? -1 : 1)];
  if (kind !== "split" && !next) return say("There is no such pair on this page.");
  const fields = { source_at: source, target_at: target, version: current.dataset.version };
  if (kind !== "split") Object.assign(fields, { other: next.dataset.id, other_version: next.dataset.version, to: kind });
  act("POST", `/pairs/${current.dataset.id}/${kind === "split" ? "split" : "move"}`, fields, async (response) =>
    reload((await response.json()).ids)
  );
});

async function cut() {
  const at = editor?.area.selectionStart;
  if (!(await leave())) return;
  cutter.open(current.querySelector(".source").textContent, current.querySelector(".target .text").textContent, at);
}

async function merge() {
  const next = rows()[rows().indexOf(current) + 1];
  if (!next) return say("There is no next pair on this page.");
  if (!(await leave())) return;
  const fields = { version: current.dataset.version, other: next.dataset.id, other_version: next.dataset.version };
  act("POST", `/pairs/${current.dataset.id}/merge`, fields, async (response) => reload((await response.json()).ids));
}

const back = (verb) => async () => {
  if (!(await leave())) return;
  const number = list().dataset.document || current?.dataset.document;
  if (!number) return;
  act("POST", `/documents/${number}/${verb}`, {}, async (response) => reload((await response.json()).ids));
};

function comment() {
  const box = dialog("comment"), area = box.querySelector("textarea"), row = current;
  area.value = "";
  box.returnValue = "";
  box.showModal();
  box.onclose = () => {
    if (box.returnValue !== "send" || !area.value.trim()) return choose(row);
    act("POST", `/pairs/${row.dataset.id}/comment`, { text: area.value }, async (response) => {
      row.querySelector(".panel").innerHTML = await response.text();
      htmx.process(row.querySelector(".panel"));
      choose(row);
    });
  };
}

// What is marked in the current pair, by side, goes into the form.
function term() {
  const form = dialog("term-form"), marked = getSelection(), chosen = marked.toString().trim();
  const inSource = chosen && marked.anchorNode?.parentElement?.closest(".source");
  const area = editor?.area;
  const english = area ? area.value.slice(area.selectionStart, area.selectionEnd).trim() : inSource ? "" : chosen;
  if (inSource) form.source.value = chosen;
  if (english) form.target.value = english;
  dialog("term-done").replaceChildren();
  dialog("term").showModal();
  (form.source.value ? form.target : form.source).focus();
}

async function take(text) {
  const row = current;
  if (!text || !(await leave())) return;
  act("PUT", `/pairs/${row.dataset.id}/target`, { target: text, version: row.dataset.version }, async (response) => {
    saved(row, await response.json());
    const fresh = await send("GET", `/pairs/${row.dataset.id}/row?base=${encodeURIComponent(list().dataset.base)}`);
    if (fresh?.ok) replaceRow(row, await fresh.text());
  });
}

const verbs = {
  next: () => step(1),
  previous: () => step(-1),
  accept: judge("accepted"),
  reject: judge("rejected"),
  unsure: judge("unsure"),
  edit,
  source: editSource,
  unrepair: () => takeSource(current, current.querySelector(".damaged").textContent),
  retranslate: () => takeSource(current, current.querySelector(".source").textContent),
  cut,
  merge,
  comment,
  term,
  undo: back("undo"),
  redo: back("redo"),
  finding: () => stepTo((row) => row.querySelector(".issues"), "No pair on this page has a finding."),
  undecided: () => stepTo((row) => row.dataset.status === "new", "Every pair on this page has been judged."),
  search: () => document.getElementById("text").focus(),
  replace: () => dialog("replace")?.showModal(),
  help: () => dialog("help").showModal(),
  take: (button) => take(button.dataset.text),
  check: () =>
    act("POST", `/documents/${list().dataset.document}/check`, {}, async (response) => {
      say((await response.json()).message);
      reload(current ? [current.dataset.id] : []);
    }),
};

const keys = {
  j: "next", ArrowDown: "next", k: "previous", ArrowUp: "previous", a: "accept", r: "reject", u: "unsure",
  e: "edit", Enter: "edit", E: "source", t: "retranslate", x: "cut", m: "merge", c: "comment", g: "term",
  z: "undo", Z: "redo", f: "finding", n: "undecided", "/": "search", h: "replace", "?": "help",
};

function inEditor(event) {
  if (event.key === "Escape") leave().then((done) => done && choose(current));
  else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) judge("accepted")();
  else if (event.key === "Enter" && !event.shiftKey) leave().then((done) => done && choose(current));
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  if (editor && event.target === editor.area) return inEditor(event);
  if (event.target.matches("input, select, textarea")) {
    if (event.key === "Escape") choose(current ?? rows()[0]);
    return;
  }
  const onControl = event.target.closest("button, a, summary");
  if (onControl && (event.key === "Enter" || event.key === " ")) return;
  const undo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
  if (!undo && (event.ctrlKey || event.metaKey || event.altKey)) return;
  if (/^[1-9]$/.test(event.key)) {
    const button = current?.querySelectorAll("[data-do=take]")[event.key - 1];
    if (button) take(button.dataset.text);
    return;
  }
  const verb = undo ? (event.shiftKey ? "redo" : "undo") : keys[event.key];
  if (!verb) return;
  event.preventDefault();
  verbs[verb]();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  const row = event.target.closest(".pair");
  if (row && row !== current) leave().then((done) => done && choose(row, !getSelection().toString()));
  if (button) verbs[button.dataset.do](button);
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
});
document.addEventListener("dblclick", (event) => {
  if (event.target.closest(".target .text")) edit();
});
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.(".pair");
  if (row && row !== current && !editor) choose(row, false);
});

// ---- when a list comes in

const presence = watchPresence(rows);

function settle() {
  for (const row of rows()) {
    const text = drafts.read(row.dataset.id);
    if (text === null) continue;
    if (text === row.querySelector(".target .text").textContent) drafts.drop(row.dataset.id);
    else row.querySelector(".holder").textContent = "unsaved text found";
  }
}

// A text that never reached the server is the first thing to go back to.
function begin() {
  settle();
  const wanted = location.hash && document.getElementById(location.hash.slice(1));
  const left = rows().find((row) => row.querySelector(".holder").textContent);
  choose(wanted || left || rows()[0]);
  if (left && current === left) edit();
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "pairs") return;
  current = editor = null;
  settle();
  choose(rows()[0], false);
});
begin();
