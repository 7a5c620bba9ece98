import { brand } from "../brand.ts";
import { readableEmail } from "../i18n/email-syntax.ts";
import { type Language, TRAITS } from "../i18n/language.ts";

/** What a mail says, once; its text and its HTML are made from it, so they cannot differ. */
export interface MailContent {
  readonly subject: string;
  /** What happened or what to do, before the code and the links. */
  readonly lead: readonly string[];
  /** To be typed where it was asked for. */
  readonly code?: string | undefined;
  readonly links?: readonly { readonly label: string; readonly href: string }[] | undefined;
  /** What to do if it was not you, and whatever else comes last. */
  readonly close: readonly string[];
}

/** The body of a mail in both forms. Readable without images (there are none), in the dark, and read aloud in order. */
export function renderMail(language: Language, content: MailContent): { subject: string; text: string; html: string } {
  return {
    subject: content.subject,
    text: renderText(content),
    html: `<!DOCTYPE html>${<Html language={language} {...content} />}`,
  };
}

function renderText({ lead, code, links = [], close }: MailContent): string {
  const parts = [...lead, ...(code ? [code] : []), ...links.map(({ label, href }) => `${label}:\n${href}`), ...close];
  return `${parts.join("\n\n")}\n\n-- \n${SIGNATURE.join("\n")}\n`;
}

const SIGNATURE = [brand.name, ...(brand.supportEmail === null ? [] : [readableEmail(brand.supportEmail)])];

/** Mail programs keep styles on elements and drop sheets; colours are left to them, so that dark mode is theirs to do. */
const STYLES = {
  body: "margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif",
  column: "max-width:32em;margin:0 auto",
  code: "font:700 28px/1.5 ui-monospace,monospace;letter-spacing:.15em",
  link: "font-weight:600",
  small: "font-size:14px",
} as const;

function Html({ language, subject, lead, code, links = [], close }: MailContent & { language: Language }) {
  return (
    <html lang={language} dir={TRAITS[language].direction}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <title>{subject}</title>
      </head>
      <body style={STYLES.body}>
        <div style={STYLES.column}>
          <h1 style="font-size:20px">{subject}</h1>
          {lead.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
          {code && <p style={STYLES.code}>{code}</p>}
          {links.map(({ label, href }) => (
            <p key={href}>
              <a href={href} style={STYLES.link}>
                {label}
              </a>
              <br />
              <span style={STYLES.small}>{href}</span>
            </p>
          ))}
          {close.map((paragraph) => (
            <p key={paragraph} style={STYLES.small}>
              {paragraph}
            </p>
          ))}
          <p style={STYLES.small}>{SIGNATURE.join(" · ")}</p>
        </div>
      </body>
    </html>
  );
}
