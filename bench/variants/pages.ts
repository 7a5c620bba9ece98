import type { Environment } from "./environment.ts";

/**
 * Returns the protected page. Gatehouse renders its page. Filling in a template is cheaper than that, so the comparison
 * favors the other variants.
 */
export function appPage({ PAGE, PAGE_HEADERS }: Environment, email: string): Response {
  return new Response(PAGE.replaceAll("{email}", email), { headers: PAGE_HEADERS });
}

/** Returns a page that is the same for all visitors. */
export function signinPage({ SIGNIN_PAGE, PAGE_HEADERS }: Environment): Response {
  return new Response(SIGNIN_PAGE, { headers: PAGE_HEADERS });
}

export function seeOther(path: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ Location: path });
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** Reads the fields that both forms have. */
export async function readCredentials(
  request: Request,
): Promise<{ readonly email: string; readonly password: string }> {
  const form = await request.formData();
  return { email: String(form.get("email")), password: String(form.get("password")) };
}
