/** A column's type in the subset that the project's schema may use, and a little more. */
export type ColumnType =
  | { readonly kind: "characters"; readonly name: "CHAR" | "VARCHAR"; readonly maxCharacters: number }
  | { readonly kind: "text"; readonly maxBytes: number }
  | { readonly kind: "integer"; readonly name: string; readonly bits: 8 | 16 | 32 | 64; readonly unsigned: boolean }
  | { readonly kind: "double" };

export interface ColumnDefinition {
  readonly name: string;
  readonly type: ColumnType;
  readonly notNull: boolean;
  readonly autoIncrement: boolean;
  /** As SQLite writes it; null when the column has none. */
  readonly defaultSql: string | null;
}

export interface IndexDefinition {
  readonly name: string;
  readonly unique: boolean;
  readonly columns: readonly string[];
}

export interface TableDefinition {
  readonly name: string;
  readonly columns: readonly ColumnDefinition[];
  readonly primaryKey: readonly string[];
  readonly indexes: readonly IndexDefinition[];
}

/** What a CHECK of a column guards. Its name carries this and the column, which is all that SQLite reports of it. */
type ColumnCheck = "wrong type" | "out of range" | "too long";

export const quoteName = (name: string) => `\`${name.replaceAll("`", "``")}\``;

export function quoteString(text: string): string {
  // SQLite's text of a statement ends at a NUL, so a string with one travels as bytes.
  if (text.includes("\0")) return `CAST(X'${Buffer.from(text, "utf8").toString("hex")}' AS TEXT)`;
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * The statements that create a table in SQLite. Declared types stay MySQL's, because SQLite hands them back with every
 * result; CHECKs refuse what MySQL's strict mode refuses. Index names carry the table's, being global in SQLite.
 */
export function renderTable(table: TableDefinition): string[] {
  const columns = table.columns.map(renderColumn);
  const selfKeyed = table.columns.some((column) => column.autoIncrement);
  if (table.primaryKey.length > 0 && !selfKeyed) columns.push(`PRIMARY KEY (${nameList(table.primaryKey)})`);
  return [
    `CREATE TABLE ${quoteName(table.name)} (${columns.join(", ")})`,
    ...table.indexes.map(
      (index) =>
        `CREATE ${index.unique ? "UNIQUE " : ""}INDEX ${quoteName(`${table.name}.${index.name}`)} ` +
        `ON ${quoteName(table.name)} (${nameList(index.columns)})`,
    ),
  ];
}

function renderColumn(column: ColumnDefinition): string {
  const name = quoteName(column.name);
  // Only a column declared exactly like this numbers its rows in SQLite.
  if (column.autoIncrement) return `${name} INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL`;
  return [
    name,
    declaredType(column.type),
    // NOCASE folds ASCII only; MySQL's collations also ignore accents. What is looked up is lower-case ASCII.
    isTextual(column.type) ? "COLLATE NOCASE" : "",
    column.notNull ? "NOT NULL" : "",
    column.defaultSql === null ? "" : `DEFAULT ${column.defaultSql}`,
    ...renderChecks(column).map(([check, sql]) => `CONSTRAINT ${quoteName(`${check}:${column.name}`)} CHECK (${sql})`),
  ]
    .filter(Boolean)
    .join(" ");
}

function renderChecks({ name, type }: ColumnDefinition): [ColumnCheck, string][] {
  const column = quoteName(name);
  const oneOf = (...types: string[]) => `typeof(${column}) IN (${types.map(quoteString).join(", ")}, 'null')`;
  switch (type.kind) {
    case "characters":
      return [
        ["wrong type", oneOf("text")],
        ["too long", `length(${column}) <= ${type.maxCharacters}`],
      ];
    case "text":
      return [
        ["wrong type", oneOf("text")],
        ["too long", `octet_length(${column}) <= ${type.maxBytes}`],
      ];
    case "integer":
      return [
        ["wrong type", oneOf("integer")],
        [
          "out of range",
          `${column} BETWEEN ${integerRange(type.bits, type.unsigned).map(renderInteger).join(" AND ")}`,
        ],
      ];
    case "double":
      return [["wrong type", oneOf("real", "integer")]];
  }
}

/** The least of 64 bits cannot be written as a literal: the minus would come after its overflow. */
const renderInteger = (value: bigint) => (value < 0n ? `(${value + 1n} - 1)` : `${value}`);

/** SQLite's integers are signed, so an unsigned BIGINT ends at 2^63 - 1 here. */
export function integerRange(bits: 8 | 16 | 32 | 64, unsigned: boolean): [least: bigint, most: bigint] {
  const top = 2n ** BigInt(unsigned && bits < 64 ? bits : bits - 1);
  return [unsigned ? 0n : -top, top - 1n];
}

function declaredType(type: ColumnType): string {
  switch (type.kind) {
    case "characters":
      return `${type.name}(${type.maxCharacters})`;
    case "text":
      return "TEXT";
    case "integer":
      return type.unsigned ? `${type.name} UNSIGNED` : type.name;
    case "double":
      return "DOUBLE";
  }
}

/** What MySQL fills a new NOT NULL column with in rows that are already there. */
export function implicitDefault(column: ColumnDefinition): string {
  if (column.defaultSql !== null) return column.defaultSql;
  if (!column.notNull) return "NULL";
  return isTextual(column.type) ? "''" : "0";
}

const isTextual = (type: ColumnType) => type.kind === "characters" || type.kind === "text";

export const nameList = (names: readonly string[]) => names.map(quoteName).join(", ");

export function findColumn(table: TableDefinition, name: string): ColumnDefinition | undefined {
  return table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}
