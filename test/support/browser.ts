import { type HTMLElement, parse } from "node-html-parser";

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A browser that runs no scripts: it opens pages, follows links, and submits the forms on them. */
export class Browser {
  readonly origin: string;
  readonly cookies = new Map<string, string>();
  /** The value of `User-Agent`. If null, the header is not sent. */
  userAgent: string | null = null;
  /** The value of `Accept-Language`. If null, the header is not sent. */
  language: string | null = null;
  readonly #fetch: Fetch;

  constructor(origin: string, fetch: Fetch) {
    this.origin = origin;
    this.#fetch = fetch;
  }

  /** Opens a URL. Redirects are returned, not followed. */
  open(path: string): Promise<Page> {
    return this.request(path, { headers: { "Sec-Fetch-Site": "none" } });
  }

  /** Opens the URL in the `Location` header of `page`. */
  follow(page: Page): Promise<Page> {
    if (page.location === null) throw new Error(`${page.url} answered ${page.status}, which leads nowhere`);
    return this.open(page.location);
  }

  /**
   * Fills in the form on `page` that posts to `action`, and submits it with its hidden fields as they were rendered.
   */
  submit(page: Page, action: string, typed: Readonly<Record<string, string>> = {}): Promise<Page> {
    return this.#submitForm(page.form(action), null, typed);
  }

  #submitForm(form: HTMLElement, button: HTMLElement | null, typed: Readonly<Record<string, string>>): Promise<Page> {
    const action = button?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
    const body = new URLSearchParams();
    const name = button?.getAttribute("name");
    if (name !== undefined) body.append(name, button?.getAttribute("value") ?? "");
    for (const input of form.querySelectorAll("input")) {
      const name = input.getAttribute("name");
      // A checkbox that is not checked is not submitted.
      if (name === undefined || (input.getAttribute("type") === "checkbox" && typed[name] === undefined)) continue;
      body.append(name, typed[name] ?? input.getAttribute("value") ?? "");
    }
    for (const name of Object.keys(typed)) {
      if (!body.has(name)) throw new Error(`The form to ${action} has no field ${name}`);
    }
    return this.post(action, body);
  }

  /** Presses the only button with this label, and submits its form as `submit` does, to the path of the button. */
  press(page: Page, label: string, typed: Readonly<Record<string, string>> = {}): Promise<Page> {
    const { form, button } = page.formOf(label);
    return this.#submitForm(form, button, typed);
  }

  /** Posts as a form of this origin does. */
  post(path: string, body: RequestInit["body"], headers: Readonly<Record<string, string>> = {}): Promise<Page> {
    return this.request(path, {
      method: "POST",
      body: body ?? null,
      headers: { Origin: this.origin, "Sec-Fetch-Site": "same-origin", ...headers },
    });
  }

  /** Sends a request with exactly this path and these options, plus the cookies. Stores the cookies of the response. */
  async request(path: string, init: RequestInit = {}): Promise<Page> {
    const headers = new Headers(init.headers);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    if (cookie !== "" && !headers.has("Cookie")) headers.set("Cookie", cookie);
    if (this.userAgent !== null) headers.set("User-Agent", this.userAgent);
    if (this.language !== null && !headers.has("Accept-Language")) headers.set("Accept-Language", this.language);
    const url = new URL(path, this.origin).href;
    const response = await this.#fetch(url, { ...init, headers, redirect: "manual" });
    const page = new Page(url, response, await response.text());
    for (const line of page.setCookies) this.#take(line);
    return page;
  }

  #take(line: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const expires = /Expires=([^;]+)/.exec(line)?.[1];
    if (expires !== undefined && Date.parse(expires) <= Date.now()) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** A response, with accessors for the parts that a person sees and a test checks. */
