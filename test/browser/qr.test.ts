import { HtmlValidate } from "html-validate";
import jsqr from "jsqr";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateTotpSecret, otpauthUri } from "../../src/auth/credentials/totp.ts";
import { Card } from "../../src/views/account.tsx";
import { Layout, renderDocument } from "../../src/views/document.tsx";
import { jsx, type Markup } from "../../src/views/jsx-runtime.ts";
import { QrCode } from "../../src/views/qr.tsx";
import { brotliBytes } from "../support/brotli.ts";
import { chromiumIsMissing, openSharedWindow, openWindow, startHeadlessShell } from "../support/chromium.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { SCHEMES } from "./examine-pages.ts";

const SHORT_EMAIL = "ada@example.com";
const EMAILS = {
  "a short email": SHORT_EMAIL,
  "the longest email": `${"a".repeat(64)}@${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(57)}.com`,
};
const SCREENS = [
  { device: "a small phone", width: 320, height: 640, deviceScaleFactor: 2 },
  { device: "a small and coarse screen", width: 320, height: 640, deviceScaleFactor: 1 },
  { device: "a laptop", width: 1280, height: 800, deviceScaleFactor: 1 },
];
const LAPTOP = { viewport: { width: 1280, height: 800 } };
const LABEL = "QR code";
/** Of the margin, in CSS pixels: four modules of five pixels. */
const MARGIN = 20;
const BROTLI_MAX_BYTES = 800;

interface Picture {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** A page of an account that contains only this. */
const pageWith = (content: Markup) =>
  renderDocument(
    jsx(Layout, {
      locale: { language: "en", switchHref: null },
      title: "Authenticator app",
      signedInAs: SHORT_EMAIL,
      children: jsx(Card, { children: content }),
    }),
  );

/** Decodes a screenshot in the page `decoder`. */
async function decode(decoder: Page, screenshot: Buffer): Promise<Picture> {
  const { base64, width, height } = await decoder.evaluate(async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext("2d");
    context?.drawImage(image, 0, 0);
    let binary = "";
    for (const part of context?.getImageData(0, 0, image.width, image.height).data ?? []) {
      binary += String.fromCharCode(part);
    }
    return { base64: btoa(binary), width: image.width, height: image.height };
  }, screenshot.toString("base64"));
  return { data: new Uint8ClampedArray(Buffer.from(base64, "base64")), width, height };
}

describe.skipIf(chromiumIsMissing())("a QR code", () => {
  let gatehouse: Gatehouse;
  let chromium: Browser;
  let decoder: Page;
  let policy: string;
  beforeAll(async () => {
    chromium = await startHeadlessShell();
    gatehouse = await startGatehouse();
    decoder = await openSharedWindow(chromium, gatehouse);
    const { headers } = await gatehouse.fetch(`${gatehouse.origin}/auth/signin`);
    policy = headers.get("content-security-policy") ?? "";
  });
  afterAll(async () => {
    await decoder.context().close();
    await gatehouse.close();
  });

  /** Opens a page with the code, the style sheet and the content security policy of the service. */
  const openPage = async (page: Page, text: string, colorScheme: (typeof SCHEMES)[number]) => {
    const complaints: string[] = [];
    page.removeAllListeners("console").on("console", (message) => complaints.push(message.text()));
    await page.unroute("**/code");
    await page.route("**/code", (route) =>
      route.fulfill({
        contentType: "text/html",
        headers: { "Content-Security-Policy": policy },
        body: pageWith(QrCode({ text, label: LABEL })),
      }),
    );
    await page.emulateMedia({ colorScheme });
    await page.goto("/code");
    return complaints;
  };

  for (const { device, width, height, deviceScaleFactor } of SCREENS) {
    describe(`on ${device}`, () => {
      // One window for all pages of a screen, because each takes a process of its own.
      let page: Page;
      beforeAll(async () => {
        page = await openSharedWindow(chromium, gatehouse, { viewport: { width, height }, deviceScaleFactor });
      });
      afterAll(() => page.context().close());

      for (const [whose, email] of Object.entries(EMAILS)) {
        test.each(SCHEMES)(`with ${whose} is read off the page on ${device}, %s`, async (colorScheme) => {
          const uri = otpauthUri("Gatehouse", email, generateTotpSecret());
          const complaints = await openPage(page, uri, colorScheme);
          const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
          const light = Math.max(...(ground.match(/\d+/g) ?? []).map(Number)) > 128;
          expect([colorScheme, light]).toEqual([colorScheme, colorScheme === "light"]);
          const { data, ...size } = await decode(decoder, await page.screenshot({ fullPage: true }));
          const found = jsqr.default(data, size.width, size.height, { inversionAttempts: "dontInvert" });
          expect(found?.data).toBe(uri);
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
          const box = await page.getByRole("img", { name: LABEL }).boundingBox();
          expect(box?.width).toBe(box?.height);
          expect(box?.width).toBeGreaterThan(200);
          expect(complaints).toEqual([]);
        });
      }
    });
  }

  test("has four white modules around it in the dark color scheme", async () => {
    expect(policy).toContain("style-src");
    const page = await openWindow(chromium, gatehouse, LAPTOP);
    await openPage(page, "otpauth://totp/x", "dark");
    const { data, width, height } = await decode(decoder, await page.getByRole("img", { name: LABEL }).screenshot());
    const isWhite = (x: number, y: number) =>
      [0, 1, 2].every((part) => data[(Math.floor(y) * width + Math.floor(x)) * 4 + part] === 255);
    const whiteFrom = (at: (step: number) => readonly [number, number]) => {
      // The outermost pixel can be a mixture with the card, where the code does not begin at a whole pixel.
      let step = 1;
      while (step < width && isWhite(...at(step))) step += 1;
      return step;
    };
    // These lines cross the middle of the finder patterns, which begin where the margin ends.
    const middle = MARGIN + MARGIN - 2.5;
    const margins = [
      whiteFrom((step) => [step, middle]),
      whiteFrom((step) => [middle, step]),
      whiteFrom((step) => [width - 1 - step, middle]),
      whiteFrom((step) => [middle, height - 1 - step]),
    ];
    for (const margin of margins) expect(Math.abs(margin - MARGIN)).toBeLessThanOrEqual(1);
  });

  test("is valid and small markup", () => {
    const code = QrCode({ text: otpauthUri("Gatehouse", SHORT_EMAIL, generateTotpSecret()), label: 'A "code"' });
    expect(brotliBytes(`${code}`)).toBeLessThanOrEqual(BROTLI_MAX_BYTES);
    const validator = new HtmlValidate({ extends: ["html-validate:standard", "html-validate:a11y"] });
    const { results } = validator.validateStringSync(pageWith(code));
    expect(results.flatMap(({ messages }) => messages)).toEqual([]);
  });
});
