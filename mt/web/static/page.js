// What every page has: words to the reader, calls to the server, files that are dropped.

const csrf = () => document.querySelector("meta[name=csrf]").content;

let silence;
export function say(text) {
  const place = document.getElementById("says");
  place.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => (place.textContent = ""), 6000);
}

// Send a form's fields; resolve to the response, whatever its status; a server that is gone resolves to null.
export async function send(method, url, fields = {}) {
  try {
    return await fetch(url, {
      method,
      body: method === "GET" ? undefined : new URLSearchParams(fields),
      // As htmx says it: who is logged out gets a 401 and no log-in page.
      headers: { "X-CSRF-Token": csrf(), "HX-Request": "true" },
    });
  } catch {
    return null;
  }
}

export async function explain(response) {
  if (!response) return "the server does not answer: what you wrote is kept in this browser";
  if (response.status === 401) return "you are logged out: log in in another tab, then go on here";
  const type = response.headers.get("content-type") || "";
  if (type.includes("json")) return (await response.json()).error || response.statusText;
  return response.statusText;
}

const upload = document.getElementById("upload");
if (upload) {
  const files = upload.querySelector("input[type=file]");
  for (const name of ["dragover", "dragleave", "drop"])
    document.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      upload.classList.toggle("over", name === "dragover");
      if (name !== "drop") return;
      files.files = event.dataTransfer.files;
      upload.requestSubmit();
    });
}

document.addEventListener("htmx:responseError", async (event) => {
  const text = event.detail.xhr.responseText;
  let message = event.detail.xhr.statusText;
  try {
    message = JSON.parse(text).error || message;
  } catch {
    // not JSON: the status says it
  }
  say(message);
});
