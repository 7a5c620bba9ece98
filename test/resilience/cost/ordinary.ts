import { readFileSync } from "node:fs";
import type { Browser, Page } from "../../support/browser.ts";
import { ADA } from "../../support/people.ts";
import { CARL, NEW_EMAIL, type Scene, VISITORS, type Visitor } from "./scene.ts";
import { ORIGIN, type RawRequest } from "./service.ts";

export interface CostRequest extends RawRequest {
  /** The path as in src/routes.ts, or "elsewhere" for a path that has no route. */
  readonly route: string;
  readonly visitor: Visitor;
}

/** A request as a browser sends it, with the fields of its form. */
export interface OrdinaryRequest extends CostRequest {
  readonly fields: readonly (readonly [name: string, value: string])[];
}

const ELSEWHERE = "elsewhere";

const ROUTES = [
  ...readFileSync(new URL("../../../src/routes.ts", import.meta.url), "utf8").matchAll(/^ {2}(get|post)\("([^"]+)"/gm),
].map(([, method = "", path = ""]) => ({ method: method.toUpperCase(), route: path }));

/** The headers that Chromium sends and Cloudflare adds. */
export const BROWSER_HEADERS: Readonly<Record<string, string>> = {
  Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  "Accept-Language": "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7",
  "CF-Connecting-IP": "2001:db8::7",
  "Sec-Fetch-Site": "same-origin",
  "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
};

interface FormCase {
  /** The page that renders the form. If absent, the page with the path of the route. */
  readonly page?: string;
  /** The visitor whose page is opened. If absent, all visitors use the same form. */
  readonly renderedFor?: Visitor;
  readonly typed: Readonly<Record<string, string>>;
  /** All fields of a form that no page of the scene renders. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Fields that the form has in addition when the password was entered too long ago. */
  readonly later?: Readonly<Record<string, string>>;
}

const NEW_PASSWORD = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
const CURRENT = { currentPassword: ADA.password };
const WRONG = { currentPassword: "not the password" };
/** A passkey whose challenge is not one of ours. */
const CREDENTIAL = JSON.stringify({
  id: "AAAA",
  rawId: "AAAA",
  type: "public-key",
  response: {
    clientDataJSON: "AAAA",
    authenticatorData: "A".repeat(64),
    signature: "A".repeat(96),
    userHandle: "AAAA",
  },
});
const LATER = { later: { account: ADA.email, ...WRONG } };

