import { getTableName, is } from "drizzle-orm";
import { getTableConfig, MySqlTable } from "drizzle-orm/mysql-core";
import { expect, test } from "vitest";
import * as schema from "../../src/store/schema.ts";
import { NAME_EVERY_COLUMN } from "../../src/store/try-database.ts";

test("the health check names every column of every table, and no other", () => {
  const tables = Object.values<unknown>(schema).filter((value) => is(value, MySqlTable)) as MySqlTable[];
  expect(tables.length).toBeGreaterThan(3);
  const columns = tables.flatMap((table) =>
    getTableConfig(table).columns.map((column) => `${getTableName(table)}.${column.name}`),
  );
  const [, list = "", from = ""] = /^\s*select (.*)\sfrom (.*) limit 0$/s.exec(NAME_EVERY_COLUMN) ?? [];
  const names = new Map(
    from.split(", ").map((table) => table.replaceAll("`", "").split(" ").toReversed() as [string, string]),
  );
  const named = list.split(/,\s+/).map((column) => column.replace(/^\w+/, (alias) => names.get(alias) ?? "nothing"));
  expect(named.toSorted()).toEqual(columns.toSorted());
});
