const WALLS = "M1 22V2h2v3h2V2h2v6h10V2h2v3h2V2h2v20h-7v-5a4 4 0 0 0-8 0v5z";
const GATEWAY = "M8 22v-5a4 4 0 0 1 8 0v5z";

/** The mark: a gatehouse with a light in its gateway. Decorative; the name stands beside it. */
export function Mark() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d={WALLS} />
      <path d={GATEWAY} />
    </svg>
  );
}

/** The same mark for the tab, in colours that hold on light and dark browser chrome. */
export const faviconHref = `data:image/svg+xml,${encodeURI(
  `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'><path fill='seagreen' d='${WALLS}'/><path fill='orange' d='${GATEWAY}'/></svg>`,
)}`;
