import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { GUARDS } from "../guards/guards.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}${path}`, "utf8");

/**
 * `npm run test:guards` applies each guard and runs its test. This test checks everything that is visible without that.
 */
test.each(GUARDS)("the guard of a promise still applies: $promise", ({ file, from, to, test: path, title }) => {
  expect([file, read(file).split(from).length - 1]).toEqual([file, 1]);
  expect(to).not.toBe(from);
  const words = title.match(/[\p{L}\p{N}]+/gu) ?? [];
  const source = read(path);
  expect(words.filter((word) => !source.includes(word) && !/^\d+$/.test(word))).toEqual([]);
});

test("every promise has one guard, and no two guards change the same text", () => {
  const promises = GUARDS.map(({ promise }) => promise);
  expect(promises.filter((promise, index) => promises.indexOf(promise) !== index)).toEqual([]);
  const changes = GUARDS.map(({ file, from }) => `${file}: ${from}`);
  expect(changes.filter((change, index) => changes.indexOf(change) !== index)).toEqual([]);
});
