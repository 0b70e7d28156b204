"use strict";

// Sends a file in parts small enough never to be put on a disk, and follows what becomes of it.

const form = document.getElementById("file-form");
const working = document.getElementById("working");

if (form) {
  const input = document.getElementById("file");
  const told = document.getElementById("progress");
  let busy = false;

  const tell = (text, wrong) => {
    told.textContent = text;
    told.classList.toggle("wrong", Boolean(wrong));
  };

  const post = async (path, body) => {
    const answer = await fetch(path, {
      method: "POST", body, headers: { "X-CSRF-Token": form.dataset.csrf, Accept: "application/json" },
    });
    const document = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(document.detail || form.dataset.failed);
    return document;
  };

  const send = async (file) => {
    if (busy || !file) return;
    busy = true;
    try {
      tell(`${form.dataset.wait} …`);
      const begun = await post(`/upload/files/begin?${new URLSearchParams({ name: file.name, size: file.size })}`);
      for (let at = 0; at < file.size; at += begun.part) {
        await post(`/upload/files/${begun.id}/part?at=${at}`, await file.slice(at, at + begun.part).arrayBuffer());
        tell(`${form.dataset.wait} … ${Math.round((100 * Math.min(file.size, at + begun.part)) / file.size)} %`);
      }
      location.assign(`/upload/files/${begun.id}`);
    } catch (error) {
      busy = false;
      input.value = "";
      tell(error.message || form.dataset.failed, true);
    }
  };

  input.addEventListener("change", () => send(input.files[0]));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(input.files[0]);
  });
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    send(event.dataTransfer.files[0]);
  });
}

if (working) {
  const bar = document.getElementById("bar");
  const count = document.getElementById("count");
  const began = working.querySelector("[role=status]").textContent;
  let stage = null;

  const look = async () => {
    try {
      const answer = await fetch(working.dataset.status, { headers: { Accept: "application/json" } });
      const now = await answer.json();
      if (!answer.ok || !now.working || (stage !== null && stage !== now.stage)) return location.reload();
      stage = now.stage;
      if (now.total) {
        bar.max = now.total;
        bar.value = now.done;
        count.textContent = `${now.done} ${count.dataset.of} ${now.total} ${count.dataset.rows}`;
      } else if (now.done) {
        count.textContent = `${now.done} ${count.dataset.rows}`;
      }
    } catch {
      // Looked again in a moment.
    }
    setTimeout(look, 400);
  };
  if (began) setTimeout(look, 150);
}

for (const one of document.querySelectorAll("form[method=post]")) {
  if (one === form) continue;
  one.addEventListener("submit", () => {
    for (const button of one.querySelectorAll("button:not([name])")) setTimeout(() => { button.disabled = true; });
  });
}
