// Enhances forms that also work without it.
{
  // Longer than any response takes, even if a store fails. After that the form may be sent again.
  const HOLD_MS = 10_000;
  const [show, hide, capsLock, suggestion] = document.currentScript.dataset.words.split("|");
  const sending = new Map();
  const conceals = [];
  // Common domains of emails. Another domain that differs from one of them by one character is probably a typo.
  const DOMAINS =
    "gmail.com googlemail.com ymail.com email.com mail.com outlook.com hotmail.com live.com yahoo.com icloud.com aol.com proton.me gmx.de gmx.net web.de t-online.de".split(
      " ",
    );

  // One character is wrong, missing or extra, or two are swapped.
  const isTypo = (typed, known) => {
    let at = 0;
    while (typed[at] === known[at]) at += 1;
    const [a, b] = [typed.slice(at), known.slice(at)];
    return (
      a.slice(1) === b.slice(1) ||
      a.slice(1) === b ||
      a === b.slice(1) ||
      (a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2))
    );
  };

  const addStatus = (input) => {
    const status = document.createElement("p");
    status.setAttribute("role", "status");
    // An empty line must not move the page.
    status.style.margin = 0;
    input.closest(".field").append(status);
    return status;
  };

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
    const conceal = () => turn("password", show);
    input.autocapitalize = "none";
    button.type = "button";
    button.className = "quiet";
    button.setAttribute("aria-controls", input.id);
    button.addEventListener("click", () => (input.type === "text" ? conceal() : turn("text", hide)));
    conceals.push(conceal);
    conceal();
    input.after(button);

    const caps = addStatus(input);
    input.addEventListener("keyup", (event) => {
      const text = event.getModifierState?.("CapsLock") ? capsLock : "";
      if (caps.textContent !== text) caps.textContent = text;
    });
  }

  for (const input of document.querySelectorAll("[type=email]:not([readonly])")) {
    const status = addStatus(input);
    input.addEventListener("change", () => {
      const [, name, domain] = /^(.+@)(.+)$/.exec(input.value.trim().toLowerCase()) ?? [];
      const meant = domain && !DOMAINS.includes(domain) && DOMAINS.find((known) => isTypo(domain, known));
      status.textContent = "";
      if (!meant) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.textContent = suggestion.replace("{email}", name + meant);
      button.addEventListener("click", () => {
        input.value = name + meant;
        status.textContent = "";
        input.focus();
      });
      status.append(button);
    });
  }

  const target = document.querySelector("input[data-focus]") ?? document.querySelector("[data-focus]");
  target?.focus();
  target?.select?.();
}
