/** The row after which a list goes on. Rows are sorted by time and id, upwards or downwards. */
export interface Position {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly id: string;
}
