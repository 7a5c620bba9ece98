import { type Children, Markup } from "./jsx-runtime.ts";

/** An entity, for the same reason as the middle dot of the title. */
const NON_BREAKING_HYPHEN = new Markup("&#8209;");

/** Keeps "E-Mail" on one line of a heading, where browsers may break a word after a hyphen. */
export function unbroken(title: string): Children {
  return title.split("E-").flatMap((part, index) => (index === 0 ? [part] : ["E", NON_BREAKING_HYPHEN, part]));
}
