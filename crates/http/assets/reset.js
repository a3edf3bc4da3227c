const form = document.querySelector("form"), password = form.elements.password, confirmation = form.elements.password_confirmation;
const live = form.querySelector(".live");
// One button shows and hides both.
const button = document.createElement("button");
button.type = "button";
button.className = "toggle";
function name(text) {
  button.textContent = text;
  button.setAttribute("aria-label", text + ": " + password.labels[0].textContent);
}
function show(shown) {
  password.type = confirmation.type = shown ? "text" : "password";
  name(shown ? form.dataset.hide : form.dataset.show);
}
name(form.dataset.show);
button.addEventListener("click", () => {
  const shown = password.type === "password";
  show(shown);
  live.textContent = shown ? form.dataset.shown : form.dataset.hidden;
});
password.parentElement.classList.add("toggled");
password.after(button);
// The rules are ticked while one types; the server decides.
const tests = {
  length: (text) => [...text.normalize("NFC")].length >= password.minLength,
  upper: (text) => /\p{Uppercase}/u.test(text),
  lower: (text) => /\p{Lowercase}/u.test(text),
  digit: (text) => /\p{Nd}/u.test(text),
};
const rules = [...form.querySelectorAll("[data-test]")];
let told;
password.addEventListener("input", () => {
  let met = 0;
  for (const rule of rules) {
    const holds = tests[rule.dataset.test](password.value);
    rule.classList.toggle("met", holds);
    met += holds;
  }
  clearTimeout(told);
  told = setTimeout(() => { live.textContent = form.dataset.met.replace("{n}", met).replace("{m}", rules.length); }, 600);
});
function compare() {
  const differs = confirmation.value !== "" && confirmation.value !== password.value;
  confirmation.setCustomValidity(differs ? form.dataset.mismatch : "");
}
password.addEventListener("input", compare);
confirmation.addEventListener("input", compare);
form.addEventListener("submit", () => { show(false); });
