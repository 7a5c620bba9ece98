import type { Translations } from "./i18n/language.ts";

/** The branding of this deployment. test/unit/contrast.test.ts checks the contrast of its colors. */
export interface Brand {
  /** The name of the service as users know it. Shown in titles and email messages, and not allowed in a password. */
  readonly name: string;
  /** The logo: two shapes as SVG path data in a 24 by 24 square. `light` is drawn on top of `shape`. */
  readonly mark: { readonly shape: string; readonly light: string };
  /** The color of buttons and links, and of text on buttons, for light and dark pages. CSS colors as #rrggbb. */
  readonly accent: { readonly light: Accent; readonly dark: Accent };
  /** The two colors of the logo in the browser's tab, which may be light or dark. CSS colors. */
  readonly icon: { readonly shape: string; readonly light: string };
  /** The support email, shown at the bottom of every page and email message. Null if there is none. */
  readonly supportEmail: string | null;
  /** Links at the bottom of every page, such as privacy, terms and imprint. */
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
