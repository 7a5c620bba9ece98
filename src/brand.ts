import type { Translations } from "./i18n/language.ts";

/** What makes a Gatehouse somebody's own. `npm test` measures the contrast of its colours: test/unit/contrast.test.ts. */
export interface Brand {
  /** Of the service, as its users know it: in titles, in mails, and never part of a password. */
  readonly name: string;
  /** Two shapes as SVG path data in a square of 24 by 24, the second upon the first. */
  readonly mark: { readonly shape: string; readonly light: string };
  /** Buttons and links, on a light and on a dark page: the colour, and what is written on it. CSS colours as #rrggbb. */
  readonly accent: { readonly light: Accent; readonly dark: Accent };
  /** The mark's two colours in the browser's tab, which may be light or dark. CSS colours. */
  readonly icon: { readonly shape: string; readonly light: string };
  /** Where people find help: an address for mail, at the foot of every page and mail. Null: nowhere. */
  readonly supportEmail: string | null;
  /** At the foot of every page: privacy, terms, imprint. */
  readonly links: readonly { readonly label: Translations<string>; readonly href: string }[];
}

export interface Accent {
  readonly color: string;
  readonly text: string;
}

export const brand: Brand = {
  name: "Gatehouse",
  mark: {
    shape: "M1 22V2h2v3h2V2h2v6h10V2h2v3h2V2h2v20h-7v-5a4 4 0 0 0-8 0v5z",
    light: "M8 22v-5a4 4 0 0 1 8 0v5z",
  },
  accent: {
    light: { color: "#17583f", text: "#ffffff" },
    dark: { color: "#8bd6b5", text: "#06251a" },
  },
  icon: { shape: "seagreen", light: "orange" },
  supportEmail: null,
  links: [],
};
