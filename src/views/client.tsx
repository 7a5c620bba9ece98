const MOMENT = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
const COUNTRY = new Intl.DisplayNames("en-GB", { type: "region", fallback: "none" });

/** A point in time, given as epoch milliseconds; to the minute, and in UTC because nothing tells where the reader is. */
export function Moment({ at }: { at: number }) {
  const date = new Date(at);
  return <time dateTime={date.toISOString()}>{MOMENT.format(date)} UTC</time>;
}

export interface Device {
  readonly browser: string | null;
  readonly platform: string | null;
}

/** "Firefox on Windows", or as much of it as is known. */
export function nameDevice({ browser, platform }: Device): string {
  if (browser && platform) return `${browser} on ${platform}`;
  return browser ?? (platform ? `Something on ${platform}` : "An unknown device");
}

/** "Germany"; null where the platform did not tell, or the letters name no country (Tor has some of its own). */
export function nameCountry(letters: string | null): string | null {
  return (letters && COUNTRY.of(letters)) ?? null;
}
