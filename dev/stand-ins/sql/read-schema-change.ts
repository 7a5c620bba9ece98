import { notSupported } from "./engine.ts";
import { readColumn } from "./read-column.ts";
import type { SchemaChange, TableEdit } from "./schema-change.ts";
import type { IndexDefinition, TableDefinition } from "./table-definition.ts";
import { TokenReader } from "./token-reader.ts";
import { isWord, type Token } from "./tokens.ts";

/** Reads a statement that changes the schema, in the forms that drizzle-kit and its migrator write. */
export function readSchemaChange(sql: string, tokens: readonly Token[]): SchemaChange {
  const reader = new TokenReader(sql, tokens);
  const change = readChange(reader);
  reader.expectEnd();
  return change;
}

function readChange(reader: TokenReader): SchemaChange {
  if (reader.accept("CREATE", "TABLE")) return readCreateTable(reader);
  if (reader.accept("ALTER", "TABLE")) return readAlterTable(reader);
  if (reader.accept("DROP", "TABLE")) {
    const ifExists = reader.accept("IF", "EXISTS");
    return { kind: "drop-tables", ifExists, names: readList(reader, () => reader.name()) };
  }
  if (reader.accept("RENAME", "TABLE")) {
    const from = reader.name();
    reader.expect("TO");
    return { kind: "rename-table", from, to: reader.name() };
  }
  if (reader.accept("TRUNCATE")) {
    reader.accept("TABLE");
    return { kind: "truncate-table", name: reader.name() };
  }
  if (reader.accept("DROP", "INDEX")) {
    const index = reader.name();
    reader.expect("ON");
    return { kind: "edit-table", name: reader.name(), edits: [{ kind: "drop-index", name: index }] };
  }
  return readCreateIndex(reader);
}

function readCreateIndex(reader: TokenReader): SchemaChange {
  reader.expect("CREATE");
  const unique = reader.accept("UNIQUE");
  if (!reader.accept("INDEX")) throw notSupported(`CREATE ${reader.peek()?.value ?? ""}`);
  const index = reader.name();
  reader.expect("ON");
  const name = reader.name();
  return { kind: "edit-table", name, edits: [{ kind: "add-index", index: readIndex(reader, index, unique) }] };
}

function readCreateTable(reader: TokenReader): SchemaChange {
  const ifNotExists = reader.accept("IF", "NOT", "EXISTS");
  let table: TableDefinition = { name: reader.name(), columns: [], primaryKey: [], indexes: [] };
  reader.expectSymbol("(");
  do table = readTableItem(reader, table);
  while (reader.acceptSymbol(","));
  reader.expectSymbol(")");
  // Engine, character set and the like: one engine and one character set is all there is here.
  reader.takeWhile(() => true);
  return { kind: "create-table", table: withKeysNotNull(table), ifNotExists };
}

function readTableItem(reader: TokenReader, table: TableDefinition): TableDefinition {
  const key = readKey(reader);
  if (key?.kind === "add-primary-key") return { ...table, primaryKey: key.columns };
  if (key?.kind === "add-index") return { ...table, indexes: [...table.indexes, key.index] };
  const { column, key: own } = readColumn(reader);
  const columns = [...table.columns, column];
  if (own === "primary") return { ...table, columns, primaryKey: [column.name] };
  // MySQL names the index of a unique column after the column.
  const index = { name: column.name, unique: true, columns: [column.name] };
  return { ...table, columns, indexes: own === "unique" ? [...table.indexes, index] : table.indexes };
}

/** A key or an index as a table's item; undefined when the item is a column. */
function readKey(reader: TokenReader): (TableEdit & { kind: "add-primary-key" | "add-index" }) | undefined {
  const constraint = reader.accept("CONSTRAINT") ? reader.name() : undefined;
  if (reader.accept("PRIMARY", "KEY")) return { kind: "add-primary-key", columns: reader.names() };
  const unique = reader.accept("UNIQUE");
  const indexed = reader.accept("KEY") || reader.accept("INDEX");
  if (!unique && !indexed) {
    if (constraint !== undefined || isWord(reader.peek(), "FOREIGN", "CHECK", "FULLTEXT", "SPATIAL")) {
      throw notSupported(`constraint ${reader.peek()?.value ?? ""}`);
    }
    return undefined;
  }
  const name = reader.peek()?.value === "(" ? constraint : reader.name();
  return { kind: "add-index", index: readIndex(reader, name, unique) };
}

function readIndex(reader: TokenReader, name: string | undefined, unique: boolean): IndexDefinition {
  const columns = reader.names();
  if (reader.accept("USING")) reader.next();
  return { name: name ?? columns[0] ?? reader.refuse(), unique, columns };
}

function readAlterTable(reader: TokenReader): SchemaChange {
  const name = reader.name();
  if (reader.accept("RENAME", "TO")) return { kind: "rename-table", from: name, to: reader.name() };
  return { kind: "edit-table", name, edits: readList(reader, () => readEdits(reader)).flat() };
}

function readEdits(reader: TokenReader): TableEdit[] {
  if (reader.accept("ADD")) {
    const key = readKey(reader);
    if (key) return [key];
    reader.accept("COLUMN");
    const { column, key: own } = readColumn(reader);
    if (own === "primary") throw notSupported("ADD COLUMN … PRIMARY KEY");
    const index = { name: column.name, unique: true, columns: [column.name] };
    return [{ kind: "add-column", column }, ...(own ? [{ kind: "add-index" as const, index }] : [])];
  }
  if (reader.accept("MODIFY")) {
    reader.accept("COLUMN");
    const { column } = readColumn(reader);
    return [{ kind: "modify-column", name: column.name, column }];
  }
  if (reader.accept("RENAME", "COLUMN")) {
    const from = reader.name();
    reader.expect("TO");
    return [{ kind: "rename-column", from, to: reader.name() }];
  }
  reader.expect("DROP");
  if (reader.accept("PRIMARY", "KEY")) return [{ kind: "drop-primary-key" }];
  if (reader.accept("INDEX") || reader.accept("KEY")) return [{ kind: "drop-index", name: reader.name() }];
  reader.accept("COLUMN");
  return [{ kind: "drop-column", name: reader.name() }];
}

function readList<Item>(reader: TokenReader, read: () => Item): Item[] {
  const items = [read()];
  while (reader.acceptSymbol(",")) items.push(read());
  return items;
}

export function withKeysNotNull(table: TableDefinition): TableDefinition {
  const columns = table.columns.map((column) =>
    table.primaryKey.includes(column.name) ? { ...column, notNull: true } : column,
  );
  return { ...table, columns };
}
