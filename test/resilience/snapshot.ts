import { readValue } from "../../src/store/person.ts";
import type { Gatehouse } from "../support/gatehouse.ts";

type Stores = Pick<Gatehouse, "database" | "standIns">;

export const TABLES = [
  "users",
  "keys",
  "one_time_tokens",
  "account_events",
  "pending_signups",
  "reserved_emails",
  "outbox",
  "passkeys",
  "authenticators",
  "recovery_codes",
  "trusted_devices",
] as const;

type Row = Readonly<Record<string, string | number | null>>;
type Reply = string | number | null | readonly string[];

/** The contents of both stores, so that a state that took many steps can be restored at once. */
export interface Snapshot {
  readonly rows: Readonly<Record<string, readonly Row[]>>;
  readonly commands: readonly (readonly (string | number)[])[];
}

type Rows = Record<(typeof TABLES)[number], readonly Row[]>;

export async function readRows({ database }: Stores): Promise<Rows> {
  const read = async (table: string) => (await database.execute<Row>(`select * from \`${table}\``)).rows;
  return Object.fromEntries(await Promise.all(TABLES.map(async (table) => [table, await read(table)]))) as Rows;
}

export async function takeSnapshot(gatehouse: Stores): Promise<Snapshot> {
  const keys = (await ask(gatehouse, [["KEYS", "*"]]))[0] as readonly string[];
  const commands: (readonly (string | number)[])[] = [];
  for (const key of keys) {
    const [type, left] = await ask(gatehouse, [
      ["TYPE", key],
      ["PTTL", key],
    ]);
    if (type === "zset") {
      const [members] = await ask(gatehouse, [["ZRANGE", key, 0, -1, "WITHSCORES"]]);
      const pairs = members as readonly string[];
      for (let at = 0; at < pairs.length; at += 2) commands.push(["ZADD", key, pairs[at + 1] ?? 0, pairs[at] ?? ""]);
    } else if (type === "list") {
      const [items] = await ask(gatehouse, [["LRANGE", key, 0, -1]]);
      commands.push(["RPUSH", key, ...(items as readonly string[])]);
    } else if (type === "hash") {
      const [pairs] = await ask(gatehouse, [["HGETALL", key]]);
      commands.push(["HSET", key, ...(pairs as readonly string[])]);
    } else {
      const [value] = await ask(gatehouse, [["GET", key]]);
      commands.push(["SET", key, String(value)]);
    }
    if (Number(left) > 0) commands.push(["PEXPIREAT", key, Date.now() + Number(left)]);
  }
  return { rows: await readRows(gatehouse), commands };
}

/** Restores a snapshot into empty stores. */
export async function putBack({ rows, commands }: Snapshot, gatehouse: Stores): Promise<void> {
  await Promise.all([insertRows(rows, gatehouse), commands.length === 0 ? [] : ask(gatehouse, commands)]);
}

/** Replaces all rows of the database with those of the snapshot. */
export async function putBackRows({ rows }: Snapshot, gatehouse: Stores): Promise<void> {
  await Promise.all(TABLES.map((table) => gatehouse.database.execute(`delete from \`${table}\``)));
  await insertRows(rows, gatehouse);
}

/** Replaces all keys of Redis with those of the snapshot. */
export async function putBackKeys({ commands }: Snapshot, gatehouse: Stores): Promise<void> {
  await ask(gatehouse, [["FLUSHDB"], ...commands]);
}

async function insertRows(rows: Snapshot["rows"], { database }: Stores): Promise<void> {
  const inserts = Object.entries(rows).map(async ([table, held]) => {
    const names = Object.keys(held[0] ?? {});
    if (names.length === 0) return;
    const values = held.map(() => `(${names.map(() => "?").join(", ")})`).join(", ");
    const sql = `insert into \`${table}\` (${names.join(", ")}) values ${values}`;
    await database.execute(
      sql,
      held.flatMap((row) => names.map((name) => row[name] ?? null)),
    );
  });
  await Promise.all(inserts);
}

/** The user and the epoch of every session in Redis. */
export async function readSessions(gatehouse: Stores): Promise<{ userId: string; epoch: number }[]> {
  const keys = (await ask(gatehouse, [["KEYS", "person:*"]]))[0] as readonly string[];
  const people = await ask(
    gatehouse,
    keys.map((key) => ["HGETALL", key]),
  );
  return people.flatMap((pairs, index) => {
    const userId = (keys[index] ?? "").slice("person:".length);
    const values = (pairs as readonly string[]).filter((_, at, all) => at % 2 === 1 && all[at - 1]?.startsWith("s:"));
    return values.map((raw) => ({ userId, epoch: Number(JSON.parse(readValue(raw, 0)?.text ?? "{}").epoch) }));
  });
}

/** Sends commands without the client, which would convert numbers and JSON. */
async function ask({ standIns }: Stores, commands: readonly (readonly (string | number)[])[]): Promise<Reply[]> {
  if (commands.length === 0) return [];
  const response = await fetch(`${standIns.redisUrl}/pipeline`, {
    method: "POST",
    headers: { authorization: `Bearer ${standIns.redisToken}` },
    body: JSON.stringify(commands),
  });
  const replies = (await response.json()) as { result?: Reply; error?: string }[];
  return replies.map(({ result = null, error }) => {
    if (error !== undefined) throw new Error(error);
    return result;
  });
}
