"use strict";
const table = document.getElementById("segments");
const body = table.tBodies[0];
const words = document.getElementById("filter");
const faulty = document.getElementById("faulty");

function show() {
  const wanted = words.value.toLowerCase();
  for (const row of body.rows) {
    row.hidden = !row.textContent.toLowerCase().includes(wanted) ||
      (faulty.checked && !row.classList.contains("faulty"));
  }
}

function sort(column, up) {
  const value = (row) => row.cells[column].textContent;
  const compare = (a, b) => {
    const difference = Number(value(a)) - Number(value(b));
    return Number.isNaN(difference) ? value(a).localeCompare(value(b)) : difference;
  };
  body.append(...[...body.rows].sort((a, b) => (up ? compare(a, b) : compare(b, a))));
}

words.addEventListener("input", show);
faulty.addEventListener("change", show);
table.tHead.querySelectorAll("button").forEach((button, column) => {
  let up = false;
  button.addEventListener("click", () => { up = !up; sort(column, up); });
});
