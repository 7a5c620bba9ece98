import type { ColumnDefinition, IndexDefinition, TableDefinition } from "./table-definition.ts";

/** One change inside a table. */
export type TableEdit =
  | { readonly kind: "add-column"; readonly column: ColumnDefinition }
  | { readonly kind: "modify-column"; readonly name: string; readonly column: ColumnDefinition }
  | { readonly kind: "rename-column"; readonly from: string; readonly to: string }
  | { readonly kind: "drop-column"; readonly name: string }
  | { readonly kind: "add-index"; readonly index: IndexDefinition }
  | { readonly kind: "drop-index"; readonly name: string }
  | { readonly kind: "add-primary-key"; readonly columns: readonly string[] }
  | { readonly kind: "drop-primary-key" };

export type SchemaChange =
  | { readonly kind: "create-table"; readonly table: TableDefinition; readonly ifNotExists: boolean }
  | { readonly kind: "drop-tables"; readonly names: readonly string[]; readonly ifExists: boolean }
  | { readonly kind: "rename-table"; readonly from: string; readonly to: string }
  | { readonly kind: "truncate-table"; readonly name: string }
  | { readonly kind: "edit-table"; readonly name: string; readonly edits: readonly TableEdit[] };
