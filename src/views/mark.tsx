import { brand } from "../brand.ts";

const { mark } = brand;

/** The logo. It is hidden from screen readers, because the name is always next to it. */
export function Mark() {
  if ("file" in mark) return <img src={faviconHref} alt="" />;
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d={mark.back.path} />
      <path d={mark.front.path} />
    </svg>
  );
}

/** The logo as the icon of the browser's tab. A drawn mark has colors there that are visible on light and dark tabs. */
export const faviconHref = `data:image/svg+xml,${encodeURI(
  "file" in mark
    ? mark.file
    : `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'><path fill='${mark.back.tab}' d='${mark.back.path}'/><path fill='${mark.front.tab}' d='${mark.front.path}'/></svg>`,
).replaceAll("#", "%23")}`;
