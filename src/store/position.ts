/** Where a list goes on: after this row, of those in the order of time and id. */
export interface Position {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly id: string;
}
