import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

test("docs/logs.md names exactly the events that are logged", () => {
  const sources = readdirSync(`${ROOT}src`, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => readFileSync(`${ROOT}src/${path}`, "utf8"));
  const logged = sources.flatMap((source) =>
    [...source.matchAll(/\b(?:log|record)\([^")]*"([a-z-]+)"|\b(?:emitEvent|event:)[^;]*?\btype: "([a-z-]+)"/g)].map(
      ([, logs, emits]) => logs ?? emits,
    ),
  );
  // The source passes these in a variable.
  const recorded = ["signed-up", "signed-in"];
  const [, table = ""] = readFileSync(`${ROOT}docs/logs.md`, "utf8").split("|---|---|---|\n");
  const named = table
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));
  expect(named.toSorted()).toEqual([...new Set([...logged, ...recorded])].toSorted());
});
