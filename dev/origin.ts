import { hostname, networkInterfaces } from "node:os";
import { isLoopbackHttp } from "../src/http/origin.ts";
import { Mistake } from "./command.ts";

/** The addresses of the local Worker. */
export interface Place {
  /** The origin that browsers show and that links in messages begin with. */
  readonly origin: string;
  readonly port: number;
  /** The origin at which this machine reaches the Worker. */
  readonly localOrigin: string;
  /** The interface on which wrangler listens; null means the loopback interface, its default. */
  readonly ip: string | null;
}

export const DEFAULT_PORT = 8787;

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Without `origin` only this machine reaches the Worker. With it, the network or a tunnel does as well. */
export function choosePlace(port: number | null, origin: string | null): Place {
  if (origin === null) {
    const chosen = port ?? DEFAULT_PORT;
    const local = `http://localhost:${chosen}`;
    return { origin: local, port: chosen, localOrigin: local, ip: null };
  }
  const url = readOrigin(origin);
  const own = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  if (isLoopbackHttp(url)) {
    const chosen = port ?? own;
    return { origin, port: chosen, localOrigin: `http://localhost:${chosen}`, ip: null };
  }
  if (url.protocol === "http:") throw new Mistake(explainHttp(url));
  // With another port, it is a proxy on this machine that ends TLS.
  if (isOwn(url.hostname) && (port === null || port === own)) {
    const loopback = LOOPBACK.includes(url.hostname);
    return { origin, port: own, localOrigin: `https://localhost:${own}`, ip: loopback ? null : anyInterface(url) };
  }
  const chosen = port ?? DEFAULT_PORT;
  return { origin, port: chosen, localOrigin: `http://localhost:${chosen}`, ip: null };
}

/** Whether the Worker itself must speak TLS, because no proxy does. */
export function servesTls({ localOrigin }: Place): boolean {
  return localOrigin.startsWith("https:");
}

function readOrigin(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && ["http:", "https:"].includes(url.protocol) && url.origin === text) return url;
  const meant = url && ["http:", "https:"].includes(url.protocol) ? ` Did you mean ${url.origin}?` : "";
  throw new Mistake(
    `--origin "${text}" is no origin such as https://name.example or https://192.168.1.5:8787.${meant}`,
  );
}

/** Browsers drop `Secure` cookies over plain http, except on the machine itself, and the Worker refuses passwords. */
function explainHttp({ hostname: host, port }: URL): string {
  return `Over plain http from another machine nobody can sign in: browsers drop its cookies there, and passwords would travel
in the clear, so the Worker refuses them. Use https: a tunnel, or, on this network,
  npm run dev -- --origin https://${host}:${port || DEFAULT_PORT}
which the browser warns of once, because the certificate is made on the spot.`;
}

function isOwn(host: string): boolean {
  const name = hostname().toLowerCase();
  const plain = host.replace(/^\[|\]$/g, "");
  const addresses = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
  return LOOPBACK.includes(host) || [name, `${name}.local`].includes(host) || addresses.includes(plain);
}

function anyInterface({ hostname: host }: URL): string {
  return host.startsWith("[") ? "::" : "0.0.0.0";
}
