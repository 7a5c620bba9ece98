import { randomUUID } from "node:crypto";

/**
 * What a client passes back with its next statement; it must not look inside. The shape is the service's, down to
 * `clientFoundRows`: an UPDATE counts the rows it matched, not those it changed.
 */
export interface Session {
  readonly vitessSession: {
    readonly autocommit: true;
    readonly inTransaction?: true;
    readonly options: { readonly includedFields: "ALL"; readonly clientFoundRows: true };
    /** The open transaction: its id is the only key to it. */
    readonly shardSessions?: readonly [{ readonly transactionId: string }];
    readonly SessionUUID: string;
  };
}

export function createSession(transactionId: string | null = null, uuid: string = randomUUID()): Session {
  return {
    vitessSession: {
      autocommit: true,
      options: { includedFields: "ALL", clientFoundRows: true },
      ...(transactionId !== null && { inTransaction: true, shardSessions: [{ transactionId }] }),
      SessionUUID: uuid,
    },
  };
}

/** The session of a request, or a new one for a client that has none yet. */
export function readSession(sent: unknown): { uuid: string; transactionId: string | null } {
  const session = sent as Partial<Session> | null | undefined;
  const transactionId = session?.vitessSession?.shardSessions?.[0]?.transactionId;
  return {
    uuid: String(session?.vitessSession?.SessionUUID ?? randomUUID()),
    transactionId: typeof transactionId === "string" ? transactionId : null,
  };
}
