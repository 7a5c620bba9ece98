import { encode } from "uqr";

/** The white margin that readers need (ISO/IEC 18004), in modules. */
const MARGIN_MODULES = 4;

/** The size of a module in CSS pixels. A narrow screen makes it smaller. */
const MODULE_PIXELS = 5;

/**
 * A QR code on white ground of its own, because many readers do not read light modules on dark ground. `label` names it
 * for screen readers.
 */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: MARGIN_MODULES, ecc: "L", boostEcc: true });
  const pixels = size * MODULE_PIXELS;
  return (
    <svg
      class="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      width={pixels}
      height={pixels}
      shape-rendering="crispEdges"
    >
      <rect fill="#fff" width={size} height={size} />
      <path stroke="#000" d={data.map(drawRow).join("")} />
    </svg>
  );
}

/** Draws the dark modules of a row as strokes of one module's width, which takes half the bytes of rectangles. */
function drawRow(row: readonly boolean[], y: number): string {
  let path = "";
  let at = 0;
  for (const { 0: run, index } of row.map(Number).join("").matchAll(/1+/g)) {
    path += path === "" ? `M${index} ${y}.5` : `m${index - at} 0`;
    path += `h${run.length}`;
    at = index + run.length;
  }
  return path;
}