/** The values that people type into each form: valid ones, and everyday mistakes. */
function listForms({
  code,
  confirmationCode,
  recoveryCode,
  otherSession,
}: Scene): Readonly<Record<string, readonly FormCase[]>> {
  const signedOut = { renderedFor: "signed out" } as const;
  const signedIn = { renderedFor: "signed in" } as const;
  const withoutFactor = { renderedFor: "without a factor" } as const;
  const sessions = "/app/account/sessions";
  return {
    "/auth/signup": [
      { ...signedOut, typed: { email: "grace@example.com", ...NEW_PASSWORD } },
      { ...signedOut, typed: ADA.signup },
      { ...signedOut, typed: { ...ADA.signup, ...NEW_PASSWORD } },
      { ...signedOut, typed: { email: "grace@example.com", password: "password1", passwordConfirmation: "" } },
      { ...signedOut, typed: {} },
      { ...signedOut, typed: {}, fields: { email: "grace@example.com", with: "passkey" } },
    ],
    "/auth/signin": [
      { ...signedOut, typed: ADA.signin },
      { ...signedOut, typed: CARL },
      { ...signedOut, typed: { ...ADA.signin, password: "not the password" } },
      { ...signedOut, typed: { email: "grace@example.com", password: "not the password" } },
      { ...signedOut, typed: {} },
    ],
    "/auth/passkey": [
      { page: "/auth/signin", ...signedOut, typed: { credential: CREDENTIAL } },
      { page: "/auth/signin", ...signedOut, typed: {} },
    ],
    "/auth/second-step": [
      { ...signedOut, typed: { code: "123456" } },
      { ...signedOut, typed: {} },
      { ...signedOut, typed: {}, fields: { credential: CREDENTIAL } },
    ],
    "/auth/second-step/recovery": [
      { ...signedOut, typed: { recoveryCode } },
      { ...signedOut, typed: { recoveryCode: "0".repeat(24) } },
      { ...signedOut, typed: {} },
    ],
    "/app/account/confirm": [
      { ...signedIn, typed: {}, fields: { ...CURRENT, redirectTo: "/app" } },
      { ...signedIn, typed: {}, fields: { ...WRONG, redirectTo: "/app" } },
      { ...signedIn, typed: {}, fields: { credential: CREDENTIAL } },
      { ...withoutFactor, typed: {}, fields: { mailedCode: confirmationCode, redirectTo: "/app" } },
      { ...withoutFactor, typed: {}, fields: { mailedCode: "00000000", redirectTo: "/app" } },
      { ...withoutFactor, typed: {}, fields: { mailedCode: "", redirectTo: "/app" } },
    ],
    "/app/account/confirm/code": [
      { ...signedIn, typed: {}, fields: { from: "/app/account/delete" } },
      { ...withoutFactor, typed: {}, fields: { from: "/app/account/delete" } },
    ],
    "/app/account/passkeys": [
      { page: "/app/account/passkeys/new", ...signedIn, typed: { name: "Laptop", credential: CREDENTIAL } },
      { page: "/app/account/passkeys/new", ...signedIn, typed: {} },
    ],
    "/app/account/passkeys/:id": [{ ...signedIn, typed: {}, fields: { name: "Laptop" } }],
    "/app/account/passkeys/:id/remove": [{ ...signedIn, typed: {}, fields: CURRENT }],
    "/app/account/recovery-codes": [
      { ...signedIn, typed: { saved: "yes" } },
      { ...signedIn, typed: {} },
      { ...signedIn, typed: {}, fields: { sealed: "k1.AAAA", saved: "yes" } },
    ],
    "/app/account/authenticator": [{ ...signedIn, typed: {}, fields: { sealed: "k1.AAAA", code: "123456" } }],
    "/app/account/authenticator/remove": [
      { ...signedIn, typed: {}, fields: CURRENT },
      { ...signedIn, typed: {}, fields: WRONG },
    ],
    "/app/account/two-step": [
      { ...signedIn, typed: {}, fields: { state: "on" } },
      { ...signedIn, typed: {}, fields: { state: "off", ...CURRENT } },
      { ...signedIn, typed: {}, fields: { state: "off", ...WRONG } },
    ],
    "/app/account/trusted-devices/forget": [{ ...signedIn, typed: {}, fields: { device: "all" } }],
    "/auth/signout": [{ page: "/app", ...signedIn, typed: {} }],
    "/auth/verify-email": [{ typed: { code } }, { typed: { code: "00000000" } }, { typed: {} }],
    "/auth/verify-email/resend": [{ page: "/auth/verify-email", typed: {} }],
    "/auth/verify-email/:token": [{ typed: {} }],
    "/auth/forgot-password": [
      { typed: { email: ADA.email } },
      { typed: { email: "grace@example.com" } },
      { typed: {} },
    ],
    "/auth/reset-password": [{ typed: NEW_PASSWORD }, { typed: {} }],
    "/auth/confirm-email/:token": [
      { ...signedOut, typed: CURRENT },
      { ...signedOut, typed: WRONG },
      { ...signedOut, typed: {} },
      { ...signedIn, typed: {} },
    ],
    "/auth/undo-email/:token": [{ typed: {} }],
    "/app/account/password": [
      { ...signedIn, typed: { ...CURRENT, ...NEW_PASSWORD } },
      { ...signedIn, typed: { ...WRONG, ...NEW_PASSWORD } },
      { ...signedIn, typed: {} },
    ],
    "/app/account/email": [
      { ...signedIn, typed: { email: "countess@example.com" } },
      { ...signedIn, typed: { email: NEW_EMAIL } },
      { ...signedIn, typed: { email: NEW_EMAIL }, ...LATER },
      { ...signedIn, typed: {} },
    ],
    "/app/account/email/cancel": [{ page: "/app/account/security", ...signedIn, typed: {} }],
    "/app/account/email/final": [
      { ...signedIn, typed: {}, fields: { email: "countess@example.com" } },
      { ...signedIn, typed: {}, fields: { email: "countess@example.com", ...CURRENT } },
    ],
    "/app/account/sessions/revoke": [
      { page: sessions, ...signedIn, typed: { session: otherSession } },
      { page: sessions, ...signedIn, typed: { session: otherSession }, ...LATER },
    ],
    "/app/account/sessions/revoke-others": [
      { page: `${sessions}?end=others`, ...signedIn, typed: {} },
      { page: `${sessions}?end=others`, ...signedIn, typed: {}, ...LATER },
    ],
    "/app/account/delete": [
      { ...signedIn, typed: { ...CURRENT, confirmation: "yes" } },
      { ...signedIn, typed: { ...WRONG, confirmation: "yes" } },
      { ...signedIn, typed: {} },
    ],
    [ELSEWHERE]: [{ page: "/auth/signin", ...signedOut, typed: ADA.signin }],
  };
}

