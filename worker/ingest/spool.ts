import { mkdir } from "node:fs/promises";
import { ClassicLevel } from "classic-level";
import { z } from "zod";
import { AppError } from "../../lib/errors.ts";
import type { IngestCall, IngestPath } from "./ingest-call.ts";

/** Calls on disk until an API has stored them. One process at a time: LevelDB locks its folder. */
export type Spool = {
  /** The next place in the order of all calls. Throws `SPOOL_FULL`. */
  readonly next: () => number;
  /** On disk, not only in the page cache, when it resolves. Throws what the disk says. */
  readonly append: (seq: number, call: IngestCall) => Promise<void>;
  /** Undefined when it is not there, or cannot be read any more. */
  readonly read: (sessionId: string, seq: number) => Promise<IngestCall | undefined>;
  readonly remove: (sessionId: string, seqs: readonly number[]) => Promise<void>;
  /** What a former process left, in order. */
  readonly left: () => readonly SpooledCall[];
  /** Keeps items that no API takes, for a person to look at. The oldest go when there are too many. */
  readonly setAside: (call: IngestCall, problem: string) => Promise<void>;
  readonly keepReport: (sessionId: string, report: SpooledReport) => Promise<void>;
  readonly dropReport: (sessionId: string, kind: SpooledReport["kind"]) => Promise<void>;
  readonly reports: () => Promise<readonly (SpooledReport & { readonly sessionId: string })[]>;
  readonly close: () => Promise<void>;
};

export type SpooledCall = { readonly sessionId: string; readonly seq: number; readonly path: IngestPath; readonly itemCount: number };

const report = z.object({ kind: z.enum(["state", "qr"]), body: z.unknown(), atMs: z.number() });
export type SpooledReport = z.infer<typeof report>;

const PATHS = ["messages", "messages/status", "messages/changes", "contacts", "groups", "media"] as const;
const spooled = z.object({ path: z.enum(PATHS), items: z.array(z.unknown()), traceId: z.string() });

/** Keys: `c/<session>/<seq>` calls, `r/<session>/<kind>` reports, `x/<seq>` items set aside. Fixed width: LevelDB sorts bytes. */
const SEQ_DIGITS = 16;
const MAX_ASIDE = 10_000;
/** Only its owner may read what people wrote. */
const FOLDER_MODE = 0o700;
const SYNC = { sync: true };

const digits = (seq: number): string => String(seq).padStart(SEQ_DIGITS, "0");
const callKey = (sessionId: string, seq: number): string => `c/${encodeURIComponent(sessionId)}/${digits(seq)}`;
const reportKey = (sessionId: string, kind: string): string => `r/${encodeURIComponent(sessionId)}/${kind}`;

export type SpoolLimits = { readonly maxCalls: number; readonly nowMs: () => number };

/** Throws `SPOOL_OPEN` when the folder cannot be used, also because another worker has it. */
export async function openSpool(folder: string, { maxCalls, nowMs }: SpoolLimits): Promise<Spool> {
  const db = await openDatabase(folder);
  const left = await readLeft(db);
  const aside = await db.keys({ gte: "x/", lt: "x0" }).all();
  const lastAside = Number(aside.at(-1)?.slice(2) ?? 0);
  let seq = Math.max(
    left.reduce((last, call) => Math.max(last, call.seq), 0),
    lastAside,
  );
  let waiting = left.length;
  return {
    next: () => {
      if (waiting >= maxCalls) throw new AppError("SPOOL_FULL", `the spool holds ${waiting} calls, no more than ${maxCalls} may wait`);
      waiting += 1;
      seq += 1;
      return seq;
    },
    append: (place, { sessionId, path, items, traceId }) => db.put(callKey(sessionId, place), JSON.stringify({ path, items, traceId }), SYNC),
    read: async (sessionId, place) => parseCall(sessionId, await db.get(callKey(sessionId, place))),
    remove: async (sessionId, seqs) => {
      waiting -= seqs.length;
      await db.batch(seqs.map((place) => ({ type: "del", key: callKey(sessionId, place) })));
    },
    left: () => left,
    setAside: async (call, problem) => {
      seq += 1;
      const key = `x/${digits(seq)}`;
      aside.push(key);
      await db.put(key, JSON.stringify({ ...call, problem, atMs: nowMs() }));
      const oldest = aside.length > MAX_ASIDE ? aside.shift() : undefined;
      if (oldest !== undefined) await db.del(oldest);
    },
    keepReport: (sessionId, kept) => db.put(reportKey(sessionId, kept.kind), JSON.stringify(kept), SYNC),
    dropReport: (sessionId, kind) => db.del(reportKey(sessionId, kind)),
    reports: () => readReports(db),
    close: () => db.close(),
  };
}

async function openDatabase(folder: string): Promise<ClassicLevel> {
  try {
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    const db = new ClassicLevel(folder);
    await db.open();
    return db;
  } catch (error) {
    throw new AppError("SPOOL_OPEN", `SPOOL_DIR: the spool in ${folder} cannot be opened; is another worker using it?`, { cause: error });
  }
}

async function readLeft(db: ClassicLevel): Promise<SpooledCall[]> {
  const left: SpooledCall[] = [];
  for await (const [key, value] of db.iterator({ gte: "c/", lt: "c0" })) {
    const [, session = "", place = ""] = key.split("/");
    const sessionId = decodeURIComponent(session);
    const call = parseCall(sessionId, value);
    if (call !== undefined) left.push({ sessionId, seq: Number(place), path: call.path, itemCount: call.items.length });
  }
  return left;
}

async function readReports(db: ClassicLevel): Promise<(SpooledReport & { sessionId: string })[]> {
  const entries = await db.iterator({ gte: "r/", lt: "r0" }).all();
  return entries.flatMap(([key, value]) => {
    const parsed = report.safeParse(JSON.parse(value));
    return parsed.success ? [{ ...parsed.data, sessionId: decodeURIComponent(key.split("/")[1] ?? "") }] : [];
  });
}

function parseCall(sessionId: string, text: string | undefined): IngestCall | undefined {
  if (text === undefined) return undefined;
  const parsed = spooled.safeParse(JSON.parse(text));
  return parsed.success ? { sessionId, ...parsed.data } : undefined;
}
