import { brand } from "../brand.ts";

const { mark, icon } = brand;

/** The logo. It is hidden from screen readers, because the name is always next to it. */
export function Mark() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d={mark.shape} />
      <path d={mark.light} />
    </svg>
  );
}

/** The logo as the icon of the browser's tab, in colors that are visible on light and dark tabs. */
export const faviconHref = `data:image/svg+xml,${encodeURI(
  `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'><path fill='${icon.shape}' d='${mark.shape}'/><path fill='${icon.light}' d='${mark.light}'/></svg>`,
).replaceAll("#", "%23")}`;
