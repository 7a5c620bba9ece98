import bowser from "bowser";
import { describe, expect, test } from "vitest";
import { describeClient } from "../../src/http/client.ts";

const client = (headers: Record<string, string>, cf?: object) =>
  describeClient(Object.assign(new Request("https://gatehouse.test/", { headers }), { cf }));

/** User agents of real browsers, with the names that people know. */
const USER_AGENTS: readonly (readonly [browser: string | null, platform: string | null, userAgent: string])[] = [
  ["Firefox", "Windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"],
  ["Firefox", "Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
  ["Firefox", "Android", "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"],
  [
    "Firefox",
    "iPhone",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/140.0 Mobile/15E148 Safari/605.1.15",
  ],
  [
    "Chrome",
    "Windows",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
  ],
  [
    "Chrome",
    "Android",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
  ],
  [
    "Chrome",
    "iPhone",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.7258.52 Mobile/15E148 Safari/604.1",
  ],
  [
    "Chrome",
    "ChromeOS",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
  ],
  [
    "Edge",
    "Windows",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
  ],
  [
    "Edge",
    "Android",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0",
  ],
  [
    "Opera",
    "macOS",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 OPR/122.0.0.0",
  ],
  [
    "Samsung Internet",
    "Android",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
  ],
  [
    "Safari",
    "macOS",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
  ],
  [
    "Safari",
    "iPhone",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
  ],
  [
    "Safari",
    "iPad",
    "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1",
  ],
  ["curl", null, "curl/8.14.1"],
  [null, null, "<script>alert(1)</script>"],
  [null, null, ""],
];

/** The longer names that bowser has for some browsers. */
const BOWSER_NAMES: Readonly<Record<string, string>> = {
  "Microsoft Edge": "Edge",
  "Samsung Internet for Android": "Samsung Internet",
};

describe("a client", () => {
  test.each(USER_AGENTS)("is %s on %s by its user agent", (browser, platform, userAgent) => {
    expect(client({ "User-Agent": userAgent })).toMatchObject({ browser, platform });
  });

  test.each(USER_AGENTS.filter(([browser, platform]) => browser !== null && platform !== null))(
    "%s on %s has the same names in bowser",
    (browser, platform, userAgent) => {
      const parsed = bowser.parse(userAgent);
      const name = parsed.browser.name ?? "";
      expect(BOWSER_NAMES[name] ?? name).toBe(browser);
      const { name: system = "" } = parsed.os;
      const known = { iOS: /^i(Phone|Pad)$/, "Chrome OS": /^ChromeOS$/ }[system];
      expect(platform).toMatch(known ?? new RegExp(`^${system}$`));
    },
  );

  test("has the ip in Cloudflare's header, and no other that it claims", () => {
    const claimed = { "X-Forwarded-For": "10.0.0.1", "X-Real-IP": "10.0.0.2", Forwarded: "for=10.0.0.3" };
    expect(client(claimed).ip).toBeNull();
    expect(client({ ...claimed, "CF-Connecting-IP": "2001:db8::1" }).ip).toBe("2001:db8::1");
    expect(client({ "CF-Connecting-IP": "1".repeat(100) }).ip).toBeNull();
  });

  test.each([
    [{ country: "DE" }, "DE"],
    [{ country: "T1" }, null],
    [{ country: "<b>" }, null],
    [{}, null],
    [undefined, null],
  ])("with cf %j has the country %s", (cf, country) => {
    expect(client({ "CF-IPCountry": "FR" }, cf).country).toBe(country);
  });
});
