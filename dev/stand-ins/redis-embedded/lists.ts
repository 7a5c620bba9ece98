import { OK } from "../redis-engine.ts";
import { parseIndex, resolveRange } from "./arguments.ts";
import type { CommandTable } from "./command.ts";

export const listCommands: CommandTable = {
  LPUSH: {
    arity: -3,
    run: (keys, [key = "", ...added]) =>
      // One by one at the head, so the last one given comes first.
      keys.change(key, "list", ({ items }) => items.unshift(...added.toReversed())),
  },
  RPUSH: {
    arity: -3,
    run: (keys, [key = "", ...added]) => keys.change(key, "list", ({ items }) => items.push(...added)),
  },
  LRANGE: {
    arity: 4,
    run: (keys, [key = "", start, stop]) => {
      const [first, last] = [parseIndex(start), parseIndex(stop)];
      const items = keys.read(key, "list")?.items ?? [];
      const { from, to } = resolveRange(first, last, items.length);
      return items.slice(from, to);
    },
  },
  LTRIM: {
    arity: 4,
    run: (keys, [key = "", start, stop]) => {
      const [first, last] = [parseIndex(start), parseIndex(stop)];
      keys.change(key, "list", ({ items }) => {
        const { from, to } = resolveRange(first, last, items.length);
        items.splice(to);
        items.splice(0, from);
      });
      return OK;
    },
  },
  LINDEX: {
    arity: 3,
    run: (keys, [key = "", position]) => {
      const items = keys.read(key, "list")?.items;
      // An absent key is answered before the position is looked at.
      return items === undefined ? null : (items.at(parseIndex(position)) ?? null);
    },
  },
  LREM: {
    arity: 4,
    run: (keys, [key = "", count, item = ""]) => {
      const most = parseIndex(count);
      return keys.change(key, "list", ({ items }) => {
        const found = items.flatMap((candidate, index) => (candidate === item ? [index] : []));
        // A negative count begins at the tail, 0 means all.
        const removed = new Set(most < 0 ? found.slice(most) : found.slice(0, most || found.length));
        items.splice(0, items.length, ...items.filter((_, index) => !removed.has(index)));
        return removed.size;
      });
    },
  },
  LLEN: { arity: 2, run: (keys, [key = ""]) => keys.read(key, "list")?.items.length ?? 0 },
};
