import { Inject, Injectable } from "@nestjs/common";
import { connectionUpdate, pairingCode, qrCode } from "@ipnuo/domain/event-payloads";
import type { IngestSessionParams, SessionQrBody, SessionReportReply, SessionStateBody } from "@ipnuo/domain/ingest";
import { isNewCode, judgeReport, toCodeColumns, toStateColumns, type ReportedSession } from "@ipnuo/domain/session-report";
import type { AskedByService } from "../http/asked-by-service.decorator.ts";
import { conflict, sessionNotFound } from "../http/contract-error.ts";
import { Emissions } from "../realtime/emissions.ts";
import { sql } from "../runtime/sql.ts";
import { TIMING, type Timing } from "../runtime/tokens.ts";
import { Transactions, type Transaction } from "../runtime/transactions.ts";

type SessionRow = ReportedSession & { readonly sessionId: string; readonly tenantId: string };

const UNCHANGED: SessionReportReply = { success: true, outcome: "unchanged" };
const UPDATED: SessionReportReply = { success: true, outcome: "updated" };

/** What the worker tells of a session's socket. Reports are fenced by the lease and ordered by epoch and sequence (contract 4.2). */
@Injectable()
export class SessionReportsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly emissions: Emissions,
    @Inject(TIMING) private readonly timing: Timing,
  ) {}

  /** Throws 404 and 409: the worker ends the socket then. */
  state({ requestId, params, body }: AskedByService<SessionStateBody, IngestSessionParams>): Promise<SessionReportReply> {
    return this.transactions.run(requestId, async (transaction) => {
      const session = await lockSession(transaction, params.sessionId);
      if (isKnown(session, body)) return UNCHANGED;
      const { sessionId, tenantId } = session;
      const data = toStateColumns(session, body, new Date(this.timing.nowMs()));
      const after = await transaction.db.whatsAppSession.update({ where: { sessionId }, data });
      const hasChanged = after.status !== session.status || after.lastDisconnectReason !== session.lastDisconnectReason;
      const { phoneNumber, accountName } = after;
      const { status, reason = null, code, message } = body;
      const update = connectionUpdate({
        sessionId,
        tenantId,
        status,
        phoneNumber,
        accountName,
        reason,
        code: code ?? null,
        message: message ?? null,
      });
      await this.emissions.record(transaction, [hasChanged ? update : undefined]);
      return UPDATED;
    });
  }

  /** A QR text or pairing code to show. The same one again only moves the order on. Throws 404 and 409. */
  code({ requestId, params, body }: AskedByService<SessionQrBody, IngestSessionParams>): Promise<SessionReportReply> {
    return this.transactions.run(requestId, async (transaction) => {
      const session = await lockSession(transaction, params.sessionId);
      if (isKnown(session, { ...body, status: "QR_REQUIRED" })) return UNCHANGED;
      const { sessionId, tenantId } = session;
      const isNew = isNewCode(session, body);
      const position = { stateEpoch: body.epoch, stateSeq: body.seq };
      const data = isNew ? toCodeColumns(body, new Date(this.timing.nowMs())) : position;
      await transaction.db.whatsAppSession.update({ where: { sessionId }, data, select: { id: true } });
      if (!isNew) return UNCHANGED;
      const fact = { sessionId, tenantId, status: "QR_REQUIRED" as const, phoneNumber: null, accountName: null, reason: null };
      await this.emissions.record(transaction, [
        session.status === "QR_REQUIRED" ? undefined : connectionUpdate(fact),
        body.qr === undefined ? pairingCode(session, body.pairingCode ?? "") : qrCode(session, body.qr),
      ]);
      return UPDATED;
    });
  }
}

async function lockSession({ db }: Transaction, sessionId: string): Promise<SessionRow> {
  const [session] = await db.$queryRaw<SessionRow[]>(sql`
    select s."sessionId", s."tenantId", s.status, s."desiredState", s.name, s."phoneNumber", s."accountName", s."qrCode", s."pairingCode",
      s."lastDisconnectReason", s."stateEpoch", s."stateSeq", s."leaseEpoch"
    from whatsapp_sessions s where s."sessionId" = ${sessionId} for no key update`);
  if (session === undefined) throw sessionNotFound();
  return session;
}

/** True when this report, or a later one, was taken before. Throws 409 when it is not taken at all. */
function isKnown(session: SessionRow, report: Parameters<typeof judgeReport>[1]): boolean {
  const verdict = judgeReport(session, report);
  if (verdict !== undefined && verdict !== "known") throw conflict(verdict);
  return verdict === "known";
}
