import { RefusedStatement } from "./engine.ts";
import { withKeysNotNull } from "./read-schema-change.ts";
import type { TableEdit } from "./schema-change.ts";
import { findColumn, type TableDefinition } from "./table-definition.ts";

/** The table after one edit, or MySQL's refusal of it. */
export function editTable(table: TableDefinition, edit: TableEdit): TableDefinition {
  switch (edit.kind) {
    case "add-column":
      if (findColumn(table, edit.column.name)) throw duplicateColumn(edit.column.name);
      return { ...table, columns: [...table.columns, edit.column] };
    case "modify-column":
      requireColumn(table, edit.name);
      return withKeysNotNull({
        ...table,
        columns: table.columns.map((column) => (column.name === edit.name ? edit.column : column)),
      });
    case "rename-column":
      return renameColumn(table, edit.from, edit.to);
    case "drop-column":
      if (!findColumn(table, edit.name)) throw nothingToDrop(edit.name);
      return dropColumn(table, edit.name);
    case "add-index":
      if (table.indexes.some((index) => index.name === edit.index.name)) throw duplicateKey(edit.index.name);
      requireKeyColumns(table, edit.index.columns);
      return { ...table, indexes: [...table.indexes, edit.index] };
    case "drop-index":
      if (!table.indexes.some((index) => index.name === edit.name)) throw nothingToDrop(edit.name);
      return { ...table, indexes: table.indexes.filter((index) => index.name !== edit.name) };
    case "add-primary-key":
      if (table.primaryKey.length > 0) throw new RefusedStatement(1068, "42000", "Multiple primary key defined");
      requireKeyColumns(table, edit.columns);
      return withKeysNotNull({ ...table, primaryKey: edit.columns });
    case "drop-primary-key":
      if (table.primaryKey.length === 0) throw nothingToDrop("PRIMARY");
      return { ...table, primaryKey: [] };
  }
}

/** Refuses a new table whose names clash or whose keys name no column. */
export function checkTable(table: TableDefinition): void {
  const columns = table.columns.map((column) => column.name.toLowerCase());
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw duplicateColumn(twice);
  const indexes = table.indexes.map((index) => index.name);
  const twiceIndexed = indexes.find((name, index) => indexes.indexOf(name) !== index);
  if (twiceIndexed !== undefined) throw duplicateKey(twiceIndexed);
  requireKeyColumns(table, [...table.primaryKey, ...table.indexes.flatMap((index) => index.columns)]);
}

function renameColumn(table: TableDefinition, from: string, to: string): TableDefinition {
  requireColumn(table, from);
  if (findColumn(table, to)) throw duplicateColumn(to);
  const rename = (name: string) => (name === from ? to : name);
  return {
    ...table,
    columns: table.columns.map((column) => ({ ...column, name: rename(column.name) })),
    primaryKey: table.primaryKey.map(rename),
    indexes: table.indexes.map((index) => ({ ...index, columns: index.columns.map(rename) })),
  };
}

/** MySQL takes a dropped column out of its indexes, and drops those that are left empty. */
function dropColumn(table: TableDefinition, name: string): TableDefinition {
  const without = (names: readonly string[]) => names.filter((other) => other !== name);
  return {
    ...table,
    columns: table.columns.filter((column) => column.name !== name),
    primaryKey: without(table.primaryKey),
    indexes: table.indexes
      .map((index) => ({ ...index, columns: without(index.columns) }))
      .filter((index) => index.columns.length > 0),
  };
}

function requireColumn(table: TableDefinition, name: string): void {
  if (!findColumn(table, name)) {
    throw new RefusedStatement(1054, "42S22", `Unknown column '${name}' in '${table.name}'`);
  }
}

function requireKeyColumns(table: TableDefinition, names: readonly string[]): void {
  const missing = names.find((name) => !findColumn(table, name));
  if (missing !== undefined) {
    throw new RefusedStatement(1072, "42000", `Key column '${missing}' doesn't exist in table`);
  }
}

const duplicateColumn = (name: string) => new RefusedStatement(1060, "42S21", `Duplicate column name '${name}'`);
const duplicateKey = (name: string) => new RefusedStatement(1061, "42000", `Duplicate key name '${name}'`);
const nothingToDrop = (name: string) =>
  new RefusedStatement(1091, "42000", `Can't DROP '${name}'; check that column/key exists`);
