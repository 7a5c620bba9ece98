// Enhances forms that also work without it.
{
  // Longer than any response takes, even if a store fails. After that the form may be sent again.
  const HOLD_MS = 10_000;
  const words = document.currentScript.dataset;
  const sending = new Map();
  const conceals = [];

  const release = (form) => {
    sending.get(form)?.();
    sending.delete(form);
  };

  addEventListener("submit", (event) => {
    const form = event.target;
    const button = form.querySelector("[data-busy]");
    if (sending.has(form)) return event.preventDefault();
    if (!button || event.defaultPrevented) return;

    const label = button.textContent;
    const timer = setTimeout(release, HOLD_MS, form);
    // Not `disabled`, which would move the focus away.
    button.setAttribute("aria-busy", "true");
    button.setAttribute("aria-disabled", "true");
    button.textContent = button.dataset.busy.replace("...", "…");
    for (const conceal of conceals) conceal();
    sending.set(form, () => {
      clearTimeout(timer);
      button.removeAttribute("aria-busy");
      button.removeAttribute("aria-disabled");
      button.textContent = label;
    });
  });

  // The browser shows a page from its back/forward cache.
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of sending.keys()) release(form);
  });

  for (const input of document.querySelectorAll("[type=password]")) {
    const button = document.createElement("button");
    const turn = (type, word) => {
      input.type = type;
      button.textContent = word;
      button.setAttribute("aria-label", `${input.labels[0].textContent}: ${word}`);
    };
    const conceal = () => turn("password", words.show);
    input.autocapitalize = "none";
    button.type = "button";
    button.className = "quiet";
    button.setAttribute("aria-controls", input.id);
    button.addEventListener("click", () => (input.type === "text" ? conceal() : turn("text", words.hide)));
    conceals.push(conceal);
    conceal();
    input.after(button);
  }

  document.querySelector("[data-focus]")?.focus();
}
