/** A change that breaks an invariant of the code, and the test that must then fail. */
export interface Guard {
  /** The invariant or limit that the change breaks, as a sentence. */
  readonly promise: string;
  /** The path of the file that is changed. */
  readonly file: string;
  /** Text that the file contains exactly once. */
  readonly from: string;
  readonly to: string;
  readonly project: "unit" | "embedded" | "real" | "browser";
  /** The path of the test file. */
  readonly test: string;
  /**
   * The full name of a test or `test.each`, or a part of it. The full name contains the names of its `describe` blocks,
   * separated by spaces.
   */
  readonly title: string;
}
