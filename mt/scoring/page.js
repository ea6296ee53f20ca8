"use strict";
const table = document.getElementById("segments");
const body = table.tBodies[0];
const [words, kind, most, count] = ["words", "kind", "most", "count"].map((id) => document.getElementById(id));

function show() {
  const wanted = words.value.toLowerCase();
  let shown = 0;
  for (const row of body.rows) {
    row.hidden = !row.textContent.toLowerCase().includes(wanted) ||
      (kind.selectedIndex > 0 && !row.dataset.kinds.split("|").includes(kind.value)) ||
      (most.value !== "" && Number(row.cells[1].textContent) > Number(most.value));
    shown += row.hidden ? 0 : 1;
  }
  count.textContent = `${shown} segments`;
}

function sort(column, up) {
  const value = (row) => row.cells[column].textContent;
  const compare = (a, b) => {
    const difference = Number(value(a)) - Number(value(b));
    return Number.isNaN(difference) ? value(a).localeCompare(value(b)) : difference;
  };
  body.append(...[...body.rows].sort((a, b) => (up ? compare(a, b) : compare(b, a))));
}

for (const field of [words, kind, most]) field.addEventListener("input", show);
table.tHead.querySelectorAll("th").forEach((head, column) => {
  head.firstChild.addEventListener("click", () => {
    const up = head.ariaSort !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.ariaSort = null;
    head.ariaSort = up ? "ascending" : "descending";
    sort(column, up);
  });
});
