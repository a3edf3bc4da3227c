// Gives every call of the reference a form that sends it. The key is kept in this page alone.
const shared = { key: document.querySelector("main").dataset.key };
function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
function present(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}
async function send(call, key, body, answer) {
  const url = new URL("." + call.dataset.path, location.href);
  const headers = { authorization: "Bearer " + key };
  if (body !== null) headers["content-type"] = "application/json";
  const begun = performance.now();
  const result = element("p", { className: "result" }), told = element("pre"), text = element("pre");
  try {
    const response = await fetch(url, { method: call.dataset.method, headers, body, cache: "no-store", redirect: "error" });
    const content = await response.text();
    const ms = Math.round(performance.now() - begun);
    result.textContent = response.status + " " + response.statusText + " · " + ms + " ms";
    told.textContent = [...response.headers].map(([name, value]) => name + ": " + value).join("\n");
    text.textContent = present(content);
    answer.replaceChildren(result, text, told);
  } catch (error) {
    result.textContent = "The request could not be sent: " + error.message;
    answer.replaceChildren(result);
  }
}
for (const text of document.querySelectorAll("pre")) {
  const copy = element("button", { type: "button", className: "copy", textContent: "Copy" });
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, 2000);
  });
  const box = element("div", { className: "sample" });
  text.replaceWith(box);
  box.append(text, copy);
}
for (const call of document.querySelectorAll(".call")) {
  const key = element("input", { type: "text", autocomplete: "off", spellcheck: false, placeholder: "PROD…, DEV_… or ROOT…", value: shared.key });
  key.name = "key";
  const body = call.dataset.body ? element("textarea", { name: "body", spellcheck: false, value: call.dataset.body }) : null;
  const button = element("button", { type: "submit", textContent: "Send" });
  const answer = element("div", { className: "answer" });
  answer.setAttribute("role", "status");
  key.addEventListener("input", () => {
    shared.key = key.value;
    for (const other of document.querySelectorAll("input[name=key]")) if (other !== key) other.value = key.value;
  });
  const form = element("form", { className: "try" }, element("h3", { textContent: "Try it" }), element("label", {}, "API key", key));
  if (body) form.append(element("label", {}, "Body", body));
  form.append(button, answer);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    await send(call, key.value.trim(), body ? body.value : null, answer);
    button.disabled = false;
  });
  call.append(form);
}
