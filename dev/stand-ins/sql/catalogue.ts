import type { DatabaseSync } from "node:sqlite";
import { checkTable, editTable } from "./edit-table.ts";
import { RefusedStatement } from "./engine.ts";
import type { SchemaChange, TableEdit } from "./schema-change.ts";
import {
  findColumn,
  implicitDefault,
  nameList,
  quoteName,
  renderTable,
  type TableDefinition,
} from "./table-definition.ts";

/** The tables as MySQL would know them, kept beside them: SQLite's own schema forgets names, defaults and lengths. */
export interface Catalogue {
  find(name: string): TableDefinition | undefined;
  names(): string[];
  /** Changes the schema. The caller holds the write lock and an open SQLite transaction. */
  apply(change: SchemaChange): void;
  /** Reads the tables again, after a change that was rolled back. */
  reload(): void;
}

const CATALOGUE_TABLE = "__tables";
const REBUILT_TABLE = "__rebuilt";

export function openCatalogue(connection: DatabaseSync, database: string): Catalogue {
  connection.exec(`CREATE TABLE IF NOT EXISTS ${CATALOGUE_TABLE} (name TEXT PRIMARY KEY, definition TEXT NOT NULL)`);
  const tables = new Map<string, TableDefinition>();

  const reload = () => {
    tables.clear();
    for (const { definition } of connection.prepare(`SELECT definition FROM ${CATALOGUE_TABLE}`).all()) {
      const table: TableDefinition = JSON.parse(String(definition));
      tables.set(table.name, table);
    }
  };
  const store = (table: TableDefinition) => {
    tables.set(table.name, table);
    connection.prepare(`REPLACE INTO ${CATALOGUE_TABLE} VALUES (?, ?)`).run(table.name, JSON.stringify(table));
  };
  const remove = (name: string) => {
    tables.delete(name);
    connection.prepare(`DELETE FROM ${CATALOGUE_TABLE} WHERE name = ?`).run(name);
    connection.exec(`DROP TABLE ${quoteName(name)}`);
  };
  const create = (table: TableDefinition) => {
    for (const statement of renderTable(table)) connection.exec(statement);
    store(table);
  };
  const require = (name: string) =>
    tables.get(name) ?? refuse(1146, "42S02", `Table '${database}.${name}' doesn't exist`);

  /** SQLite can alter little of a table, so the new one is filled from the old and takes its name. */
  const edit = (before: TableDefinition, change: TableEdit) => {
    const after = editTable(before, change);
    const sources = after.columns.map((column) => {
      if (change.kind === "rename-column" && column.name === change.to) return quoteName(change.from);
      return findColumn(before, column.name) ? quoteName(column.name) : implicitDefault(column);
    });
    const columns = nameList(after.columns.map((column) => column.name));
    connection.exec(`ALTER TABLE ${quoteName(before.name)} RENAME TO ${REBUILT_TABLE}`);
    for (const { name } of before.indexes) connection.exec(`DROP INDEX ${quoteName(`${before.name}.${name}`)}`);
    create(after);
    connection.exec(
      `INSERT INTO ${quoteName(after.name)} (${columns}) SELECT ${sources.join(", ")} FROM ${REBUILT_TABLE}`,
    );
    connection.exec(`DROP TABLE ${REBUILT_TABLE}`);
    return after;
  };

  const apply = (change: SchemaChange) => {
    switch (change.kind) {
      case "create-table":
        if (!tables.has(change.table.name)) {
          checkTable(change.table);
          return create(change.table);
        }
        if (change.ifNotExists) return;
        return refuse(1050, "42S01", `Table '${change.table.name}' already exists`);
      case "drop-tables": {
        const missing = change.names.filter((name) => !tables.has(name));
        if (missing.length > 0 && !change.ifExists) {
          return refuse(1051, "42S02", `Unknown table '${missing.map((name) => `${database}.${name}`).join(",")}'`);
        }
        return change.names.filter((name) => tables.has(name)).forEach(remove);
      }
      case "rename-table": {
        const table = require(change.from);
        if (tables.has(change.to)) return refuse(1050, "42S01", `Table '${change.to}' already exists`);
        create({ ...table, name: change.to, indexes: table.indexes });
        connection.exec(`INSERT INTO ${quoteName(change.to)} SELECT * FROM ${quoteName(change.from)}`);
        return remove(change.from);
      }
      case "truncate-table":
        connection.exec(`DELETE FROM ${quoteName(require(change.name).name)}`);
        return;
      case "edit-table":
        change.edits.reduce(edit, require(change.name));
    }
  };

  reload();
  return { find: (name) => tables.get(name), names: () => [...tables.keys()], apply, reload };
}

function refuse(errno: number, sqlState: string, message: string): never {
  throw new RefusedStatement(errno, sqlState, message);
}
