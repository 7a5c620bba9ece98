import { parseMediaType } from "./media-type.ts";
import { HttpError } from "./refusals.ts";
import { safeReturnPath } from "./return-path.ts";
import { lowerCaseAscii } from "./text.ts";

/** Much larger than any form of this service, and small enough to read at almost no cost. */
const FORM_MAX_BYTES = 16 * 1024;

/** More than any form of this service has. A form with more fields is rejected before any field is decoded. */
const FORM_MAX_FIELDS = 32;

/** How much of an oversized form is still read. A client whose upload is cut off never sees the response. */
const DRAINED_MAX_BYTES = 512 * 1024;

/** The size of the buffer that is reused while the rest of an oversized form is read. */
const DRAINED_CHUNK_BYTES = 256 * 1024;

/** The text fields of a submitted form. A field that was not sent reads as the empty string. */
export class FormFields {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** Whether the form has the field, even if it is empty. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  text(name: string): string {
    return this.#values.get(name) ?? "";
  }

  /** The account, email or token that the form was rendered for. Null if the form does not have this field. */
  get madeFor(): string | null {
    return this.#values.get("madeFor") || null;
  }

  /** The return path of the form, or null if it has none that is a path on this origin. */
  get returnPath(): string | null {
    return safeReturnPath([this.text("redirectTo")]);
  }
}

/**
 * Reads a form in one of the encodings that browsers use. Throws HttpError:
 * - 413 if it is larger than 16 KiB,
 * - 415 if it is not a form or not in UTF-8,
 * - 400 if it is truncated, has an invalid encoding, a repeated field, more than 32 fields or a file.
 *
 * The parsing is strict, so that two parsers can never read the same bytes differently.
 */
export async function readForm(request: Request): Promise<FormFields> {
  const mediaType = parseMediaType(request.headers.get("Content-Type"));
  if (lowerCaseAscii(mediaType?.parameters.get("charset") ?? "utf-8") !== "utf-8") throw notAForm();

  switch (mediaType?.type) {
    case "application/x-www-form-urlencoded":
      return toFormFields(parseUrlEncoded(decodeUtf8(await readBytes(request))));
    case "multipart/form-data":
      return toFormFields(await parseMultipart(await readBytes(request), mediaType.parameters.get("boundary") ?? ""));
    default:
      throw notAForm();
  }
}

/**
 * Reads the body with a few large reads, no matter how many chunks it arrives in. Passing a chunk to a script costs ten
 * times as much as receiving it costs the runtime, and the client chooses the size of the chunks.
 */
async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const reader = request.body?.getReader({ mode: "byob" });
  if (reader === undefined) return new Uint8Array();
  const { value: bytes } = await reader.read(new Uint8Array(FORM_MAX_BYTES + 1), { min: FORM_MAX_BYTES + 1 });
  if (bytes === undefined || bytes.byteLength <= FORM_MAX_BYTES) return bytes ?? new Uint8Array();
  await drain(reader, DRAINED_MAX_BYTES - bytes.byteLength);
  throw tooLarge();
}

async function drain(reader: ReadableStreamBYOBReader, bytesMax: number): Promise<void> {
  let buffer = new Uint8Array(DRAINED_CHUNK_BYTES);
  for (let remaining = bytesMax; remaining > 0; ) {
    const { value, done } = await reader.read(buffer, { min: buffer.byteLength });
    if (done) return;
    remaining -= value.byteLength;
    buffer = new Uint8Array(value.buffer);
  }
  await reader.cancel();
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed();
  }
}

/** Parses more strictly than URLSearchParams, which replaces all bytes that are not UTF-8 with the same character. */
function parseUrlEncoded(body: string): [string, string][] {
  if (body === "") return [];
  const pairs = body.split("&", FORM_MAX_FIELDS + 1);
  if (pairs.length > FORM_MAX_FIELDS) throw malformed();
  return pairs.map((pair) => {
    const separator = pair.indexOf("=");
    const [name, value] = separator < 0 ? [pair, ""] : [pair.slice(0, separator), pair.slice(separator + 1)];
    return [decodeComponent(name), decodeComponent(value)];
  });
}

function decodeComponent(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw malformed();
  }
}

/** RFC 2046, 5.1.1. */
const BOUNDARY = /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/;

async function parseMultipart(bytes: Uint8Array<ArrayBuffer>, boundary: string): Promise<[string, string][]> {
  if (!BOUNDARY.test(boundary)) throw malformed();
  decodeUtf8(bytes);
  // Does not pass on the header of the request, because the platform might read a different boundary from it.
  const headers = { "Content-Type": `multipart/form-data; boundary="${boundary}"` };
  const form = await new Response(bytes, { headers }).formData().catch(() => {
    throw malformed();
  });
  const fields = [...form];
  if (fields.length > FORM_MAX_FIELDS) throw malformed();
  return fields.map(([name, value]) => {
    if (typeof value !== "string") throw malformed();
    return [name, value];
  });
}

function toFormFields(pairs: readonly [string, string][]): FormFields {
  const values = new Map(pairs);
  if (values.size !== pairs.length) throw malformed();
  return new FormFields(values);
}

function tooLarge(): HttpError {
  return new HttpError("form-too-large");
}

function malformed(): HttpError {
  return new HttpError("malformed-form");
}

function notAForm(): HttpError {
  return new HttpError("not-a-form");
}
