import { brand } from "../brand.ts";
import { readableEmail } from "../i18n/email-syntax.ts";
import { type Language, TRAITS } from "../i18n/language.ts";
import { formatDateTime, nameCountry, nameDevice } from "./client.tsx";
import { Markup } from "./jsx-runtime.ts";
import { messages } from "./messages.ts";

/** A change to an account or a sign-in to it, with the facts that the message about it shows. */
export interface Change {
  /** The recipient's email, which is or was the email of the account. */
  readonly account: string;
  /** The time of the change or sign-in, in epoch milliseconds. */
  readonly at: number;
  /** The origin of the change or sign-in. A value is null if it is unknown. All are null if the message must not reveal them. */
  readonly browser: string | null;
  readonly platform: string | null;
  readonly country: string | null;
}

export interface MailLink {
  readonly label: string;
  readonly href: string;
}

/** The content of an email message. Its plain text and its HTML are both rendered from it. */
export interface MailContent {
  readonly subject: string;
  /** Defaults to `subject`. */
  readonly heading?: string | undefined;
  /** Paragraphs that explain the event or the next step. */
  readonly lead: readonly string[];
  /** A code of eight digits. */
  readonly code?: string | undefined;
  readonly change?: Change | undefined;
  /** The first link is shown as a button. */
  readonly links?: readonly MailLink[] | undefined;
  /** Conditions, and advice for recipients who did not request the message. Shown in small type. */
  readonly notes: readonly string[];
}

/** Renders both bodies of a message. The HTML has no images, so it also works where images are blocked. */
export function renderMail(language: Language, content: MailContent): { subject: string; text: string; html: string } {
  return {
    subject: content.subject,
    text: renderText(language, content),
    html: `<!DOCTYPE html>${<Html language={language} {...content} />}`,
  };
}

function renderText(language: Language, { lead, code, change, links = [], notes }: MailContent): string {
  const facts = change ? listFacts(language, change).map(({ term, value }) => `${term}: ${value}`) : [];
  const parts = [
    ...lead,
    ...(code ? [groupDigits(code)] : []),
    ...(facts.length > 0 ? [facts.join("\n")] : []),
    ...links.map(({ label, href }) => `${label}:\n${href}`),
    ...notes,
  ];
  return `${parts.join("\n\n")}\n\n-- \n${SIGNATURE.join("\n")}\n`;
}

const SIGNATURE = [brand.name, ...(brand.supportEmail === null ? [] : [readableEmail(brand.supportEmail)])];

/** Formats "84844101" as "8484 4101", which is easier to read and to type. */
function groupDigits(code: string): string {
  return `${code.slice(0, code.length / 2)} ${code.slice(code.length / 2)}`;
}

function listFacts(language: Language, { account, at, country, ...device }: Change) {
  const text = messages[language];
  const countryName = nameCountry(language, country);
  return [
    { term: text.account, value: readableEmail(account) },
    { term: text.when, value: `${formatDateTime(language, at)} UTC` },
    ...(device.browser || device.platform ? [{ term: text.device, value: nameDevice(language, device) }] : []),
    ...(countryName ? [{ term: text.country, value: countryName }] : []),
  ];
}

/**
 * The colors of dark mode. Email programs keep `style` attributes, and those that support dark mode also keep this
 * style sheet. It needs `!important` to override the attributes.
 */
const DARK_MODE_SHEET = `@media (prefers-color-scheme:dark){body{background:${brand.ground.dark}!important;color:#e8efeb!important}.card{background:#16201d!important;border-color:#30403a!important}.dim{color:#a8b6af!important}.key{color:${brand.accent.dark.color}!important}.button{background:${brand.accent.dark.color}!important;color:${brand.accent.dark.text}!important}}`;

const STYLES = {
  body: `margin:0;padding:24px 12px;font:16px/1.5 ${brand.fonts.text};color:#17221e;background:${brand.ground.light};overflow-wrap:anywhere`,
  column: "max-width:32em;margin:0 auto",
  brand: `margin:0 0 12px;font:20px ${brand.fonts.heading};color:${brand.accent.light.color}`,
  card: "padding:24px;border:1px solid #bfcac4;border-radius:8px;background:#fdfefd",
  heading: "margin:0;font-size:20px;line-height:1.3",
  code: "margin:16px 0;font:700 30px/1.5 ui-monospace,monospace;letter-spacing:.08em",
  facts: "margin:16px 0;border-collapse:collapse",
  term: "padding:2px 16px 2px 0;white-space:nowrap;font-weight:400;text-align:start;vertical-align:top;color:#4d5b55",
  button: `display:inline-block;padding:12px 20px;border-radius:6px;font-weight:600;text-decoration:none;color:${brand.accent.light.text};background:${brand.accent.light.color}`,
  link: `color:${brand.accent.light.color}`,
  small: "margin:16px 0 0;font-size:14px;color:#4d5b55",
} as const;

function Html({
  language,
  subject,
  heading = subject,
  lead,
  code,
  change,
  links = [],
  notes,
}: MailContent & { readonly language: Language }) {
  const text = messages[language];
  const [buttonLink, ...otherLinks] = links;
  return (
    <html lang={language} dir={TRAITS[language].direction}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <title>{subject}</title>
        <style>{new Markup(DARK_MODE_SHEET)}</style>
      </head>
      <body style={STYLES.body}>
        <main style={STYLES.column}>
          <p class="key" style={STYLES.brand}>
            {brand.name}
          </p>
          <div class="card" style={STYLES.card}>
            <h1 style={STYLES.heading}>{heading}</h1>
            {lead.map((paragraph) => (
              <p key={paragraph}>{paragraph}</p>
            ))}
            {code && <p style={STYLES.code}>{groupDigits(code)}</p>}
            {change && (
              <table style={STYLES.facts}>
                {listFacts(language, change).map(({ term, value }) => (
                  <tr key={term}>
                    <th scope="row" class="dim" style={STYLES.term}>
                      {term}
                    </th>
                    <td>{value}</td>
                  </tr>
                ))}
              </table>
            )}
            {buttonLink && (
              <p>
                <a class="button" href={buttonLink.href} style={STYLES.button}>
                  {buttonLink.label}
                </a>
              </p>
            )}
            {otherLinks.map(({ label, href }) => (
              <p key={href}>
                <a class="key" href={href} style={STYLES.link}>
                  {label}
                </a>
              </p>
            ))}
            {notes.map((paragraph) => (
              <p key={paragraph} class="dim" style={STYLES.small}>
                {paragraph}
              </p>
            ))}
            {buttonLink && (
              <p class="dim" style={STYLES.small}>
                {text.openLink}
                <br />
                {buttonLink.href}
              </p>
            )}
          </div>
          <p class="dim" style={STYLES.small}>
            {SIGNATURE.join(" · ")}
          </p>
        </main>
      </body>
    </html>
  );
}
