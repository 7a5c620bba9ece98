/** Two years, which https://hstspreload.org recommends. The browsers' preload list requires at least one year. */
const HSTS_MAX_AGE_SECONDS = 63_072_000;

export interface SecurityHeaderOptions {
  /** Whether the request uses https. Browsers ignore HSTS over plain http, so it is only sent over https. */
  readonly https: boolean;
  /**
   * Whether HSTS also applies to all subdomains. Off by default, because the operators of those hosts have to agree.
   */
  readonly hstsIncludesSubdomains: boolean;
  /** The CSP source of the style sheet in standalone pages. */
  readonly inlineStyleSource: string;
}

/** Sets the security headers of every response. */
export function setSecurityHeaders(
  headers: Headers,
  { https, hstsIncludesSubdomains, inlineStyleSource }: SecurityHeaderOptions,
): void {
  const policy = [
    "default-src 'none'",
    `style-src 'self' ${inlineStyleSource}`,
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
