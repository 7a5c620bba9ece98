import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Client, DatabaseError } from "@planetscale/database";
import { parseDatabaseUrl } from "../src/config/config-values.ts";
import { sqlErrorNumber } from "../src/store/database.ts";
import { describeReason, Mistake, readArguments, runCommand } from "./command.ts";

/** The directory with the migrations and Drizzle's snapshots of the schema. */
export const MIGRATIONS = fileURLToPath(new URL("../drizzle", import.meta.url));
const USAGE = "Usage: npm run db:migrate, with DATABASE_URL in the environment or in .dev.vars";

/** Drizzle's own table, so that its migrator and its tools understand the database. */
const HISTORY = "__drizzle_migrations";
const CREATE_HISTORY = `create table if not exists ${HISTORY} (id serial primary key, hash text not null, created_at bigint)`;

/** Counts the applied statements of each migration, plus one when the migration is in the history. */
const STEPS = "__drizzle_steps";
const CREATE_STEPS = `create table if not exists ${STEPS} (created_at bigint primary key, done int not null)`;

interface Migration {
  readonly name: string;
  /** The time in the journal, which identifies the migration. */
  readonly createdAt: number;
  readonly hash: string;
  readonly statements: readonly string[];
}

/**
 * Applies the migrations in `directory` that the database lacks, over HTTP, and returns their names. MySQL commits
 * every change of the schema by itself, so a run may end after any statement. The next run continues there, and two
 * concurrent runs do no harm: a change of the schema that was already made is skipped, and every other statement is
 * recorded in its own transaction. A migration must therefore not revert one of its earlier statements.
 */
export async function applyMigrations(databaseUrl: string, directory = MIGRATIONS): Promise<readonly string[]> {
  const login = parseDatabaseUrl(databaseUrl);
  if ("problem" in login) throw new Mistake(`Not migrated: DATABASE_URL ${login.problem}.`);
  const migrations = readMigrations(directory);
  const database = new Client({ ...login.value });
  try {
    const applied = await readHistory(database);
    const pending = migrations.filter(({ createdAt }) => !applied.has(createdAt));
    if (pending.length > 0) await database.execute(CREATE_STEPS);
    for (const migration of pending) await applyMigration(database, migration);
    return pending.map(({ name }) => name);
  } catch (error) {
    throw error instanceof Mistake ? error : new Mistake(`Not migrated: ${explain(error)}`);
  }
}

function readMigrations(directory: string): Migration[] {
  try {
    const { entries } = JSON.parse(readFileSync(`${directory}/meta/_journal.json`, "utf8")) as {
      entries: { tag: string; when: number }[];
    };
    return entries.map(({ tag, when }) => {
      const text = readFileSync(`${directory}/${tag}.sql`, "utf8");
      const hash = createHash("sha256").update(text).digest("hex");
      return { name: tag, createdAt: when, hash, statements: text.split("--> statement-breakpoint") };
    });
  } catch (error) {
    throw new Mistake(`The migrations cannot be read (${describeReason(error)}). They belong into ${directory}.`);
  }
}

/**
 * Reads the history before it creates the table, so that a login that may not create tables can run the command when no
 * migration is pending.
 */
async function readHistory(database: Client): Promise<ReadonlySet<number>> {
  const read = () => database.execute<{ created_at: string }>(`select created_at from ${HISTORY}`);
  const { rows } = await read().catch(async (error) => {
    if (sqlErrorNumber(error) !== NO_SUCH_TABLE) throw error;
    await database.execute(CREATE_HISTORY);
    return read();
  });
  return new Set(rows.map(({ created_at }) => Number(created_at)));
}

