import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, expectTypeOf, test } from "vitest";
import { anyone, rateLimited } from "../../src/request/access.ts";
import {
  type MailedLink,
  type ShownLink,
  showsLink,
  type UsableLink,
  usesLink,
} from "../../src/request/mailed-link.tsx";
import { get, post } from "../../src/server/route.ts";
import type { OneTimeTokenRow } from "../../src/store/schema.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(ROOT + path, "utf8");
const filesWith = (pattern: RegExp) =>
  globSync("src/**/*.{ts,tsx}", { cwd: ROOT })
    .filter((path) => pattern.test(read(path)))
    .toSorted();

const KIND: MailedLink = {
  purpose: "verify-email",
  describeDead: () => ({ title: "", message: "", actions: [] }),
};
const answer = () => new Response();
const consume = async (_: unknown, { row }: UsableLink) => new Response(row.email);

describe("the guard of mailed links", () => {
  test("is on every path with a token, and no other code reads a token", () => {
    const routes = [...read("src/routes.ts").matchAll(/^ {2}(get|post)\("([^"]+)", (\w+)\(/gm)];
    const withToken = routes.filter(([, , path = ""]) => path.includes(":token"));
    expect(withToken.length).toBeGreaterThan(6);
    const guards: Readonly<Record<string, readonly string[]>> = {
      get: ["showsLink", "carriesLink"],
      post: ["usesLink"],
    };
    const others = withToken.filter(([, method = "", , guard = ""]) => !guards[method]?.includes(guard));
    expect(others.map(([line]) => line)).toEqual([]);
    expect(filesWith(/\bpeekToken\b/)).toEqual(["src/auth/tokens/one-time-tokens.ts", "src/request/mailed-link.tsx"]);
    expect(filesWith(/\bparams\b[^;]*\btoken\b|\btoken\b[^;]*\bparams\b|params\[(?!"id"\])/)).toEqual([
      "src/request/mailed-link.tsx",
    ]);
    expect(filesWith(/\bas (?:unknown as )?(?:UsableLink|LinkPageHandler|LinkFormHandler)\b/)).toEqual([
      "src/request/mailed-link.tsx",
    ]);
  });

  test("is required by the types of src/routes.ts for a path with a token", () => {
    const page = showsLink(KIND, answer);
    const form = usesLink(KIND, consume);
    expect([get("/link/:token", page).method, post("/link/:token", form).method]).toEqual(["GET", "POST"]);
    // @ts-expect-error: a handler without the guard, for a path with a token
    get("/link/:token", anyone(answer));
    // @ts-expect-error: a form handler without the guard, for a path with a token
    post("/link/:token", rateLimited(answer));
    // @ts-expect-error: a handler that consumes the link, for a page
    get("/link/:token", form);
    // @ts-expect-error: a handler that consumes the link, for a page whose token is in a cookie
    get("/link", form);
  });

  test("has types that keep a page from consuming a link", () => {
    // @ts-expect-error: this handler takes a link that can be consumed
    showsLink(KIND, consume);
    expectTypeOf<ShownLink>().not.toExtend<UsableLink>();
    expectTypeOf<ShownLink>().not.toExtend<OneTimeTokenRow>();
    expectTypeOf<ShownLink & { row: OneTimeTokenRow }>().not.toExtend<UsableLink>();
    expectTypeOf<UsableLink["row"]>().toExtend<OneTimeTokenRow>();
  });
});
