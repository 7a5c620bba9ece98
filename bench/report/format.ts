import type { Summary } from "../measurements.ts";

/** With so many digits behind the point, and thousands apart. */
export function formatNumber(value: number, digits: number): string {
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `median (least–most)`; the median alone where all are the same. */
export function formatSummary({ median, least, most }: Summary, digits: number): string {
  const [middle, low, high] = [median, least, most].map((value) => formatNumber(value, digits));
  return low === high ? `${middle}` : `${middle} (${low}–${high})`;
}

/** The lines of a Markdown table. Numbers stand to the right of the first column. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? "---" : "--:"))), ...rows.map(line)];
}

/** The same for a terminal: columns of equal width. */
export function alignTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  return all.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  "),
  );
}
