// Texts that were typed and not yet confirmed by the server, in the browser's own store: a server that dies, a
// tab that closes, loses nothing.

const PREFIX = "targem:draft:";

export const keep = (id, text) => localStorage.setItem(PREFIX + id, text);
export const read = (id) => localStorage.getItem(PREFIX + id);
export function drop(id, text) {
  // What was typed since the save was sent stays.
  if (text === undefined || read(id) === text) localStorage.removeItem(PREFIX + id);
}
