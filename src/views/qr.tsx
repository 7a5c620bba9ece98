import { encode } from "uqr";

/** The white margin that readers need (ISO/IEC 18004, 9.1), in modules. */
const MARGIN_MODULES = 4;

/** Draws a QR code on a white ground of its own, so that it can be read in the dark color scheme as well. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: MARGIN_MODULES, ecc: "M" });
  const runs = data.flatMap((row, y) =>
    [...row.map(Number).join("").matchAll(/1+/g)].map(
      ({ 0: { length }, index }) => `M${index} ${y}h${length}v1h-${length}z`,
    ),
  );
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`}>
      <path fill="#fff" d={`M0 0h${size}v${size}H0z`} />
      <path fill="#000" d={runs.join("")} />
    </svg>
  );
}
