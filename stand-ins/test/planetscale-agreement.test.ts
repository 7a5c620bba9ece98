import { DatabaseError } from "@planetscale/database";
import { bigint, boolean, int, mysqlTable, text, unique, varchar } from "drizzle-orm/mysql-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findEngines, type PlanetScaleStandIn } from "./support/planetscale.ts";

const { GATEHOUSE_AGREEMENT_RUNS } = process.env;
/** Runs the same sequences every time, or the number of random sequences that the environment sets. */
const RUN_OPTIONS = GATEHOUSE_AGREEMENT_RUNS
  ? { numRuns: Number(GATEHOUSE_AGREEMENT_RUNS) }
  : { numRuns: 100, seed: 1 };

const t = mysqlTable(
  "t",
  {
    id: varchar("id", { length: 4 }).primaryKey(),
    n: int("n").notNull().default(5),
    b: bigint("b", { mode: "bigint" }),
    f: boolean("f"),
    x: text("x"),
  },
  (table) => [unique("t_bf").on(table.b, table.f)],
);

/**
 * A few awkward values, so that rows collide. The engines differ in fractions, accents and the characters between Z and
 * a, so the values contain none of these.
 */
const LITERALS = "'a' 'A' 'b' 'it''s' 'five5' '' '12' '👍' 1 0 -7 2147483648 true NULL".split(" ");
const literal = fc.nat({ max: LITERALS.length - 1 }).map((index) => LITERALS[index] ?? "");
const column = fc.constantFrom("id", "n", "b", "f", "x");
const comparison = fc
  .tuple(
    fc.oneof(
      fc.tuple(
        fc.constantFrom("id", "x"),
        fc.constantFrom("=", "<>", "<", "LIKE"),
        fc.constantFrom("'a'", "'B'", "''", "'12'"),
      ),
      fc.tuple(fc.constantFrom("n", "b", "f"), fc.constantFrom("=", ">=", "<"), fc.constantFrom("1", "0", "'12'", "5")),
    ),
  )
  .map(([[left, operator, right]]) => `${left} ${operator} ${right}`);
const where = fc.oneof(
  fc.constant(""),
  comparison.map((condition) => ` WHERE ${condition}`),
  fc.tuple(comparison, fc.constantFrom("AND", "OR"), comparison).map(([a, op, b]) => ` WHERE ${a} ${op} NOT (${b})`),
  fc.constant(" WHERE nowhere = 1"),
  fc.constant(" WHERE x IS NULL AND b IS NOT NULL"),
);
const row = fc.tuple(literal, literal, literal).map((values) => `(${values.join(", ")})`);
const statement = fc.oneof(
  {
    weight: 4,
    arbitrary: row.map((r) => `INSERT INTO t (id, n, b) VALUES ${r}`),
  },
  { weight: 2, arbitrary: fc.tuple(row, row).map((rows) => `INSERT INTO t (id, b, x) VALUES ${rows.join(", ")}`) },
  {
    weight: 2,
    arbitrary: row.map(
      (r) => `INSERT INTO t (id, b, f) VALUES ${r} ON DUPLICATE KEY UPDATE x = 'again', f = VALUES(f)`,
    ),
  },
  { weight: 1, arbitrary: literal.map((value) => `INSERT INTO t (id, n, x) VALUES (${value}, DEFAULT, DEFAULT)`) },
  { weight: 4, arbitrary: fc.tuple(column, literal, where).map(([c, value, w]) => `UPDATE t SET ${c} = ${value}${w}`) },
  { weight: 2, arbitrary: where.map((w) => `UPDATE t SET n = n + 1${w} ORDER BY id LIMIT 2`) },
  { weight: 1, arbitrary: where.map((w) => `DELETE FROM t${w} ORDER BY id LIMIT 1`) },
  { weight: 3, arbitrary: where.map((w) => `SELECT id, n, b, f, x, id AS k FROM t${w} ORDER BY id`) },
  {
    weight: 2,
    arbitrary: where.map((w) => `SELECT count(*), count(b) AS c, coalesce(max(id), 'none') AS m FROM t${w}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "SELECT FROM t",
      "SELECT * FROM u",
      "INSERT INTO t (id) VALUES",
      "SELECT id, id FROM t WHERE",
    ),
  },
);

const [embedded, real] = findEngines("Agreement of the two engines");

describe.skipIf(real === undefined)("The embedded engine and a real server", () => {
  let standIns: PlanetScaleStandIn[];

  beforeAll(async () => {
    standIns = await Promise.all([embedded, real].flatMap((engine) => engine?.start({ t }) ?? []));
  });
  afterAll(() => Promise.all((standIns ?? []).map((standIn) => standIn.close())));

  test("agree on rows, types, counts and refusals of any sequence of statements", { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { minLength: 5, maxLength: 25 }), async (statements) => {
        for (const standIn of standIns) await standIn.reset();
        for (const sql of statements) {
          const [ours, theirs] = await Promise.all(standIns.map((standIn) => resultOf(standIn, sql)));
          expect(ours, sql).toEqual(theirs);
        }
      }),
      RUN_OPTIONS,
    );
  });
});

/** Returns the result of a statement, or its error message without the parts in which the engines differ. */
async function resultOf({ client }: PlanetScaleStandIn, sql: string): Promise<unknown> {
  try {
    const { rows, types, headers, rowsAffected } = await client.execute(sql);
    return { rows, types, headers, rowsAffected };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    // MariaDB's messages, unlike its data, have at most three bytes per character. In an UPDATE, they number the rows
    // that were examined.
    return error.body.message
      .replaceAll(/gatehouse_\w+/g, "gatehouse")
      .replaceAll("👍", "?")
      .replace(/at row \d+/, sql.startsWith("UPDATE") ? "at some row" : "$&")
      .replace(/(?<=^syntax error) at position \d+(?: near '.*')?/, "")
      .replace(/ in '(?:[A-Z ]+|field list)'/, " in a clause");
  }
}
