// What the build command in wrangler.toml makes of account.css and style.css.
import accountStyle from "../../build/account.css";
import sheet from "../../build/style.css";
import { brand } from "../brand.ts";
import { LANGUAGES, type RequestLocale, TRAITS } from "../i18n/language.ts";
import { SignOutForm } from "./form.tsx";
import { type Children, Markup } from "./jsx-runtime.ts";
import { faviconHref, Mark } from "./mark.tsx";
import { messages } from "./messages.ts";

/** Where every page looks for `enhance.client.js`. */
export const ENHANCE_PATH = "/assets/enhance.js";

const style = applyBrandColors(sheet);
let sources: string | undefined;

/** The CSP sources that admit the pages' two `<style>`s and nothing else: belong in `style-src`. */
export async function styleSources(): Promise<string> {
  sources ??= (await Promise.all([style, accountStyle].map(hashSource))).join(" ");
  return sources;
}

async function hashSource(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  // Not by Buffer: an isolate that has just started would compile a good part of it for this alone.
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}

/** The whole HTML document for a page that is wrapped in `Layout`. */
export function renderDocument(page: Markup): string {
  return `<!DOCTYPE html>${page}`;
}

export interface LayoutProps {
  locale: RequestLocale;
  /** Where one is; becomes "Sign in · Gatehouse". */
  title: string;
  /** Puts "Error: " before the title: the first thing a screen reader says after a refused form. */
  errors?: boolean | undefined;
  /** To be given on every page that only its owner sees. */
  signOut?: boolean | undefined;
  /** Whether there are lists or facts on it; where one can sign out there are. Their styles are not sent with others. */
  lists?: boolean | undefined;
  /** False where the script cannot be served either. */
  enhanced?: boolean | undefined;
  children: Children;
}

/** Written so that it is ASCII: V8 encodes a page many times faster up to its first character that is not. */
const MIDDLE_DOT = new Markup(" &middot; ");

/** What all pages share. Needs `img-src data:` for the icon and `script-src 'self'` beside `styleSources`. */
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
        {/* The texts are our own files; escaping them would change what the hashes cover. */}
        <style>{new Markup(style)}</style>
        {lists && <style>{new Markup(accountStyle)}</style>}
        {enhanced && <script src={ENHANCE_PATH} defer data-show={text.show} data-hide={text.hide} />}
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

/** Puts the colours of the brand where the sheet names them. */
function applyBrandColors(css: string): string {
  const { light, dark } = brand.accent;
  return css
    .replace("brand-accent-light", light.color)
    .replace("brand-text-light", light.text)
    .replace("brand-accent-dark", dark.color)
    .replace("brand-text-dark", dark.text);
}
