import { HttpError } from "../../http/refusals.ts";
import { json } from "../../http/responses.ts";
import type { Context } from "../../request/context.ts";
import { requirePasskeys } from "../../request/passkeys.ts";

/** Where password managers lead people to add and manage passkeys: https://www.w3.org/TR/passkey-endpoints/ */
export function showPasskeyEndpoints({ config }: Context): Response {
  requirePasskeys({ config });
  const { publicOrigin } = config;
  return json({
    enroll: `${publicOrigin}/app/account/passkeys/new`,
    manage: `${publicOrigin}/app/account/sign-in`,
  });
}

/** The other origins that may use the passkeys of this domain: https://www.w3.org/TR/webauthn-3/#sctn-related-origins */
export function showRelatedOrigins({ config }: Context): Response {
  const { origins } = requirePasskeys({ config }).relyingParty;
  if (origins.length === 1) throw new HttpError("no-such-page");
  return json({ origins });
}
