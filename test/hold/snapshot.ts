import type { Gatehouse } from "../support/gatehouse.ts";

export const TABLES = ["users", "keys", "one_time_tokens", "account_events"] as const;

type Row = Readonly<Record<string, string | number | null>>;
type Reply = string | number | null | readonly string[];

/** Everything that both stores hold, so that a state that took many steps is there again at once. */
export interface Snapshot {
  readonly rows: Readonly<Record<string, readonly Row[]>>;
  readonly commands: readonly (readonly (string | number)[])[];
}

export async function readRows({ database }: Gatehouse): Promise<Record<(typeof TABLES)[number], readonly Row[]>> {
  const read = async (table: string) => (await database.execute<Row>(`select * from \`${table}\``)).rows;
  const [users = [], keys = [], tokens = [], events = []] = await Promise.all(TABLES.map(read));
  return { users, keys, one_time_tokens: tokens, account_events: events };
}

export async function takeSnapshot(gatehouse: Gatehouse): Promise<Snapshot> {
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
    } else {
      const [value] = await ask(gatehouse, [["GET", key]]);
      commands.push(["SET", key, String(value)]);
    }
    if (Number(left) > 0) commands.push(["PEXPIREAT", key, Date.now() + Number(left)]);
  }
  return { rows: await readRows(gatehouse), commands };
}

/** Puts it into stores that are empty. */
export async function putBack({ rows, commands }: Snapshot, gatehouse: Gatehouse): Promise<void> {
  const inserts = Object.entries(rows).flatMap(([table, held]) =>
    held.map((row) => {
      const names = Object.keys(row);
      const sql = `insert into \`${table}\` (${names.join(", ")}) values (${names.map(() => "?").join(", ")})`;
      return gatehouse.database.execute(sql, Object.values(row));
    }),
  );
  await Promise.all([...inserts, commands.length === 0 ? [] : ask(gatehouse, commands)]);
}

/** What the sessions in Redis say of themselves. */
export async function readSessions(gatehouse: Gatehouse): Promise<{ user_id: string; epoch: number }[]> {
  const keys = (await ask(gatehouse, [["KEYS", "session:*"]]))[0] as readonly string[];
  const values = await ask(
    gatehouse,
    keys.map((key) => ["GET", key]),
  );
  return values.map((value) => JSON.parse(String(value)));
}

/** Past the client, which would turn numbers and JSON into what was never stored. */
async function ask({ standIns }: Gatehouse, commands: readonly (readonly (string | number)[])[]): Promise<Reply[]> {
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
