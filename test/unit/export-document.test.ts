import { readFileSync } from "node:fs";
import { getTableName, is } from "drizzle-orm";
import { getTableConfig, MySqlTable } from "drizzle-orm/mysql-core";
import { expect, test } from "vitest";
import * as schema from "../../src/store/schema.ts";

/** The document names all stored personal data, exported or not, so that a new column is not forgotten. */
test("docs/export.md names every column of every table", () => {
  const text = readFileSync(new URL("../../docs/export.md", import.meta.url), "utf8");
  const tables = Object.values<unknown>(schema).filter((value) => is(value, MySqlTable)) as MySqlTable[];
  const columns = tables.flatMap((table) =>
    getTableConfig(table).columns.map((column) => `${getTableName(table)}.${column.name}`),
  );
  expect(columns.length).toBeGreaterThan(25);
  expect(columns.filter((column) => !text.includes(`\`${column}\``))).toEqual([]);
});
