import { createHash } from "node:crypto";
import type { ComponentChildren, VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { ButtonForm } from "./form.tsx";
import { faviconHref, Mark } from "./mark.tsx";
import sheet from "./style.css";

/** Where every page looks for `enhance.client.js`. */
export const ENHANCE_PATH = "/assets/enhance.js";

const style = compact(sheet);
let source: string | undefined;

/** The CSP source that admits the pages' one `<style>` and nothing else: belongs in `style-src`. */
export function styleSource(): string {
  source ??= `'sha256-${createHash("sha256").update(style).digest("base64")}'`;
  return source;
}

/** The whole HTML document for a page that is wrapped in `Layout`. */
export function renderDocument(page: VNode): string {
  return `<!DOCTYPE html>${renderToString(page)}`;
}

export interface LayoutProps {
  /** Where one is; becomes "Sign in · Gatehouse". */
  title: string;
  /** Puts "Error: " before the title: the first thing a screen reader says after a refused form. */
  errors?: boolean | undefined;
  /** What the button says that signs out. To be given on every page that only its owner sees. */
  signOut?: string | undefined;
  /** False where the script cannot be served either. */
  enhanced?: boolean | undefined;
  children: ComponentChildren;
}

/** What all pages share. Needs `img-src data:` for the icon and `script-src 'self'` beside `styleSource()`. */
export function Layout({ title, errors = false, signOut, enhanced = true, children }: LayoutProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{`${errors ? "Error: " : ""}${title} · Gatehouse`}</title>
        <link rel="icon" href={faviconHref} />
        {/* The text is our own file; escaping it would change what the hash covers. */}
        <style dangerouslySetInnerHTML={{ __html: style }} />
        {enhanced && <script src={ENHANCE_PATH} defer />}
      </head>
      <body>
        <header>
          <a href="/">
            <Mark />
            Gatehouse
          </a>
          {signOut && <ButtonForm action="/auth/signout" submit={signOut} busy="Signing out…" />}
        </header>
        <main>{children}</main>
        <footer>Cookies only for signing in. No tracking.</footer>
      </body>
    </html>
  );
}

/** Drops comments and needless white space. Exact for `style.css`, which holds no such characters in strings. */
function compact(css: string): string {
  return css
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,>]) ?/g, "$1")
    .replaceAll(": ", ":")
    .replaceAll(";}", "}")
    .trim();
}
