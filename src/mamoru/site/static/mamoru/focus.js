// Moves the focus to what went wrong; without scripts the autofocus attribute does.
document.querySelector("[data-focus]")?.focus();
