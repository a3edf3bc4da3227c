for (const input of document.querySelectorAll("input[type=password]")) {
  const form = input.form, button = document.createElement("button");
  button.type = "button";
  button.className = "toggle";
  button.textContent = form.dataset.show;
  button.setAttribute("aria-controls", input.id);
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-label", form.dataset.show + ": " + input.labels[0].textContent);
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.textContent = shown ? form.dataset.hide : form.dataset.show;
    button.setAttribute("aria-pressed", String(shown));
  });
  form.addEventListener("submit", () => { input.type = "password"; });
  input.parentElement.classList.add("toggled");
  input.after(button);
}
