import { generateKeyPairSync, sign } from "node:crypto";

/** A private key and a self-signed certificate for it, in PEM, as `node:https` expects them. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;

/** Tags of ASN.1's distinguished encoding (X.690). */
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
const VERSION = 0xa0;

/** The object identifiers 1.2.840.10045.4.3.2 and 2.5.4.3. */
const ECDSA_WITH_SHA256 = Buffer.from("2a8648ce3d040302", "hex");
const COMMON_NAME = Buffer.from("550403", "hex");

/** Makes a certificate (RFC 5280) that expires after one day. Browsers accept it only if they are told to. */
export function makeCertificate(host: string): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = encode(SEQUENCE, encode(OBJECT_IDENTIFIER, ECDSA_WITH_SHA256));
  const commonName = encode(SEQUENCE, encode(OBJECT_IDENTIFIER, COMMON_NAME), encode(UTF8_STRING, Buffer.from(host)));
  const name = encode(SEQUENCE, encode(SET, commonName));
  const times = [-1, 1].map((days) => encode(UTC_TIME, Buffer.from(utcTime(Date.now() + days * DAY_MILLISECONDS))));
  const content = encode(
    SEQUENCE,
    encode(VERSION, encode(INTEGER, Buffer.from([2]))),
    encode(INTEGER, Buffer.from([1])),
    algorithm,
    name,
    encode(SEQUENCE, ...times),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = sign("sha256", content, privateKey);
  const certificate = encode(SEQUENCE, content, algorithm, encode(BIT_STRING, Buffer.from([0]), signature));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64")}\n-----END CERTIFICATE-----\n`,
  };
}

function encode(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}

/** The time `at` (epoch milliseconds) in the format YYMMDDhhmmssZ. */
function utcTime(at: number): string {
  return `${new Date(at).toISOString().slice(2, 19).replace(/[-T:]/g, "")}Z`;
}
