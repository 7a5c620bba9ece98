import type { SqlOutcome, SqlValue } from "../sql/engine.ts";

/** `query.QueryResult` as protobuf's JSON writes it: 64-bit numbers are strings, and what is empty is left out. */
export function encodeResult(outcome: SqlOutcome & { kind: "rows" | "change" }): object {
  if (outcome.kind === "rows") return { fields: outcome.fields, rows: outcome.rows.map(encodeRow) };
  const { rowsAffected, insertId } = outcome;
  return {
    ...(rowsAffected > 0 && { rowsAffected: String(rowsAffected) }),
    ...(insertId !== "0" && { insertId }),
  };
}

/** Lengths count bytes, and -1 is NULL. */
function encodeRow(values: readonly SqlValue[]): object {
  const bytes = Buffer.concat(values.filter((value) => value !== null));
  return {
    lengths: values.map((value) => String(value === null ? -1 : value.byteLength)),
    ...(bytes.length > 0 && { values: bytes.toString("base64") }),
  };
}
