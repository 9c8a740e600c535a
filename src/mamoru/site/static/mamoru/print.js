// Offers a print button where scripts run; everybody else has the browser's own menu.
for (const offer of document.querySelectorAll("[data-print-offer]")) offer.hidden = false;
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
