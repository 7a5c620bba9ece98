const WALLS = "M3 22V3h4v3h3V3h4v3h3V3h4v19h-6v-6a3 3 0 0 0-6 0v6z";
const GATEWAY = "M9 22v-6a3 3 0 0 1 6 0v6z";

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
