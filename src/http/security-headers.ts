/** Two years, the least that browsers' preload lists ask for. */
const HSTS_MAX_AGE_SECONDS = 63_072_000;

export interface SecurityHeaderOptions {
  /** HSTS is only said over https, where alone it is heard. */
  readonly https: boolean;
  /** Whether HSTS binds every host below this one, too. Whoever runs those has to agree, so somebody has to ask for it. */
  readonly hstsIncludesSubdomains: boolean;
  /** The CSP sources of the inline style sheets. */
  readonly styleSources: string;
}

/** Sets what every response carries. */
export function setSecurityHeaders(
  headers: Headers,
  { https, hstsIncludesSubdomains, styleSources }: SecurityHeaderOptions,
): void {
  const policy = [
    "default-src 'none'",
    `style-src ${styleSources}`,
    "script-src 'self'",
    "img-src data:",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  headers.set("Content-Security-Policy", policy.join("; "));
  if (https) {
    const subdomains = hstsIncludesSubdomains ? "; includeSubDomains" : "";
    headers.set("Strict-Transport-Security", `max-age=${HSTS_MAX_AGE_SECONDS}${subdomains}`);
  }
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Referrer-Policy", "same-origin");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
}
