import { createUserCache, type Defer, type UserCache } from "../auth/accounts/user-cache.ts";
import { type Auth, createAuth } from "../auth/lucia/lucia.ts";
import { createSessionStore, type SessionStore } from "../auth/sessions/store.ts";
import type { Config } from "../config/config.ts";
import { createMailer } from "../mail/create-mailer.ts";
import type { Mailer } from "../mail/mailer.ts";
import { createDatabase, type Database } from "../store/database.ts";
import { createRedis, type Redis } from "../store/redis.ts";
import { once } from "./once.ts";

/**
 * The stores, the services built on them, and the mailer. Each is created on first use, because many pages need none.
 */
export interface Services {
  readonly database: Database;
  readonly redis: Redis;
  readonly auth: Auth;
  readonly users: UserCache;
  readonly sessions: SessionStore;
  readonly mailer: Mailer;
}

export function createServices(config: Config, defer: Defer): Services {
  const database = once(() => createDatabase(config));
  const redis = once(() => createRedis(config));
  const users = once(() => createUserCache(database(), redis(), defer));
  const sessions = once(() => createSessionStore(redis()));
  const auth = once(() => createAuth(database(), sessions(), users(), defer));
  const mailer = once(() => createMailer(config));
  return {
    get database() {
      return database();
    },
    get redis() {
      return redis();
    },
    get auth() {
      return auth();
    },
    get users() {
      return users();
    },
    get sessions() {
      return sessions();
    },
    get mailer() {
      return mailer();
    },
  };
}
