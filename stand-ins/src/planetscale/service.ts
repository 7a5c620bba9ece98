import type { Service, ServiceAnswer } from "../service.ts";
import { openEmbeddedEngine } from "../sql/embedded.ts";
import type { Snapshot } from "../sql/tables.ts";
import { leadingVerb } from "../sql/tokens.ts";
import { createExecutor } from "./executor.ts";
import { ROLES, type Role } from "./roles.ts";

export interface PlanetScaleOptions {
  /** Of the login with the role Admin. `usernameFor` names those with the other roles, whose password is the same. */
  readonly username: string;
  readonly password: string;
  /** `mysql://user:password@host:port/database` of a real server. Absent: the embedded engine. */
  readonly sql?: string | undefined;
  /**
   * The tables of the embedded engine, all empty at first: a directory of drizzle-kit, whose newest snapshot is taken, or a
   * snapshot. Absent: no tables. A real server gets its tables from migrations.
   */
  readonly schema?: string | Snapshot | undefined;
  /** Where the embedded engine keeps its file. Absent: a private directory that `close` removes. */
  readonly dataDirectory?: string | undefined;
  /** After how many milliseconds an open transaction is killed. */
  readonly transactionTimeoutMs?: number | undefined;
  /** How many milliseconds a write waits for another transaction; a real server rounds up to whole seconds. */
  readonly lockWaitTimeoutMs?: number | undefined;
}

const EXECUTE = "/psdb.v1alpha1.Database/Execute";

/** PlanetScale's documented limit on a transaction. */
const TRANSACTION_TIMEOUT_MS = 20_000;
/** MySQL's default of innodb_lock_wait_timeout. */
const LOCK_WAIT_TIMEOUT_MS = 50_000;

/** PlanetScale's HTTP API as `@planetscale/database` uses it. Rejects if the engine cannot be reached or opened. */
export async function createPlanetScale(options: PlanetScaleOptions): Promise<Service> {
  const { sql, transactionTimeoutMs = TRANSACTION_TIMEOUT_MS, lockWaitTimeoutMs = LOCK_WAIT_TIMEOUT_MS } = options;
  const engine =
    sql === undefined
      ? openEmbeddedEngine({ ...options, lockWaitTimeoutMs })
      : await (await import("../sql/mysql.ts")).openServerEngine(sql, lockWaitTimeoutMs);
  const executor = createExecutor(engine, transactionTimeoutMs);
  const callers = ROLES.map((role) => {
    const username = usernameFor(options.username, role);
    return { role, username, login: `Basic ${btoa(`${username}:${options.password}`)}` };
  });

  return {
    name: "database",
    owns: (path) => path === EXECUTE,
    operation: ({ body }) => leadingVerb(readBody(body)?.query ?? ""),
    async answer({ headers, body }, hangUp) {
      const caller = callers.find(({ login }) => login === headers.authorization);
      if (caller === undefined) return refuse(401, "unauthenticated", "invalid auth credentials");
      const asked = readBody(body);
      if (!asked) return refuse(400, "invalid_argument", "request is not JSON");
      return { status: 200, body: await executor.execute(asked.query ?? "", asked.session, caller, hangUp) };
    },
    async reset() {
      await executor.abandonTransactions();
      await engine.reset();
    },
    async close() {
      await executor.abandonTransactions();
      await engine.close();
    },
  };
}

/** The name of the login with `role`. */
export function usernameFor(username: string, role: Role): string {
  return role === "admin" ? username : `${username}-${role}`;
}

/** `error` is at the top, because that is where the client looks for a refusal that is not of status 200. */
const refuse = (status: number, code: string, message: string): ServiceAnswer => ({
  status,
  body: { error: { code, message } },
});

function readBody(body: string): { query?: string; session?: unknown } | null {
  try {
    return JSON.parse(body || "{}");
  } catch {
    return null;
  }
}
