import { OK, RedisError, Status } from "../redis-engine.ts";
import { SYNTAX_ERROR } from "./arguments.ts";
import type { Command, CommandTable } from "./command.ts";

const flush: Command = {
  arity: -1,
  run: (keys, args) => {
    if (args.length > 1 || !/^(?:ASYNC|SYNC)$/i.test(args[0] ?? "SYNC")) throw new RedisError(SYNTAX_ERROR);
    keys.clear();
    return OK;
  },
};

export const serverCommands: CommandTable = {
  PING: {
    arity: -1,
    run: (_keys, args) => {
      if (args.length > 1) throw new RedisError("ERR wrong number of arguments for 'ping' command");
      return args[0] ?? new Status("PONG");
    },
  },
  ECHO: { arity: 2, run: (_keys, [message = ""]) => message },
  TIME: {
    arity: 1,
    run: ({ nowMs }) => [String(Math.floor(nowMs / 1000)), String(Math.floor((nowMs % 1000) * 1000))],
  },
  DBSIZE: { arity: 1, run: (keys) => keys.entries().length },
  FLUSHALL: flush,
  FLUSHDB: flush,
};
