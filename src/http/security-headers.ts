/** Two years, the least that browsers' preload lists ask for. */
const HSTS_MAX_AGE_SECONDS = 63_072_000;

/**
 * Sets what every response carries. `styleSources` are the CSP sources of the inline style sheets. HSTS is only said
 * over https, where alone it is heard.
 */
export function setSecurityHeaders(headers: Headers, https: boolean, styleSources: string): void {
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
  if (https) headers.set("Strict-Transport-Security", `max-age=${HSTS_MAX_AGE_SECONDS}; includeSubDomains`);
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Referrer-Policy", "same-origin");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
}
