import { parseMediaType } from "./media-type.ts";
import { HttpError } from "./refusals.ts";
import { safeReturnPath } from "./return-path.ts";
import { lowerCaseAscii } from "./text.ts";

/** Larger than any form here by far, and small enough that reading one costs next to nothing. */
const FORM_MAX_BYTES = 16 * 1024;

/** No form here has as many. More are refused before any of them is decoded. */
const FORM_MAX_FIELDS = 32;

/** So much of a form that is too large is still taken off the wire: who is cut off while sending never sees the answer. */
const DRAINED_MAX_BYTES = 512 * 1024;

/** Read at a time while draining, into the same memory. */
const DRAINED_CHUNK_BYTES = 256 * 1024;

/** The text fields of a submitted form. A field that was not sent reads as the empty string. */
export class FormFields {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  text(name: string): string {
    return this.#values.get(name) ?? "";
  }

  /** The account or the token that the form was made for, as it was rendered; null if the form does not say. */
  get madeFor(): string | null {
    return this.#values.get("madeFor") || null;
  }

  /** Where the form says to go on afterwards, if that is a place of ours. */
  get returnPath(): string | null {
    return safeReturnPath([this.text("redirectTo")]);
  }
}

/**
 * Reads a form as browsers send it. Throws HttpError 413 (more than 16 KiB), 415 (not a form, or not in UTF-8) or 400
 * (cut short, wrongly encoded, a field given twice, more than 32 fields, a file): the same bytes must never mean two
 * things to two readers.
 */
export async function readForm(request: Request): Promise<FormFields> {
  const mediaType = parseMediaType(request.headers.get("Content-Type"));
  if (lowerCaseAscii(mediaType?.parameters.get("charset") ?? "utf-8") !== "utf-8") throw notAForm();

  switch (mediaType?.type) {
    case "application/x-www-form-urlencoded":
      return collect(parseUrlEncoded(decodeUtf8(await readBytes(request))));
    case "multipart/form-data":
      return collect(await parseMultipart(await readBytes(request), mediaType.parameters.get("boundary") ?? ""));
    default:
      throw notAForm();
  }
}

/**
 * Reads by a few large reads, however many pieces the body comes in: a chunk that is handed to a script costs ten times
 * what the runtime needs to take it off the wire, and the sender chooses how small they are.
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
  for (let left = bytesMax; left > 0; ) {
    const { value, done } = await reader.read(buffer, { min: buffer.byteLength });
    if (done) return;
    left -= value.byteLength;
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

/** Stricter than URLSearchParams, which turns bytes that are not UTF-8 into the same replacement character. */
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
  // Not the header that was sent: the platform must not read another boundary in it.
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

function collect(pairs: readonly [string, string][]): FormFields {
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
