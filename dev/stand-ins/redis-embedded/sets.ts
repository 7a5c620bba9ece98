import type { CommandTable } from "./command.ts";

export const setCommands: CommandTable = {
  SADD: {
    arity: -3,
    run: (keys, [key = "", ...added]) =>
      keys.change(key, "set", ({ members }) => {
        const before = members.size;
        for (const member of added) members.add(member);
        return members.size - before;
      }),
  },
  SREM: {
    arity: -3,
    run: (keys, [key = "", ...gone]) =>
      keys.change(key, "set", ({ members }) => gone.filter((member) => members.delete(member)).length),
  },
  SMEMBERS: { arity: 2, run: (keys, [key = ""]) => [...(keys.read(key, "set")?.members ?? [])] },
  SISMEMBER: {
    arity: 3,
    run: (keys, [key = "", member = ""]) => (keys.read(key, "set")?.members.has(member) ? 1 : 0),
  },
  SCARD: { arity: 2, run: (keys, [key = ""]) => keys.read(key, "set")?.members.size ?? 0 },
};
