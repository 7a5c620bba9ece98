import { planetscale as planetscaleAdapter } from "@lucia-auth/adapter-mysql";
import { and, count, eq, gt, like, sql } from "drizzle-orm";
import { bigint, boolean, int, mysqlTable, text, uniqueIndex, varchar } from "drizzle-orm/mysql-core";
import { drizzle } from "drizzle-orm/planetscale-serverless";
import { LuciaError } from "lucia";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findEngines, type PlanetScaleStandIn } from "./support/planetscale.ts";

const notes = mysqlTable(
  "notes",
  {
    id: varchar("id", { length: 16 }).primaryKey(),
    owner: varchar("owner", { length: 16 }).notNull(),
    body: text("body"),
    pinned: boolean("pinned").notNull().default(false),
    rank: int("rank").notNull().default(3),
    at: bigint("at", { mode: "number" }),
  },
  (table) => [uniqueIndex("notes_owner_rank").on(table.owner, table.rank)],
);

const users = mysqlTable("users", {
  id: varchar("id", { length: 15 }).primaryKey(),
  email: varchar("email", { length: 254 }).notNull().unique("users_email_unique"),
  session_epoch: int("session_epoch").notNull().default(0),
  created_at: bigint("created_at", { mode: "number" }),
});

const keys = mysqlTable("keys", {
  id: varchar("id", { length: 255 }).primaryKey(),
  user_id: varchar("user_id", { length: 15 }).notNull(),
  hashed_password: varchar("hashed_password", { length: 255 }),
});

describe.each(findEngines("PlanetScale's clients"))("On $engine", ({ start }) => {
  let standIn: PlanetScaleStandIn;
  let db: ReturnType<typeof drizzle>;

  beforeAll(async () => {
    standIn = await start({ notes, users, keys });
    db = drizzle(standIn.client);
  });
  afterAll(() => standIn?.close());
  beforeEach(() => standIn.reset());

  test("drizzle inserts, reads, updates, counts and deletes with its own types", async () => {
    await db.insert(notes).values([
      { id: "a", owner: "x", at: 1_700_000_000_000, pinned: true },
      { id: "b", owner: "y", body: "it's" },
    ]);
    expect(await db.select().from(notes).orderBy(notes.id)).toEqual([
      { id: "a", owner: "x", body: null, pinned: true, rank: 3, at: 1_700_000_000_000 },
      { id: "b", owner: "y", body: "it's", pinned: false, rank: 3, at: null },
    ]);
    const updated = await db
      .update(notes)
      .set({ rank: sql`${notes.rank} + 1` })
      .where(eq(notes.id, "a"));
    expect(updated.rowsAffected).toBe(1);
    const found = await db
      .select({ rank: notes.rank })
      .from(notes)
      .where(and(gt(notes.at, 5), like(notes.owner, "X%")));
    expect(found).toEqual([{ rank: 4 }]);
    expect(await db.select({ n: count() }).from(notes)).toEqual([{ n: 2 }]);
    await db.delete(notes).where(eq(notes.pinned, true)).limit(1);
    expect(await db.$count(notes)).toBe(1);
  });

  test("drizzle joins, and locks rows in a transaction", async () => {
    await db.insert(notes).values([
      { id: "a", owner: "b" },
      { id: "b", owner: "a" },
    ]);
    const rows = await db.transaction(async (tx) => {
      await tx.select().from(notes).where(eq(notes.id, "a")).for("update");
      await tx.update(notes).set({ body: "x" }).where(eq(notes.id, "a"));
      return tx.select({ body: notes.body }).from(notes).where(eq(notes.owner, "b"));
    });
    expect(rows).toEqual([{ body: "x" }]);
    expect(await db.$count(notes)).toBe(2);
  });

  test("drizzle's upsert writes what changed, and reports a duplicate of a unique index by its name", async () => {
    const write = (id: string, body: string) =>
      db
        .insert(notes)
        .values({ id, owner: "x", body })
        .onDuplicateKeyUpdate({ set: { body: sql`values(${notes.body})` } });
    expect((await write("a", "one")).rowsAffected).toBe(1);
    expect((await write("a", "two")).rowsAffected).toBe(2);
    expect(await db.select({ body: notes.body }).from(notes)).toEqual([{ body: "two" }]);
    await expect(db.insert(notes).values({ id: "b", owner: "X" })).rejects.toMatchObject({
      cause: { body: { message: expect.stringContaining("Duplicate entry 'X-3' for key 'notes.notes_owner_rank'") } },
    });
  });

  describe("Lucia's adapter", () => {
    const adapter = () => planetscaleAdapter(standIn.client, { user: "users", key: "keys", session: null })(LuciaError);
    const user = (id: string, email: string) => ({ id, email, created_at: 1 }) as never;
    const key = (id: string, userId: string) => ({ id, user_id: userId, hashed_password: null });

    test("stores a user with a key, and reads both", async () => {
      await adapter().setUser(user("u1", "a@example.com"), key("email:a@example.com", "u1"));
      expect(await adapter().getUser("u1")).toMatchObject({ id: "u1", session_epoch: 0, created_at: "1" });
      expect(await adapter().getKeysByUserId("u1")).toEqual([key("email:a@example.com", "u1")]);
      await adapter().updateKey("email:a@example.com", { hashed_password: "hash" });
      expect(await adapter().getKey("email:a@example.com")).toMatchObject({ hashed_password: "hash" });
    });

    test("says AUTH_DUPLICATE_KEY_ID for a key that exists, and keeps no user", async () => {
      await adapter().setUser(user("u1", "a@example.com"), key("email:a@example.com", "u1"));
      const again = adapter().setUser(user("u2", "b@example.com"), key("email:a@example.com", "u2"));
      await expect(again).rejects.toThrow("AUTH_DUPLICATE_KEY_ID");
      await expect(adapter().setKey(key("EMAIL:a@example.com", "u1"))).rejects.toThrow("AUTH_DUPLICATE_KEY_ID");
      expect(await adapter().getUser("u2")).toBeNull();
    });

    test("passes a duplicate email on as error 1062, and keeps no key", async () => {
      await adapter().setUser(user("u1", "a@example.com"), key("email:a@example.com", "u1"));
      await expect(
        adapter().setUser(user("u2", "a@example.com"), key("email:b@example.com", "u2")),
      ).rejects.toMatchObject({
        body: { message: expect.stringMatching(/'a@example\.com' for key 'users\.users_email_unique' \(errno 1062\)/) },
      });
      expect(await adapter().getKey("email:b@example.com")).toBeNull();
    });
  });
});
