// Enhances the forms, which also work without this script.
{
  // Longer than any response takes, even if a store fails. After this time the form can be sent again.
  const RESEND_BLOCK_MS = 10_000;
  const CODE_DIGITS = 8;
  const COUNTDOWN_MAX_SECONDS = 3_599;
  const { words, locale } = document.currentScript.dataset;
  const [show, hide, capsLock, suggestion, tryNow] = words.split("|");
  const Passkeys = window.PublicKeyCredential;
  // From a form that is being sent to the function that makes its button usable again.
  const sending = new Map();
  const hideFunctions = [];
  // Common domains of emails. A domain that is not listed and differs from one of these by one typo is probably wrong.
  const DOMAINS =
    "gmail.com googlemail.com ymail.com email.com mail.com outlook.com hotmail.com live.com yahoo.com icloud.com aol.com proton.me gmx.de gmx.net web.de t-online.de".split(
      " ",
    );

  // One character is wrong, missing or extra, or two adjacent characters are swapped. The domains must differ.
  const isTypo = (typed, known) => {
    let start = 0;
    while (typed[start] === known[start]) start += 1;
    const [a, b] = [typed.slice(start), known.slice(start)];
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
    // Without a margin, an empty status does not move the content below.
    status.style.margin = 0;
    input.closest(".field").append(status);
    return status;
  };

  const unblock = (form) => {
    sending.get(form)?.();
    sending.delete(form);
  };

  // Only one request for a passkey at a time: the button ends the one that waits for autofill.
  let waiting;
  const askForPasskey = async (button, mediation) => {
    waiting?.abort();
    waiting = new AbortController();
    const { signal } = waiting;
    const options = JSON.parse(button.dataset.passkey);
    try {
      const credential = options.rp
        ? await navigator.credentials.create({ publicKey: Passkeys.parseCreationOptionsFromJSON(options), signal })
        : await navigator.credentials.get({
            publicKey: Passkeys.parseRequestOptionsFromJSON(options),
            mediation,
            signal,
          });
      button.form.credential.value = JSON.stringify(credential);
      button.form.requestSubmit();
    } catch ({ name }) {
      if (mediation || signal.aborted) return;
      const status = button.nextElementSibling ?? document.createElement("p");
      status.setAttribute("role", "alert");
      status.className = "error";
      const [failed, exists] = button.dataset.words.split("|");
      status.textContent = name === "InvalidStateError" ? exists : failed;
      button.after(status);
    }
  };
  const autofill = document.querySelector("[data-autofill]");
  if (autofill && Passkeys?.parseRequestOptionsFromJSON) {
    void Passkeys.isConditionalMediationAvailable?.().then((isAvailable) => {
      if (isAvailable) void askForPasskey(autofill, "conditional");
    });
  }

  // Password managers may ignore these.
  for (const { dataset } of document.querySelectorAll("[data-signals]")) {
    for (const [name, about] of Object.entries(JSON.parse(dataset.signals))) {
      void Passkeys?.[name]?.(about).catch(() => {});
    }
  }

  addEventListener("submit", (event) => {
    const form = event.target;
    const button = form.querySelector("[data-busy]");
    if (sending.has(form)) return event.preventDefault();
    if (event.submitter?.dataset.passkey && !form.credential.value && Passkeys?.parseRequestOptionsFromJSON) {
      event.preventDefault();
      void askForPasskey(event.submitter);
      return;
    }
    if (!button || event.defaultPrevented) return;

    const label = button.textContent;
    const timer = setTimeout(unblock, RESEND_BLOCK_MS, form);
    // Not `disabled`, which would move the focus away.
    button.setAttribute("aria-busy", "true");
    button.setAttribute("aria-disabled", "true");
    button.textContent = button.dataset.busy.replace("...", "…");
    for (const hidePassword of hideFunctions) hidePassword();
    sending.set(form, () => {
      clearTimeout(timer);
      button.removeAttribute("aria-busy");
      button.removeAttribute("aria-disabled");
      button.textContent = label;
    });
  });

  // The page is shown from the back/forward cache, where its forms are still blocked.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    // A passkey answers a challenge once, so its page needs a new one.
    if (document.querySelector("[data-passkey]")) location.reload();
    for (const form of sending.keys()) unblock(form);
  });

  for (const input of document.querySelectorAll("[type=password]")) {
    const button = document.createElement("button");
    const setType = (type, action) => {
      input.type = type;
      button.textContent = action;
      button.setAttribute("aria-label", `${input.labels[0].textContent}: ${action}`);
    };
    const hidePassword = () => setType("password", show);
    input.autocapitalize = "none";
    button.type = "button";
    button.className = "quiet";
    button.setAttribute("aria-controls", input.id);
    button.addEventListener("click", () => (input.type === "text" ? hidePassword() : setType("text", hide)));
    hideFunctions.push(hidePassword);
    hidePassword();
    input.after(button);

    const capsLockStatus = addStatus(input);
    input.addEventListener("keyup", (event) => {
      const text = event.getModifierState?.("CapsLock") ? capsLock : "";
      if (capsLockStatus.textContent !== text) capsLockStatus.textContent = text;
    });
  }

  for (const input of document.querySelectorAll("[type=email]:not([readonly])")) {
    const status = addStatus(input);
    const offerCorrection = () => {
      const [, name, domain] = /^(.+@)(.+)$/.exec(input.value.trim().toLowerCase()) ?? [];
      const intendedDomain = domain && !DOMAINS.includes(domain) && DOMAINS.find((known) => isTypo(domain, known));
      status.textContent = "";
      if (!intendedDomain) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.style.marginTop = ".25rem";
      button.textContent = suggestion.replace("{email}", name + intendedDomain);
      button.addEventListener("click", () => {
        input.value = name + intendedDomain;
        status.textContent = "";
        input.focus();
      });
      status.append(button);
    };
    input.addEventListener("change", offerCorrection);
    // A form that was refused still has the email.
    offerCorrection();
  }

  // A code is sent by itself after a paste or autofill of all digits, but never after an error.
  const code = document.querySelector("[data-sends]:not([aria-invalid])");
  let digitsBefore = 0;
  code?.addEventListener("input", () => {
    const digits = code.value.replace(/\D/g, "").length;
    if (digits === CODE_DIGITS && digits - digitsBefore > 1) code.form.requestSubmit();
    digitsBefore = digits;
  });

  // Times in the reader's time zone, and those of the last day as "2 hours ago".
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  for (const time of document.querySelectorAll("time[datetime*=T]")) {
    const date = new Date(time.dateTime);
    const timeOfDay = date.toLocaleTimeString(locale, { timeStyle: "short" });
    const full = date.toLocaleString(locale, { dateStyle: "long", timeStyle: "short" });
    const minutes = Math.ceil((date - Date.now()) / 60_000);
    time.title = full;
    if ("day" in time.dataset) {
      // The Swedish format of a date is that of ISO 8601.
      time.textContent = time.dateTime.startsWith(date.toLocaleDateString("sv")) ? timeOfDay : full;
    } else if (minutes > 0 || minutes < -1_440) {
      time.textContent = full;
    } else {
      time.textContent =
        minutes > -60
          ? relative.format(minutes, minutes ? "minute" : "second")
          : relative.format(Math.ceil(minutes / 60), "hour");
    }
  }

  for (const wait of document.querySelectorAll("[data-wait]")) {
    const held = document.querySelector("[data-held]") ?? {};
    held.disabled = true;
    if (wait.dataset.wait > COUNTDOWN_MAX_SECONDS) continue;
    const end = Date.now() + wait.dataset.wait * 1_000;
    const count = () => {
      const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1_000));
      // "14:46 minutes", from "2 minutes"
      wait.textContent = wait.dataset.minutes.replace(2, new Date(seconds * 1_000).toISOString().slice(14, 19));
      if (seconds > 0) return;
      clearInterval(timer);
      held.disabled = false;
      const status = document.createElement("p");
      status.setAttribute("role", "status");
      wait.parentElement.after(status);
      // In a later task, because some screen readers ignore the text that a new status already has.
      setTimeout(() => {
        status.textContent = tryNow;
      });
    };
    const timer = setInterval(count, 1_000);
    count();
  }

  // The email goes from form to form until the sign-in. Browsers that block storage throw.
  try {
    if (document.querySelector(".inside")) sessionStorage.removeItem("email");
    const email = sessionStorage.getItem("email") ?? "";
    const place = document.querySelector("[data-email]");
    if (place && email) place.textContent = email;
    for (const input of document.querySelectorAll("[type=email][autocomplete^=username]:not([readonly])")) {
      input.value ||= email;
      input.addEventListener("change", () => sessionStorage.setItem("email", input.value));
    }
  } catch {}

  const target = document.querySelector("input[data-focus]") ?? document.querySelector("[data-focus]");
  target?.focus();
  target?.select?.();
}
