import type { Deployment } from "./deployment.ts";
import { browserAt, emailOf, signUp } from "./people.ts";
import type { Bindings } from "./workerd-config.ts";

/** Headers that belong to a single response, so they are not copied. */
const PER_RESPONSE_HEADERS = new Set(["content-length", "transfer-encoding", "date", "connection", "keep-alive"]);

/** Renders Gatehouse's pages for the compared variants, with `{email}` in place of the owner's email. */
export async function renderTemplate(gatehouse: Deployment): Promise<Bindings> {
  const worker = await gatehouse.start();
  const browser = browserAt(worker.origin);
  const email = emailOf(0);
  const signin = await browser.open("/auth/signin");
  await signUp(browser, email);
  const page = await browser.open("/app");
  if (signin.status !== 200 || page.status !== 200 || !page.body.includes(email)) {
    throw new Error(`Gatehouse shows no page: ${page.status} ${page.body.slice(0, 400)}`);
  }
  await worker.stop();
  await gatehouse.standIns.reset();
  return {
    PAGE: page.body.replaceAll(email, "{email}"),
    SIGNIN_PAGE: signin.body,
    PAGE_HEADERS: Object.fromEntries([...page.headers].filter(([name]) => !PER_RESPONSE_HEADERS.has(name))),
  };
}
