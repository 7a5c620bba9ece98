import { hostname, networkInterfaces } from "node:os";
import { isLoopbackHttp } from "../src/http/origin.ts";
import { Mistake } from "./command.ts";

/** The origins and the port of the local Worker. */
export interface Place {
  /** The origin that browsers show and that links in messages begin with. */
  readonly origin: string;
  readonly port: number;
  /** The origin at which this machine reaches the Worker. */
  readonly localOrigin: string;
  /** The IP address on which wrangler listens. Null means the loopback interface, which is wrangler's default. */
  readonly ip: string | null;
}

export const DEFAULT_PORT = 8787;

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Chooses the port and the origins. Without `origin`, only this machine can reach the Worker. With `origin`, the
 * network or a tunnel can reach it too. Throws a Mistake if `origin` is no origin or browsers could not sign in there.
 */
export function choosePlace(port: number | null, origin: string | null): Place {
  if (origin === null) {
    const chosen = port ?? DEFAULT_PORT;
    const local = `http://localhost:${chosen}`;
    return { origin: local, port: chosen, localOrigin: local, ip: null };
  }
  const url = readOrigin(origin);
  const originPort = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  if (isLoopbackHttp(url)) {
    const chosen = port ?? originPort;
    return { origin, port: chosen, localOrigin: `http://localhost:${chosen}`, ip: null };
  }
  if (url.protocol === "http:") throw new Mistake(explainHttp(url));
  // Another port means that a proxy on this machine terminates TLS.
  if (isThisMachine(url.hostname) && (port === null || port === originPort)) {
    const loopback = LOOPBACK.includes(url.hostname);
    return {
      origin,
      port: originPort,
      localOrigin: `https://localhost:${originPort}`,
      ip: loopback ? null : anyInterface(url),
    };
  }
  const chosen = port ?? DEFAULT_PORT;
  return { origin, port: chosen, localOrigin: `http://localhost:${chosen}`, ip: null };
}

/** Returns whether the Worker must serve TLS itself, because no proxy terminates it. */
export function servesTls({ localOrigin }: Place): boolean {
  return localOrigin.startsWith("https:");
}

function readOrigin(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && ["http:", "https:"].includes(url.protocol) && url.origin === text) return url;
  const suggestion = url && ["http:", "https:"].includes(url.protocol) ? ` Did you mean ${url.origin}?` : "";
  throw new Mistake(
    `--origin "${text}" is no origin such as https://name.example or https://192.168.1.5:8787.${suggestion}`,
  );
}

/** Over plain HTTP from another machine, browsers drop `Secure` cookies and the Worker refuses passwords. */
function explainHttp({ hostname: host, port }: URL): string {
  return `Over plain http from another machine, signing in is impossible: browsers drop the cookies, and passwords would be
readable on the network, so the Worker refuses them. Use https: a tunnel, or, on this network,
  npm run dev -- --origin https://${host}:${port || DEFAULT_PORT}
The browser warns once, because the certificate is self-signed.`;
}

function isThisMachine(host: string): boolean {
  const name = hostname().toLowerCase();
  const plain = host.replace(/^\[|\]$/g, "");
  const ips = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
  return LOOPBACK.includes(host) || [name, `${name}.local`].includes(host) || ips.includes(plain);
}

function anyInterface({ hostname: host }: URL): string {
  return host.startsWith("[") ? "::" : "0.0.0.0";
}
