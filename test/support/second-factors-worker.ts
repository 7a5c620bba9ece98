import { verifySignature } from "../../src/auth/credentials/passkey/signature.ts";
import { matchingStep } from "../../src/auth/credentials/totp.ts";
import { challengeKeys, open, openField, seal, sealField } from "../../src/auth/secret-keys.ts";
import { parseSecretKeys } from "../../src/config/config-values.ts";

/** A request of test/contract/second-factors.test.ts. Bytes are in base64url. */
export interface Task {
  readonly secretKeys: string;
  readonly secret: string;
  readonly codes: readonly (readonly [code: string, now: number])[];
  readonly binding: string;
  readonly expiresAt: number;
  /** What another runtime has sealed with the same keys. */
  readonly sealed: string;
  readonly field: string;
  readonly signatures: readonly {
    readonly algorithm: number;
    readonly publicKey: string;
    readonly signature: string;
    readonly signed: string;
  }[];
}

/** Runs the functions of second factors in workerd, whose Web Crypto is not that of Node. */
export default {
  async fetch(request: Request): Promise<Response> {
    const task = (await request.json()) as Task;
    const keys = parseSecretKeys(task.secretKeys);
    if ("problem" in keys) return new Response(keys.problem, { status: 422 });
    const secret = new Uint8Array(Buffer.from(task.secret, "base64url"));
    const steps: (number | null)[] = [];
    for (const [code, now] of task.codes) steps.push(await matchingStep(secret, code, now));
    const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));
    const verdicts: boolean[] = [];
    for (const { algorithm, publicKey, signature, signed } of task.signatures) {
      verdicts.push(await verifySignature(algorithm, bytesOf(publicKey), bytesOf(signature), bytesOf(signed)));
    }
    const opened = await open(keys.value, "totp", task.binding, task.sealed);
    const [challengeKey] = await challengeKeys(keys.value);
    if (challengeKey === undefined) throw new Error("There is no key");
    const mac = await crypto.subtle.sign("HMAC", challengeKey, new TextEncoder().encode(task.binding));
    const field = { purpose: "field", subject: task.binding };
    return Response.json({
      steps,
      verdicts,
      opened: opened && [Buffer.from(opened.bytes).toString("base64url"), opened.isOutdated],
      openedForAnother: await open(keys.value, "totp", `${task.binding}x`, task.sealed),
      sealed: await seal(keys.value, "totp", task.binding, secret),
      value: await openField(keys.value, field, task.field, task.expiresAt - 1),
      expired: await openField(keys.value, field, task.field, task.expiresAt),
      field: await sealField(keys.value, { ...field, expiresAt: task.expiresAt }, ["from workerd"]),
      mac: Buffer.from(mac).toString("hex"),
    });
  },
};