async function applyMigration(database: Client, { createdAt, hash, statements }: Migration): Promise<void> {
  await database.execute(`insert into ${STEPS} (created_at, done) values (?, 0)`, [createdAt]).catch((error) => {
    if (sqlErrorNumber(error) !== DUPLICATE_ENTRY) throw error;
  });
  const record = [`insert into ${HISTORY} (hash, created_at) values (?, ?)`, [hash, createdAt]] as const;
  const countStatement = [`update ${STEPS} set done = done + 1 where created_at = ? and done = ?`, createdAt] as const;
  // Reads the count again for each statement, because a concurrent run may have applied some.
  for (;;) {
    const { rows } = await database.execute(`select done from ${STEPS} where created_at = ?`, [createdAt]);
    const done = Number(rows[0]?.["done"]);
    if (done > statements.length) return;
    const statement = statements[done];
    if (statement !== undefined && changesSchema(statement)) {
      await changeSchema(database, statement);
      await database.execute(countStatement[0], [countStatement[1], done]);
      continue;
    }
    await database.transaction(async (transaction) => {
      if ((await transaction.execute(countStatement[0], [countStatement[1], done])).rowsAffected === 0) return;
      await (statement === undefined ? transaction.execute(...record) : transaction.execute(statement));
    });
  }
}

function changesSchema(statement: string): boolean {
  return !/^\s*(?:insert|update|delete|replace)\b/i.test(statement);
}

async function changeSchema(database: Client, statement: string): Promise<void> {
  try {
    await database.execute(statement);
  } catch (error) {
    if (!ALREADY_APPLIED.has(sqlErrorNumber(error) ?? 0)) throw error;
    await requireOwnTable(database, statement);
  }
}

/** Throws a Mistake if the existing table belongs to another program. Such a table lacks columns. */
async function requireOwnTable(database: Client, statement: string): Promise<void> {
  const [, table] = /^\s*create table (?:if not exists )?`(\w+)`/i.exec(statement) ?? [];
  if (table === undefined) return;
  const columns = [...statement.matchAll(/^\s+(`\w+`) /gm)].map(([, column]) => column);
  await database.execute(`select ${columns.join(", ")} from \`${table}\` limit 0`).catch((error) => {
    if (sqlErrorNumber(error) !== NO_SUCH_COLUMN) throw error;
    throw new Mistake(
      `Not migrated: there is a table ${table} already which is not Gatehouse's. Use another database.`,
    );
  });
}

/** MySQL's ER_NO_SUCH_TABLE, ER_BAD_FIELD_ERROR and ER_DUP_ENTRY. */
const NO_SUCH_TABLE = 1146;
const NO_SUCH_COLUMN = 1054;
const DUPLICATE_ENTRY = 1062;

/**
 * MySQL's ER_TABLE_EXISTS_ERROR, ER_BAD_TABLE_ERROR, ER_DUP_FIELDNAME, ER_DUP_KEYNAME, ER_MULTIPLE_PRI_KEY and
 * ER_CANT_DROP_FIELD_OR_KEY.
 */
const ALREADY_APPLIED: ReadonlySet<number> = new Set([1050, 1051, 1060, 1061, 1068, 1091]);

function explain(error: unknown): string {
  const reason = describeReason(error);
  if (!(error instanceof DatabaseError))
    return `the database cannot be reached (${reason}). Try again: it goes on where it was.`;
  if (error.status === 401) return "the database refuses the user or the password in DATABASE_URL.";
  if (/command denied/.test(reason)) return `${reason}. It takes a password with the role Admin.`;
  return reason;
}

if (import.meta.main) {
  await runCommand(async () => {
    readArguments(USAGE, {});
    const applied = await applyMigrations(readDatabaseUrl());
    for (const name of applied) console.log(`Applied ${name}.`);
    console.log("The database has every migration.");
  });
}

/** Reads DATABASE_URL from the environment, or else from .dev.vars. */
export function readDatabaseUrl(): string {
  if (process.env["DATABASE_URL"] === undefined && existsSync(".dev.vars")) loadDevVars();
  const databaseUrl = process.env["DATABASE_URL"];
  if (databaseUrl) return databaseUrl;
  throw new Mistake("Set DATABASE_URL, in the environment or in .dev.vars, to the database that is to be migrated.");
}

function loadDevVars(): void {
  try {
    process.loadEnvFile(".dev.vars");
  } catch (error) {
    throw new Mistake(`.dev.vars cannot be read: ${describeReason(error)}`);
  }
}
