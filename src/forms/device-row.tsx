import { SESSION_SEEN_MILLISECONDS } from "../auth/sessions/lifetimes.ts";
import type { ListedSession } from "../auth/sessions/session.ts";
import type { Language } from "../i18n/language.ts";
import type { Row } from "../views/account.tsx";
import { DateTime, joinFacts, nameCountry, nameDevice } from "../views/client.tsx";
import { ButtonForm, HiddenField } from "../views/form.tsx";
import { messages } from "./messages.ts";

export interface DeviceRowOptions {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The id of the account. */
  readonly madeFor: string;
  /** Whether it is the device of this request. It has no button, because the header has one that signs out here. */
  readonly isCurrent: boolean;
  /** Whether to leave out when it signed in. */
  readonly isBrief?: boolean | undefined;
}

/** Returns the row of a signed-in device, with a button that signs it out. */
export function deviceRow(
  language: Language,
  session: ListedSession,
  { now, madeFor, isCurrent, isBrief = false }: DeviceRowOptions,
): Row {
  const text = messages[language];
  const { handle, country, createdAt, seenAt } = session;
  const device = nameDevice(language, session);
  const isActive = now - seenAt < SESSION_SEEN_MILLISECONDS;
  return {
    key: handle,
    title: device,
    chip: isCurrent && text.thisDevice,
    lines: [
      joinFacts(
        nameCountry(language, country),
        isActive ? text.activeNow : text.lastActive(<DateTime language={language} at={seenAt} />),
      ),
      isBrief ? null : text.signedInAt(<DateTime language={language} at={createdAt} />),
    ],
    form: !isCurrent && (
      <ButtonForm
        action="/app/account/sessions/revoke"
        submit={text.signOut}
        about={device}
        busy={text.signingOut}
        madeFor={madeFor}
      >
        <HiddenField name="session" value={handle} />
      </ButtonForm>
    ),
  };
}
