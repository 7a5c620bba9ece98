/** The compared variants, in the order of the tables. */
export const VARIANTS = ["floor", "one-call", "tutorial", "better-auth", "gatehouse"] as const;

export type Variant = (typeof VARIANTS)[number];

/** The variants with users and sessions, which can sign people in. */
export const SERVICES = ["tutorial", "better-auth", "gatehouse"] as const satisfies readonly Variant[];

/** The description of each variant in the report. */
export const DESCRIPTIONS: Readonly<Record<Variant, string>> = {
  floor: "returns the same bytes and calls no store: the cost of workerd itself",
  "one-call":
    "calls Redis once, without a library, and fills in the same page: the minimum cost of a page with stored sessions",
  tutorial:
    "Lucia v2 with its PlanetScale and Upstash adapters, configured as their documentation shows, with Lucia's own scrypt",
  "better-auth":
    "better-auth with MySQL, Redis as its secondary storage, its own scrypt, and without rate limits, which its server-side API does not apply",
  gatehouse: "the deployed bundle",
};