export class Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  #parsed: HTMLElement | null = null;

  constructor(url: string, response: Response, body: string) {
    this.url = url;
    this.status = response.status;
    this.headers = response.headers;
    this.body = body;
  }

  /** Parsed on first use: most tests check only the status and the headers. */
  get #document(): HTMLElement {
    this.#parsed ??= parse(this.body);
    return this.#parsed;
  }

  get location(): string | null {
    return this.headers.get("Location");
  }

  get setCookies(): string[] {
    return this.headers.getSetCookie();
  }

  /** The name of the notice that the next page shows, from its cookie. No link can set it. Null if there is none. */
  get notice(): string | null {
    const [, notice = null] = /^(?:__Host-)?gatehouse-notice=([a-z-]+);/.exec(this.#noticeLine) ?? [];
    return notice;
  }

  get #noticeLine(): string {
    return this.setCookies.find((line) => line.includes("gatehouse-notice=")) ?? "";
  }

  get title(): string {
    return this.#document.querySelector("title")?.textContent ?? "";
  }

  /** The visible text, with each run of white space replaced by one space. */
  get text(): string {
    return (this.#document.querySelector("main") ?? this.#document).structuredText.replace(/\s+/g, " ").trim();
  }

  /**
   * The error shown for the field `name`, found through `aria-invalid` and `aria-describedby`. Null if there is none.
   */
  errorAt(name: string): string | null {
    const input = this.field(name);
    if (input.getAttribute("aria-invalid") !== "true") return null;
    const ids = (input.getAttribute("aria-describedby") ?? "").split(" ");
    const texts = ids.map((id) => this.#document.querySelector(`#${id}.error`)?.textContent);
    return texts.find((text) => text !== undefined) ?? null;
  }

  field(name: string): HTMLElement {
    const input = this.#document.querySelector(`input[name="${name}"]`);
    if (!input) throw new Error(`${this.url} has no field ${name}`);
    return input;
  }

  form(action: string): HTMLElement {
    const form = this.#document.querySelector(`form[action="${action}"]`);
    if (!form) throw new Error(`${this.url} (${this.status}) has no form to ${action}: ${this.text}`);
    return form;
  }

  /** The only button with this label, which may be one for screen readers, and its form. */
  formOf(label: string): { form: HTMLElement; button: HTMLElement } {
    const buttons = this.#document.querySelectorAll("button").filter((button) => labelOf(button) === label);
    const [button] = buttons;
    const form = button?.closest("form");
    if (buttons.length !== 1 || !button || !form) {
      throw new Error(`${this.url} has ${buttons.length} buttons "${label}"`);
    }
    return { form, button };
  }

  /**
   * The action of each form, and the names of its fields and buttons. A button with an action of its own is a form with
   * the hidden fields.
   */
  forms(): [action: string, fields: string[]][] {
    return this.#document.querySelectorAll("form").flatMap((form) => {
      const namesOf = (selector: string) =>
        form.querySelectorAll(selector).map((element) => element.getAttribute("name") ?? "");
      const others = form
        .querySelectorAll("button[formaction]")
        .map((button): [string, string[]] => [
          button.getAttribute("formaction") ?? "",
          [...namesOf("input[type=hidden]"), button.getAttribute("name") ?? ""],
        ]);
      return [
        [form.getAttribute("action") ?? "", [...namesOf("input"), ...namesOf("button[name]:not([formaction])")]],
        ...others,
      ];
    });
  }

  /** The texts of all elements that match. */
  texts(selector: string): string[] {
    return this.#document.querySelectorAll(selector).map((element) => element.textContent);
  }

  find(selector: string): HTMLElement | null {
    return this.#document.querySelector(selector);
  }

  hasField(name: string): boolean {
    return this.#document.querySelector(`input[name="${name}"]`) !== null;
  }

  /** The `href` of the only link with this text, or with this label for screen readers. */
  link(text: string): string {
    const links = this.#document.querySelectorAll("a").filter((link) => labelOf(link) === text);
    const [href] = links.map((link) => link.getAttribute("href"));
    if (links.length !== 1 || href === undefined) throw new Error(`${this.url} has ${links.length} links "${text}"`);
    return href.replaceAll("&amp;", "&");
  }

  /** The links of the content. The navigation between the sections of an account is not a part of it. */
  links(): string[] {
    const links = this.#document.querySelectorAll("main a").filter((link) => link.closest("nav") === null);
    return links.map((link) => link.getAttribute("href") ?? "");
  }

  /** The values of a hidden field that several forms have, such as the session of each row. */
  values(name: string): string[] {
    const inputs = this.#document.querySelectorAll(`input[name="${name}"]`);
    return inputs.map((input) => input.getAttribute("value") ?? "");
  }
}

function labelOf(element: HTMLElement): string {
  return element.getAttribute("aria-label") ?? element.textContent;
}