/** For every route and method of src/routes.ts, the requests that the browser of each visitor sends there. */
export async function listOrdinary(scene: Scene): Promise<OrdinaryRequest[]> {
  const forms = listForms(scene);
  const requests: OrdinaryRequest[] = [];
  const routes = [...ROUTES, { method: "GET", route: ELSEWHERE }, { method: "POST", route: ELSEWHERE }];
  for (const { method, route } of routes) {
    const path = scene.links[route] ?? (route === ELSEWHERE ? "/auth/elsewhere" : route);
    for (const visitor of VISITORS) {
      // Elsewhere she is like anybody else who is signed in.
      if (visitor === "without a factor" && !route.startsWith("/app/account/")) continue;
      const describe = (fields: readonly (readonly [string, string])[]): OrdinaryRequest => ({
        route,
        method,
        visitor,
        path,
        fields,
        headers: { ...BROWSER_HEADERS, Cookie: cookieHeader(scene.browsers[visitor]), ...formHeaders(method, path) },
        body: method === "POST" ? new URLSearchParams(fields.map(([name, value]) => [name, value])).toString() : null,
      });
      if (method === "GET") requests.push(describe([]));
      const cases = method === "POST" ? (forms[route] ?? []) : [];
      // If the forms were rendered before this visitor signed in or out, one of them is enough: all get the same
      // response.
      const sees = visitor === "session ended" ? "signed out" : visitor;
      const own = cases.filter(({ renderedFor = sees }) => renderedFor === sees);
      for (const form of own.length > 0 ? own : cases.slice(0, 1)) {
        requests.push(describe(await fillIn(scene, form, visitor, path)));
      }
      if (!requests.some((each) => each.route === route && each.method === method && each.visitor === visitor)) {
        throw new Error(`Nobody says what is typed into the form of ${route}`);
      }
    }
  }
  return requests;
}

function formHeaders(method: string, path: string): Record<string, string> {
  if (method !== "POST") return {};
  const contentType = "application/x-www-form-urlencoded";
  return { Origin: ORIGIN, Referer: ORIGIN + path, "Content-Type": contentType };
}

async function fillIn(scene: Scene, form: FormCase, visitor: Visitor, path: string): Promise<[string, string][]> {
  if (form.fields !== undefined) return Object.entries(form.fields);
  const page = await scene.browsers[form.renderedFor ?? visitor].open(form.page ?? path);
  const fields = readFields(
    page,
    form.page === "/auth/signin" && form.fields === undefined && path !== "/auth/passkey" ? form.page : path,
  );
  for (const name of Object.keys(form.typed)) {
    if (!fields.some(([field]) => field === name)) throw new Error(`The form to ${path} has no field ${name}`);
  }
  const filled = fields
    .filter(([name, , isBox]) => !isBox || form.typed[name] !== undefined)
    .map(([name, value]): [string, string] => [name, form.typed[name] ?? value]);
  return [...filled, ...Object.entries(form.later ?? {})];
}

function readFields(page: Page, action: string): [name: string, value: string, isBox: boolean][] {
  return page
    .form(action)
    .querySelectorAll("input")
    .map((input) => [
      input.getAttribute("name") ?? "",
      input.getAttribute("value") ?? "",
      input.getAttribute("type") === "checkbox",
    ]);
}

export function cookieHeader(browser: Browser): string {
  return [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
}
