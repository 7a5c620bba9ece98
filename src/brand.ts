import type { Translations } from "./i18n/language.ts";

/** The branding of this deployment. test/unit/contrast.test.ts checks the contrast of its colors. */
export interface Brand {
  /**
   * The name of the service as users know it. Shown in titles and email messages, and not allowed in a password. The
   * sender of email messages has it unless `MAIL_FROM` has another.
   */
  readonly name: string;
  /** A line under the name on the front page. Null if there is none. */
  readonly tagline: Translations<string> | null;
  readonly mark: DrawnMark | LogoFile;
  /** The color of buttons and links, and of text on buttons, for light and dark pages. CSS colors as #rrggbb. */
  readonly accent: { readonly light: Accent; readonly dark: Accent };
  /** The background of pages and email messages, for light and dark ones. CSS colors as #rrggbb. */
  readonly ground: { readonly light: string; readonly dark: string };
  /** The shape of the first panel of a page: an arch with a light gradient at the top, or plain as the other panels. */
  readonly shape: "arch" | "plain";
  /** The fonts of headings and of all other text, as values of CSS `font-family`. Pages load no font files. */
  readonly fonts: { readonly heading: string; readonly text: string };
  /**
   * The support email, shown at the bottom of every page and email message. Messages that offer nothing else to do, such
   * as "Your account was deleted", ask to write to it. Null if there is none.
   */
  readonly supportEmail: string | null;
  /** Links at the bottom of every page, such as privacy, terms and imprint. */
  readonly links: readonly { readonly label: Translations<string>; readonly href: string }[];
}

/** A logo of two shapes in a 24 by 24 square. `front` is drawn on top of `back`. */
export interface DrawnMark {
  readonly back: MarkShape;
  readonly front: MarkShape;
}

export interface MarkShape {
  /** SVG path data. */
  readonly path: string;
  /** The colors on light and dark pages. CSS colors as #rrggbb. */
  readonly light: string;
  readonly dark: string;
  /** The color in the browser's tab, which may be light or dark. A CSS color. */
  readonly tab: string;
}

/** A logo that is the same on light and dark pages. Every page contains it twice, so the file should be small. */
export interface LogoFile {
  /** The text of `src/logo.svg`: `import logo from "./logo.svg"` and `mark: { file: logo }`. It needs `viewBox`. */
  readonly file: string;
}

export interface Accent {
  readonly color: string;
  readonly text: string;
}

export const brand: Brand = {
  name: "Gatehouse",
  tagline: null,
  mark: {
    back: {
      path: "M1 22V2h2v3h2V2h2v6h10V2h2v3h2V2h2v20h-7v-5a4 4 0 0 0-8 0v5z",
      light: "#17583f",
      dark: "#8bd6b5",
      tab: "seagreen",
    },
    front: { path: "M8 22v-5a4 4 0 0 1 8 0v5z", light: "#a85400", dark: "#ffc063", tab: "orange" },
  },
  accent: {
    light: { color: "#17583f", text: "#ffffff" },
    dark: { color: "#8bd6b5", text: "#06251a" },
  },
  ground: { light: "#e6ebe8", dark: "#0c1311" },
  shape: "arch",
  fonts: { heading: "Charter, Palatino, Georgia, serif", text: "system-ui, sans-serif" },
  supportEmail: null,
  links: [],
};
