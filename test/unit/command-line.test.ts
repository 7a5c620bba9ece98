import { hostname, networkInterfaces } from "node:os";
import { afterEach, describe, expect, test } from "vitest";
import { describeReason, Mistake, readArguments, readPort } from "../../dev/command.ts";
import { choosePlace, servesTls } from "../../dev/origin.ts";

const messageOf = (attempt: () => unknown): string => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof Mistake) return error.message;
    throw error;
  }
  return "";
};

describe("a command line", () => {
  const { argv } = process;
  afterEach(() => {
    process.argv = argv;
  });

  test.each([
    [["9000"], "Unexpected argument '9000'.\nUsage: …"],
    [["--prot", "1"], "Unknown option '--prot'.\nUsage: …"],
    [["--port"], "Option '--port <value>' argument missing.\nUsage: …"],
    [["--migrate=yes"], "Option '--migrate' does not take an argument.\nUsage: …"],
    [["--port", "1", "--migrate"], ""],
  ])("with %j gets the message %j", (args, message) => {
    process.argv = ["node", "command", ...args];
    const read = () => readArguments("Usage: …", { port: { type: "string" }, migrate: { type: "boolean" } });
    expect(messageOf(read)).toBe(message);
  });

  test.each(["abc", "", "-1", "0", "65536", "99999", "8787 ", "1e3", "0x1"])("rejects the port %j", (text) => {
    expect(messageOf(() => readPort(text))).toBe(`"${text}" is no port: that is a whole number from 1 to 65535.`);
  });

  test("accepts a whole number as a port, and 0 only if a free port is allowed", () => {
    expect([readPort("1"), readPort("65535"), readPort("0", true)]).toEqual([1, 65_535, 0]);
  });

  test("shows an error with its cause in one line", () => {
    const refused = new Error("connect ECONNREFUSED");
    expect(describeReason(new TypeError("fetch failed", { cause: refused }))).toBe(
      "fetch failed: connect ECONNREFUSED",
    );
    expect(describeReason(new AggregateError([refused]))).toBe("connect ECONNREFUSED");
    expect(describeReason("text")).toBe("text");
  });
});

describe("npm run dev", () => {
  const local = (port: number) => `http://localhost:${port}`;

  test("is reachable from this machine only, at port 8787, by default", () => {
    expect(choosePlace(null, null)).toEqual({ origin: local(8787), port: 8787, localOrigin: local(8787), ip: null });
    expect(choosePlace(9000, null)).toEqual({ origin: local(9000), port: 9000, localOrigin: local(9000), ip: null });
    expect(choosePlace(null, local(9001))).toMatchObject({ origin: local(9001), port: 9001, ip: null });
    // A port of another machine that ssh forwards to this one.
    expect(choosePlace(9000, local(9001))).toEqual({
      origin: local(9001),
      port: 9000,
      localOrigin: local(9000),
      ip: null,
    });
  });

  test("leaves TLS to the tunnel with the --origin of one, and the Worker on the loopback interface", () => {
    const place = choosePlace(null, "https://gate.example.net");
    expect(place).toEqual({ origin: "https://gate.example.net", port: 8787, localOrigin: local(8787), ip: null });
    expect(servesTls(place)).toBe(false);
  });

  test("serves TLS with an --origin of this machine, on its network unless the name is a loopback one", () => {
    const address = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .find(({ family }) => family === "IPv4");
    const hosts = [`${address?.address}`, hostname().toLowerCase(), `${hostname().toLowerCase()}.local`];
    for (const host of hosts.filter((each) => !each.startsWith("127."))) {
      const place = choosePlace(null, `https://${host}:9443`);
      expect(place).toEqual({
        origin: `https://${host}:9443`,
        port: 9443,
        localOrigin: "https://localhost:9443",
        ip: "0.0.0.0",
      });
      expect(servesTls(place)).toBe(true);
    }
    expect(choosePlace(9443, "https://localhost:9443")).toMatchObject({ port: 9443, ip: null });
    // A proxy on this machine terminates TLS.
    expect(choosePlace(9000, "https://localhost")).toMatchObject({ port: 9000, localOrigin: local(9000), ip: null });
  });

  test.each([
    ["name.example", "is no origin such as https://name.example or https://192.168.1.5:8787."],
    ["", "is no origin"],
    ["ftp://name.example", "is no origin"],
    ["https://name.example/", "Did you mean https://name.example?"],
    ["https://Name.example", "Did you mean https://name.example?"],
    ["https://name.example:443", "Did you mean https://name.example?"],
    ["https://user@name.example", "Did you mean https://name.example?"],
    ["http://192.168.1.5:9000", "npm run dev -- --origin https://192.168.1.5:9000"],
    ["http://name.example", "npm run dev -- --origin https://name.example:8787"],
  ])("with --origin %j gets the message %j", (origin, message) => {
    expect(messageOf(() => choosePlace(null, origin))).toContain(message);
  });
});
