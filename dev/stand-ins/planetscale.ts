import { createHash, timingSafeEqual } from "node:crypto";
import { openServerEngine } from "./mysql.ts";
import type { Service, ServiceAnswer, ServiceRequest } from "./service.ts";
import type { SqlEngine } from "./sql/engine.ts";
import { leadingVerb } from "./sql/tokens.ts";
import { openEmbeddedEngine } from "./sqlite.ts";
import { createExecutor } from "./vitess/execute.ts";
import { type Caller, ROLES, type Role } from "./vitess/roles.ts";
import { createSession } from "./vitess/session.ts";

export interface PlanetScaleOptions {
  /** Of the login with the role Admin. `usernameFor` names those with the other roles, whose password is the same. */
  readonly username: string;
  readonly password: string;
  /** `mysql://user:password@host:port/database` of a real server; absent: the embedded engine. */
  readonly sql?: string | undefined;
  /** Where the embedded engine keeps its file; absent: a private directory that `close` removes. */
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

/** PlanetScale's HTTP API as `@planetscale/database` uses it, in front of an embedded or a real engine. */
export async function createPlanetScale(options: PlanetScaleOptions): Promise<Service> {
  const lockWaitTimeoutMs = options.lockWaitTimeoutMs ?? LOCK_WAIT_TIMEOUT_MS;
  const engine: SqlEngine = options.sql
    ? await openServerEngine(options.sql, { lockWaitTimeoutMs })
    : openEmbeddedEngine({ lockWaitTimeoutMs, dataDirectory: options.dataDirectory });
  const timeoutMs = options.transactionTimeoutMs ?? TRANSACTION_TIMEOUT_MS;
  const executor = createExecutor(engine, { timeoutMs });
  const logins = ROLES.map((role) => {
    const username = usernameFor(options.username, role);
    const login = Buffer.from(`${username}:${options.password}`).toString("base64");
    return { caller: { username, role }, expected: digest(`Basic ${login}`) };
  });
  const findCaller = (authorization = ""): Caller | undefined => {
    const given = digest(authorization);
    return logins.find(({ expected }) => timingSafeEqual(given, expected))?.caller;
  };

  return {
    name: "database",
    owns: (path) => path.startsWith(PREFIX),
    operation: (request) =>
      request.path === `${PREFIX}Execute` ? leadingVerb(readBody(request)?.query ?? "") : "CREATE_SESSION",
    async answer(request, hangUp) {
      const { authorization } = request.headers;
      if (request.method !== "POST") return refuse(405, "unimplemented", "method not allowed");
      const caller = findCaller(authorization);
      if (caller === undefined) return refuse(401, "unauthenticated", "invalid auth credentials");
      const body = readBody(request);
      if (!body) return refuse(400, "invalid_argument", "request is not JSON");
      switch (request.path) {
        case `${PREFIX}Execute`:
          return { status: 200, body: await executor.execute(body.query ?? "", body.session, caller, hangUp) };
        case `${PREFIX}CreateSession`:
          return {
            status: 200,
            body: { branch: "main", user: { username: caller.username }, session: createSession() },
          };
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

/** `error` at the top, because that is where the client looks for a refusal that is not of status 200. */
const refuse = (status: number, code: string, message: string): ServiceAnswer => ({
  status,
  body: { error: { code, message } },
});

function readBody(request: ServiceRequest): { query?: string; session?: unknown } | null {
  try {
    const body: unknown = JSON.parse(request.body || "{}");
    if (typeof body !== "object" || body === null) return null;
    const { query, session } = body as { query?: unknown; session?: unknown };
    return { ...(typeof query === "string" && { query }), session };
  } catch {
    return null;
  }
}

const digest = (text: string) => createHash("sha256").update(text).digest();
