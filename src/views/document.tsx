import { brand } from "../brand.ts";
import { readableEmail } from "../i18n/email-syntax.ts";
import { LANGUAGES, type RequestLocale, TRAITS } from "../i18n/language.ts";
import { SCRIPT, STYLES } from "./assets.ts";
import { SignOutForm } from "./form.tsx";
import { type Children, Markup } from "./jsx-runtime.ts";
import { faviconHref, Mark } from "./mark.tsx";
import { messages } from "./messages.ts";

let cachedSource: string | undefined;

/** The CSP source that admits the `<style>` element of standalone pages. */
export async function inlineStyleSource(): Promise<string> {
  cachedSource ??= await hashSource(STYLES.text);
  return cachedSource;
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
  /**
   * The email of the account, on every page that only its owner sees. The header shows it with a "Sign out" button, and
   * the page is wide and without the arch.
   */
  signedInAs?: string | undefined;
  /** Whether the page loads no files, because the server refuses to serve them as well. Its styles are in the page. */
  standalone?: boolean | undefined;
  children: Children;
}

/** Entities, because V8 encodes a page many times faster up to its first character outside ASCII. */
const MIDDLE_DOT = new Markup(" &middot; ");

const NON_BREAKING_HYPHEN = new Markup("&#8209;");

/** Keeps "E-Mail-Adresse" on one line of a heading, because browsers may break a word after each hyphen. */
export function unbroken(title: string): Children {
  return title.split(/(?<=E|Mail)-/).flatMap((part, index) => (index === 0 ? [part] : [NON_BREAKING_HYPHEN, part]));
}

/** The frame of all pages. Needs `img-src data:` for the icon, and `'self'` for styles and the script. */
export function Layout({ locale, title, errors = false, signedInAs, standalone = false, children }: LayoutProps) {
  const { language } = locale;
  const text = messages[language];
  return (
    <html lang={language} dir={TRAITS[language].direction}>
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
        {standalone ? (
          // The style sheet is our own file. Escaping it would change the text that the hash covers.
          <style>{new Markup(STYLES.text)}</style>
        ) : (
          <>
            <link rel="stylesheet" href={STYLES.href} />
            <script
              src={SCRIPT.href}
              defer
              data-locale={TRAITS[language].locale}
              data-words={[text.show, text.hide, text.capsLock, text.suggestion, text.tryNow].join("|")}
            />
          </>
        )}
      </head>
      <body class={signedInAs === undefined ? undefined : "inside"}>
        <header>
          <a href="/">
            <Mark />
            {brand.name}
          </a>
          {signedInAs !== undefined && (
            <div>
              <span>{readableEmail(signedInAs)}</span>
              <SignOutForm language={language} />
            </div>
          )}
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
