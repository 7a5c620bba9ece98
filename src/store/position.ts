/** The row after which a list continues. Rows are sorted by time and id. */
export interface Position {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly id: string;
}
