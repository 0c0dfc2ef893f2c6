import * as fc from "fast-check";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startShadow, type ShadowForTests } from "../testing/start-shadow.ts";
import { BATTERY } from "../transparency/battery.ts";
import { RawClient, rawRequest } from "../transparency/raw-client.ts";
import { parseHead, parseRequest } from "../transparency/raw-message.ts";
import { OK, type Bytes } from "../transparency/transparency-case.ts";

/** Mutated requests and mutated answers against a running proxy: bounded, and the same ones every time. */

const RUNS = Number(process.env["FUZZ_RUNS"] ?? 120);
const SEED = Number(process.env["FUZZ_SEED"] ?? 20_261_124);
const TIMEOUT_MS = 30_000 + RUNS * 500;
const PATIENCE_MS = 60;
const MARK = "x-mark";

let system: Server;
let answer: Buffer;
/** Every request that reached the system, and what reached it that is none. */
let reached: { readonly startLine: string; readonly marks: readonly string[]; readonly hosts: number; readonly names: readonly string[] }[];
let garbage: string[];
let shadow: ShadowForTests;
const sockets = new Set<Socket>();
const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);

beforeAll(async () => {
  process.on("unhandledRejection", note).on("uncaughtException", note);
  system = createServer(takeRequests);
  await new Promise<void>((resolve) => system.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(system.address() as AddressInfo).port}`;
  const storeUrl = (): Promise<string> => Promise.reject(new Error("no store in this test"));
  shadow = await startShadow({ legacyUrl: url, candidateUrl: url, storeUrl, yaml: "limits: { primaryTimeoutMs: 400 }" });
});
afterAll(async () => {
  await shadow.stop();
  for (const socket of sockets) socket.destroy();
  system.close();
  process.off("unhandledRejection", note).off("uncaughtException", note);
});

/** The strictest reader there is: what does not begin with a request line of ours is garbage. */
function takeRequests(socket: Socket): void {
  sockets.add(socket);
  let received = Buffer.alloc(0);
  socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (let head = parseHead(received); head !== undefined; head = parseHead(received)) {
      const { startLine, headers } = head;
      if (!/^[A-Z-]+ [!-\u00ff]+ HTTP\/1\.1$/.test(startLine)) garbage.push(startLine);
      const found = parseRequest(received);
      if (found === undefined) return;
      received = received.subarray(found.length);
      const names = headers.map(([name]) => name.toLowerCase());
      reached.push({
        startLine,
        marks: headers.filter(([name]) => name.toLowerCase() === MARK).map(([, value]) => value),
        hosts: names.filter((name) => name === "host").length,
        names,
      });
      socket.write(answer);
    }
  });
}

/** Everything the proxy says until it has been quiet for a while or ends the connection. */
function exchange(bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const client = new RawClient(shadow.url);
    const done = (): void => {
      clearTimeout(timer);
      client.close();
      resolve(client.pending.toString("latin1"));
    };
    let timer = setTimeout(done, PATIENCE_MS);
    client.socket.on("data", () => {
      clearTimeout(timer);
      timer = setTimeout(done, PATIENCE_MS / 5);
    });
    client.socket.once("close", done).once("end", done);
    client.write(bytes);
  });
}

const BAD_PIECES = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  " ",
  "\t",
  ":",
  "\r\n\r\n",
  "0\r\n\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Content-Length: 5\r\n",
  "Content-Length: 0\r\n",
];
const MORE_PIECES = [
  "Transfer-Encoding: xchunked\r\n",
  "Host: evil\r\n",
  "x-parallax-role: candidate\r\n",
  "Connection: Upgrade\r\nUpgrade: websocket\r\n",
  "Expect: 100-continue\r\n",
];
const SMUGGLED = `GET /smuggled HTTP/1.1\r\nHost: a\r\n${MARK}: smuggled\r\n\r\n`;
const LONG = "f".repeat(70_000);
const pieces = [...BAD_PIECES, ...MORE_PIECES, SMUGGLED, LONG, "7fffffffffffffff\r\n", "-1\r\n", "\u00ff\u0000\u0001"];

type Mutation = { readonly at: number; readonly cut: number; readonly piece: string };
const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat({ max: 12 }),
  piece: fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary-ascii", maxLength: 6 }), fc.constant("")),
});
const mutated = (seeds: readonly Bytes[]): fc.Arbitrary<Buffer> =>
  fc.record({ seed: fc.constantFrom(...seeds), mutations: fc.array(mutation, { minLength: 1, maxLength: 4 }) }).map(({ seed, mutations }) => {
    let text = seed.toString("latin1");
    for (const { at, cut, piece } of mutations) {
      const place = Math.floor(at * text.length);
      text = text.slice(0, place) + piece + text.slice(place + cut);
    }
    return Buffer.from(text, "latin1");
  });

const isSmall = (bytes: Bytes): boolean => bytes.length < 2_000;
const REQUESTS = BATTERY.map(({ request }) => request).filter(isSmall);
const ANSWERS = BATTERY.flatMap(({ answer: { onHead, onRequest } }) => [onHead, onRequest]).filter(
  (bytes): bytes is Bytes => bytes !== undefined && isSmall(bytes),
);

/** Both ways of asking a system are in here: undici's and Node's own client. */
const ASKING = [
  "GET /x HTTP/1.1\r\nHost: a\r\n\r\n",
  "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /x HTTP/1.0\r\n\r\n",
  "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
  "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
  "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
];

const statusesIn = (text: string): string[] => text.match(/HTTP\/1\.[01] \d{3}/g) ?? [];
const good = (mark: number): string => `GET /good HTTP/1.1\r\nHost: a\r\n${MARK}: ${mark}\r\n\r\n`;

async function expectAlive(mark: number): Promise<void> {
  answer = Buffer.from(OK);
  reached = [];
  expect((await rawRequest(shadow.url, good(mark))).body.toString()).toBe("ok");
  expect(reached.filter(({ marks }) => marks.includes(String(mark)))).toHaveLength(1);
  expect(unhandled).toEqual([]);
}

describe("whatever a client sends", () => {
  it(
    "the proxy lives, serves the next one, and the system sees only what the proxy took for a request",
    async () => {
      garbage = [];
      let mark = 0;
      await fc.assert(
        fc.asyncProperty(mutated(REQUESTS), async (request) => {
          answer = Buffer.from(OK);
          reached = [];
          const answers = statusesIn(await exchange(request)).length;
          expect(garbage).toEqual([]);
          // One answer for each request that went through: two behind one would be the smuggler's gain.
          expect(reached.length).toBeLessThanOrEqual(Math.max(answers, 1));
          expect(reached.every(({ hosts }) => hosts === 1)).toBe(true);
          expect(reached.flatMap(({ names }) => names).filter((name) => name.startsWith("x-parallax-"))).toEqual([]);
          expect(reached.every(({ names }) => !(names.includes("content-length") && names.includes("transfer-encoding")))).toBe(true);
          await expectAlive((mark += 1));
        }),
        { numRuns: RUNS, seed: SEED },
      );
    },
    TIMEOUT_MS,
  );
});

describe("whatever a system answers", () => {
  it(
    "the proxy lives, serves the next one, and says one thing to the client",
    async () => {
      garbage = [];
      let mark = 0;
      await fc.assert(
        fc.asyncProperty(mutated(ANSWERS), fc.constantFrom(...ASKING), async (given, asking) => {
          answer = given;
          reached = [];
          const text = await exchange(Buffer.from(asking));
          const finals = statusesIn(text.split("\r\n\r\n").find((part) => !/^HTTP\/1\.1 1\d\d/.test(part)) ?? "");
          expect(finals.length).toBeLessThanOrEqual(1);
          for (const socket of sockets) socket.destroy(); // what is left of the answer is no answer to the next request
          await expectAlive((mark += 1));
        }),
        { numRuns: RUNS, seed: SEED },
      );
    },
    TIMEOUT_MS,
  );
});
