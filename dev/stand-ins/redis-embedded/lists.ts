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
  LLEN: { arity: 2, run: (keys, [key = ""]) => keys.read(key, "list")?.items.length ?? 0 },
};
