import { setTimeout as delay } from "node:timers/promises";
import { randomUUID } from "node:crypto";
import { messageOf } from "../../lib/errors.ts";
import { SESSIONS_SCOPE } from "./ingest-call.ts";
import { judgeReport, type ReportVerdict } from "./judge-answer.ts";
import type { LaneContext } from "./lane.ts";
import { nextDelayMs } from "./retry-delay.ts";
import type { SpooledReport } from "./spool.ts";

export type ReportKind = "state" | "qr";

/**
 * What became of a session report. `applied`, `unchanged`: an API answered so. `stale-epoch`, `stopped`: it refused (409), the socket must end.
 * `unknown-session`: 404, the socket must end. `spooled`: no API answers; the newest of its kind waits on disk. `rejected`: 400, a fault of ours.
 */
export type ReportOutcome = Exclude<ReportVerdict, "unavailable"> | "spooled";

/** A QR that nobody could scan in time is of no use. */
const QR_MAX_AGE_MS = 60_000;

type Pending = { readonly state?: SpooledReport; readonly qr?: SpooledReport };

/** States and QRs of sessions: one call in flight per session, and of what no API answers only the newest is kept. */
export class Reporter {
  /** The last call of each session that has one under way. */
  private readonly inFlight = new Map<string, Promise<unknown>>();
  private readonly pending = new Map<string, Pending>();
  private readonly replaying = new Set<Promise<void>>();

  constructor(private readonly context: LaneContext) {}

  /** What a former process could not tell. */
  async resume(): Promise<void> {
    for (const { sessionId, ...report } of await this.context.spool.reports()) this.replayLater(sessionId, report);
  }

  report(sessionId: string, kind: ReportKind, body: unknown): Promise<ReportOutcome> {
    return this.inTurn(sessionId, () => this.tell(sessionId, { kind, body, atMs: this.context.nowMs() }));
  }

  async stopped(): Promise<void> {
    await Promise.all([...this.inFlight.values(), ...this.replaying]);
  }

  private inTurn<Result>(sessionId: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.inFlight.get(sessionId) ?? Promise.resolve();
    const mine = before.then(work);
    this.inFlight.set(sessionId, mine);
    const leave = () => void (this.inFlight.get(sessionId) === mine && this.inFlight.delete(sessionId));
    mine.then(leave, leave);
    return mine;
  }

  private async tell(sessionId: string, report: SpooledReport): Promise<ReportOutcome> {
    const verdict = this.context.signal.aborted ? "unavailable" : await this.post(sessionId, report);
    if (verdict === "unavailable") {
      await this.keep(sessionId, report);
      return "spooled";
    }
    // Whatever waited is older than this one.
    await this.forget(sessionId, report.kind);
    if (report.kind === "state") await this.forget(sessionId, "qr");
    if (verdict === "unknown-session") this.context.onUnknown(sessionId);
    return verdict;
  }

  private async post(sessionId: string, { kind, body }: SpooledReport): Promise<ReportVerdict> {
    const path = `sessions/${encodeURIComponent(sessionId)}/${kind}`;
    const request = { path, scope: SESSIONS_SCOPE, body: JSON.stringify(body), traceId: randomUUID() };
    const answer = await this.context.client.post(request, (given) => judgeReport(given.status, given.body) !== "unavailable");
    const verdict = answer === undefined ? "unavailable" : judgeReport(answer.status, answer.body);
    this.context.log.info({ sessionId, kind, verdict, traceId: request.traceId }, "told the session's state");
    return verdict;
  }

  private async keep(sessionId: string, report: SpooledReport): Promise<void> {
    if (report.kind === "state") await this.forget(sessionId, "qr");
    const { spool, log } = this.context;
    await spool
      .keepReport(sessionId, report)
      .catch((error: unknown) => log.error({ sessionId, reason: messageOf(error) }, "the spool takes no state"));
    this.replayLater(sessionId, report);
  }

  private async forget(sessionId: string, kind: ReportKind): Promise<void> {
    const { [kind]: known, ...rest } = this.pending.get(sessionId) ?? {};
    if (known === undefined) return;
    this.pending.set(sessionId, rest);
    if (Object.keys(rest).length === 0) this.pending.delete(sessionId);
    const { spool, log } = this.context;
    await spool.dropReport(sessionId, kind).catch((error: unknown) => log.warn({ sessionId, reason: messageOf(error) }, "the spool drops no state"));
  }

  private replayLater(sessionId: string, report: SpooledReport): void {
    this.pending.set(sessionId, { ...this.pending.get(sessionId), [report.kind]: report });
    const replay = this.replay(sessionId, report).finally(() => this.replaying.delete(replay));
    this.replaying.add(replay);
  }

  /** Until an API answers, or a newer one took its place. */
  private async replay(sessionId: string, report: SpooledReport): Promise<void> {
    const { signal, random, nowMs } = this.context;
    for (let failures = 0; !signal.aborted; failures += 1) {
      await delay(nextDelayMs(failures, random()), undefined, { signal }).catch(() => {});
      const isDone = await this.inTurn(sessionId, async () => {
        if (signal.aborted || this.pending.get(sessionId)?.[report.kind] !== report) return true;
        const isTooOld = report.kind === "qr" && nowMs() - report.atMs > QR_MAX_AGE_MS;
        const verdict = isTooOld ? "rejected" : await this.post(sessionId, report);
        if (verdict === "unavailable") return false;
        await this.forget(sessionId, report.kind);
        if (verdict === "unknown-session") this.context.onUnknown(sessionId);
        return true;
      });
      if (isDone) return;
    }
  }
}
