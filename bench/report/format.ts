import type { Summary } from "../measurements.ts";

/** Formats a number with this many decimals and with separated thousands. */
export function formatNumber(value: number, digits: number): string {
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Formats `median (least–most)`, or the median alone if all values are equal. */
export function formatSummary({ median, least, most }: Summary, digits: number): string {
  const [middle, low, high] = [median, least, most].map((value) => formatNumber(value, digits));
  return low === high ? `${middle}` : `${middle} (${low}–${high})`;
}

/** Formats a Markdown table. All columns but the first are right-aligned. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? "---" : "--:"))), ...rows.map(line)];
}

/** Formats a table for the terminal. */
export function alignTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  return all.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  "),
  );
}
