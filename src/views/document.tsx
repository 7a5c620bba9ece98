// The build command in wrangler.toml creates these files from account.css and style.css.
import accountStyle from "../../build/account.css";
import styleTemplate from "../../build/style.css";
import { brand } from "../brand.ts";
import { LANGUAGES, type RequestLocale, TRAITS } from "../i18n/language.ts";
import { SignOutForm } from "./form.tsx";
import { type Children, Markup } from "./jsx-runtime.ts";
import { faviconHref, Mark } from "./mark.tsx";
import { messages } from "./messages.ts";

/** The path of `enhance.client.js`, which every page loads. */
export const ENHANCE_PATH = "/assets/enhance.js";

const style = applyBrand(styleTemplate);
let cachedSources: string | undefined;

/** The CSP sources for `style-src`. They admit only the two `<style>` elements of the pages. */
export async function styleSources(): Promise<string> {
  cachedSources ??= (await Promise.all([style, accountStyle].map(hashSource))).join(" ");
  return cachedSources;
}

async function hashSource(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  // Avoids Buffer, because a new isolate would compile a large part of it only for this call.
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}

/** Renders the HTML document of a page that is wrapped in `Layout`. */
export function renderDocument(page: Markup): string {
  return `<!DOCTYPE html>${page}`;
}

export interface LayoutProps {
  locale: RequestLocale;
  /** The title of the page. The name of the service is appended: "Sign in · Gatehouse". */
  title: string;
  /** Whether the title starts with "Error: ". A screen reader reads the title first after a refused form. */
  errors?: boolean | undefined;
  /** Whether the header has a "Sign out" button. Set on every page that only the owner of an account sees. */
  signOut?: boolean | undefined;
  /** Whether the styles of account.css are included, which lists and facts need. Defaults to `signOut`. */
  lists?: boolean | undefined;
  /** Whether the page loads the script. False where the server refuses to serve the script as well. */
  enhanced?: boolean | undefined;
  children: Children;
}

/** An entity, because V8 encodes a page many times faster up to its first character outside ASCII. */
const MIDDLE_DOT = new Markup(" &middot; ");

/** The frame of all pages. Needs `img-src data:` for the icon and `script-src 'self'`, besides `styleSources`. */
export function Layout({
  locale,
  title,
  errors = false,
  signOut = false,
  lists = signOut,
  enhanced = true,
  children,
}: LayoutProps) {
  const text = messages[locale.language];
  return (
    <html lang={locale.language} dir={TRAITS[locale.language].direction}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>
          {errors && `${text.error}: `}
          {title}
          {MIDDLE_DOT}
          {brand.name}
        </title>
        <link rel="icon" href={faviconHref} />
        {/* These style sheets are our own files. Escaping them would change the text that the hashes cover. */}
        <style>{new Markup(style)}</style>
        {lists && <style>{new Markup(accountStyle)}</style>}
        {enhanced && (
          <script
            src={ENHANCE_PATH}
            defer
            data-words={[text.show, text.hide, text.capsLock, text.suggestion].join("|")}
          />
        )}
      </head>
      <body>
        <header>
          <a href="/">
            <Mark />
            {brand.name}
          </a>
          {signOut && <SignOutForm language={locale.language} />}
        </header>
        <main>{children}</main>
        <Footer locale={locale} />
      </body>
    </html>
  );
}

function Footer({ locale: { language, switchHref } }: { locale: RequestLocale }) {
  const text = messages[language];
  const { supportEmail, links } = brand;
  return (
    <footer>
      <p>{text.promise}</p>
      {(supportEmail !== null || links.length > 0) && (
        <nav aria-label={text.about}>
          {supportEmail !== null && <a href={`mailto:${supportEmail}`}>{text.help}</a>}
          {links.map(({ label, href }) => (
            <a key={href} href={href}>
              {label[language]}
            </a>
          ))}
        </nav>
      )}
      {switchHref &&
        LANGUAGES.filter((other) => other !== language).map((other) => (
          <a key={other} href={switchHref(other)} lang={other} hreflang={other}>
            {TRAITS[other].name}
          </a>
        ))}
    </footer>
  );
}

/** Inserts the colors and fonts of the brand into the style sheet. */
function applyBrand(css: string): string {
  const { accent, ground, fonts, mark } = brand;
  const values: Readonly<Record<string, string>> = {
    "brand-accent-light": accent.light.color,
    "brand-text-light": accent.light.text,
    "brand-accent-dark": accent.dark.color,
    "brand-text-dark": accent.dark.text,
    "brand-ground-light": ground.light,
    "brand-ground-dark": ground.dark,
    "brand-font-heading": fonts.heading,
    "brand-font-text": fonts.text,
    // A logo file has its own colors.
    ...("file" in mark
      ? {}
      : {
          "brand-mark-back-light": mark.back.light,
          "brand-mark-front-light": mark.front.light,
          "brand-mark-back-dark": mark.back.dark,
          "brand-mark-front-dark": mark.front.dark,
        }),
  };
  return css.replace(/brand-[a-z-]+/g, (name) => values[name] ?? "none");
}
