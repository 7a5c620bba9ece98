import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../support/browser.ts";
import { buildChangedWorker } from "../support/build-worker.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA, signIn, signUp } from "../support/people.ts";
import { changeSession } from "../support/stored.ts";

const DECISION = readFileSync(new URL("../../docs/decisions/0003-lucia.md", import.meta.url), "utf8");

/** Code for the adapter module that makes every method of an adapter log its calls. */
const WATCH = `
const watch = (adapter, create) => (...options) => {
  const initialize = create(...options);
  return (LuciaError) => Object.fromEntries(
    Object.entries(initialize(LuciaError)).map(([method, run]) => [
      method,
      (...args) => {
        console.log("runs " + adapter + "." + method);
        return run(...args);
      },
    ]),
  );
};
const planetscaleAdapter = watch("adapter-mysql", originalPlanetscale);
const upstashSessionAdapter = watch("adapter-session-redis", originalUpstash);
export const createAdapter = watch("own", createOwnAdapter);
`;

function watchAdapters(text: string): string {
  const watched = text
    .replace("planetscale as planetscaleAdapter", "planetscale as originalPlanetscale")
    .replace("upstash as upstashSessionAdapter", "upstash as originalUpstash")
    .replace("export function createAdapter(", "function createOwnAdapter(");
  return watched + WATCH;
}

const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>> = {}) =>
  browser.post(path, new URLSearchParams(fields));

const SESSIONS = "/app/account/sessions";
const CURRENT = { currentPassword: ADA.password };
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };

describe("the adapter methods", () => {
  let gatehouse: Gatehouse;
  let directory: string;
  beforeAll(async () => {
    directory = buildChangedWorker({ "src/auth/lucia/adapter.ts": watchAdapters });
    gatehouse = await startGatehouse({}, join(directory, "dist"));
  });
  beforeEach(() => gatehouse.reset());
  afterAll(async () => {
    await gatehouse.close();
    rmSync(directory, { recursive: true });
  });

  /** The methods that an action calls, sorted and without duplicates. */
  const methodsOf = async (action: () => Promise<unknown>) => {
    await gatehouse.settle();
    gatehouse.takeLogs();
    await action();
    await gatehouse.settle();
    const lines = gatehouse
      .takeLogs()
      .flatMap((line) => [...line.matchAll(/runs (\S+)/g)].map(([, name = ""]) => name));
    return [...new Set(lines)].toSorted();
  };

  /** The actions, by their names in docs/decisions/0003-lucia.md. */
  const ACTIONS: Readonly<Record<string, (owner: Browser) => Promise<unknown>>> = {
    "a page": (owner) => owner.open("/app"),
    "a list of devices": (owner) => owner.open(SESSIONS),
    "a sign-out": (owner) => post(owner, "/auth/signout"),
    "a page that renews the session": async (owner) => {
      await changeSession(gatehouse, owner, { renewAt: Date.now() - 1 });
      await owner.open("/app");
    },
    "a sign-up": () => signUp(gatehouse, { ...ADA.signup, email: "bob@example.com" }),
    "a sign-in": () => signIn(gatehouse),
    "the end of all other sessions": (owner) => post(owner, `${SESSIONS}/revoke-others`),
    "a new password": (owner) => post(owner, "/app/account/password", { ...CURRENT, ...FRESH }),
    "a deletion": (owner) => post(owner, "/app/account/delete", { ...CURRENT, confirmation: "yes" }),
  };

  test.each(Object.entries(ACTIONS))(
    "that are called for %s are those in the decision record",
    async (name, action) => {
      const owner = await signUp(gatehouse);
      const methods = await methodsOf(() => action(owner));
      const of = (adapter: string) =>
        methods.filter((method) => method.startsWith(`${adapter}.`)).map((method) => method.slice(adapter.length + 1));
      expect({ name, own: of("own"), packages: [of("adapter-mysql"), of("adapter-session-redis")] }).toEqual({
        name,
        own: documentedMethods(name),
        packages: [[], []],
      });
    },
  );
});

/** The methods that the table in docs/decisions/0003-lucia.md lists for an action. */
function documentedMethods(action: string): string[] {
  const [, cell = "missing"] = new RegExp(`^\\| ${action} \\| ([^|]*) \\|$`, "m").exec(DECISION) ?? [];
  return cell === "none" ? [] : cell.split(", ").map((method) => method.replaceAll("`", ""));
}
