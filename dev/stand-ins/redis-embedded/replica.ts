import { Keyspace } from "./keyspace.ts";

/** Follows a leader, a fixed time behind it. Starts as its copy, and takes its place as the only follower. */
export class Replica {
  readonly lagMs: number;
  #keys = new Keyspace();
  /** In the order in which the leader took them. Times are epoch milliseconds. */
  #pending: { readonly dueAt: number; readonly repeat: (copy: Keyspace) => void }[] = [];

  constructor(leader: Keyspace, lagMs: number) {
    this.lagMs = lagMs;
    this.#keys.nowMs = leader.nowMs;
    this.#keys.replaceBy(leader);
    leader.onChange = (repeat) => this.#pending.push({ dueAt: leader.nowMs + lagMs, repeat });
  }

  /** What a read at `nowMs` sees. */
  at(nowMs: number): Keyspace {
    this.#keys.nowMs = nowMs;
    const firstLater = this.#pending.findIndex(({ dueAt }) => dueAt > nowMs);
    const due = this.#pending.splice(0, firstLater < 0 ? this.#pending.length : firstLater);
    for (const { repeat } of due) repeat(this.#keys);
    return this.#keys;
  }
}
