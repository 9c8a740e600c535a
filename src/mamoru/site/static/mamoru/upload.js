// Says before sending that a file is too large. The server looks at the content all the same.
for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  const say = form.querySelector("[data-upload-error]");
  const tooLarge = () => (input.files[0]?.size ?? 0) > Number(form.dataset.maxBytes);
  input.addEventListener("change", () => {
    say.textContent = tooLarge() ? `＊${form.dataset.tooLarge}` : "";
  });
  form.addEventListener("submit", (event) => {
    if (tooLarge()) {
      event.preventDefault();
      input.focus();
    } else {
      say.textContent = form.dataset.sending;
    }
  });
}
