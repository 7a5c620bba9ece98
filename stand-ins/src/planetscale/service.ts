import { createHash, timingSafeEqual } from "node:crypto";
import type { Service, ServiceAnswer, ServiceRequest } from "../service.ts";
import { openEmbeddedEngine } from "../sql/embedded.ts";
import type { Snapshot } from "../sql/tables.ts";
import { leadingVerb } from "../sql/tokens.ts";
import { createExecutor, createSession } from "./executor.ts";
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

const PREFIX = "/psdb.v1alpha1.Database/";

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
  const callers = ROLES.map((role) => ({ role, username: usernameFor(options.username, role) }));

  return {
    name: "database",
    owns: (path) => path.startsWith(PREFIX),
    operation: (request) =>
      request.path === `${PREFIX}Execute` ? leadingVerb(readBody(request)?.query ?? "") : "CREATE_SESSION",
    async answer(request, hangUp) {
      if (request.method !== "POST") return refuse(405, "unimplemented", "method not allowed");
      const given = digest(request.headers.authorization ?? "");
      const caller = callers.find(({ username }) =>
        timingSafeEqual(given, digest(`Basic ${btoa(`${username}:${options.password}`)}`)),
      );
      if (caller === undefined) return refuse(401, "unauthenticated", "invalid auth credentials");
      const body = readBody(request);
      if (!body) return refuse(400, "invalid_argument", "request is not JSON");
      switch (request.path) {
        case `${PREFIX}Execute`:
          return { status: 200, body: await executor.execute(body.query ?? "", body.session, caller, hangUp) };
        case `${PREFIX}CreateSession`: {
          const { username } = caller;
          return { status: 200, body: { branch: "main", user: { username }, session: createSession() } };
        }
        default:
          return refuse(404, "unimplemented", `unknown method ${request.path}`);
      }
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

function readBody({ body }: ServiceRequest): { query?: string; session?: unknown } | null {
  try {
    return JSON.parse(body || "{}");
  } catch {
    return null;
  }
}

const digest = (text: string) => createHash("sha256").update(text).digest();
