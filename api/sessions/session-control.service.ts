import { Inject, Injectable } from "@nestjs/common";
import { connectionUpdate, qrCode } from "@ipnuo/domain/event-payloads";
import { sessionNotFound, unconfigured } from "../http/contract-error.ts";
import { Emissions } from "../realtime/emissions.ts";
import { TIMING, type Timing } from "../runtime/tokens.ts";
import { notify, Transactions, type Transaction } from "../runtime/transactions.ts";
import { SessionWritesRepository, type LockedSession } from "./session-writes.repository.ts";

/** One session of the caller's tenant, and the request that asks for it. */
export type SessionRequest = { readonly requestId: string; readonly tenantId: string; readonly sessionId: string };

const NO_ACCOUNT = { phoneNumber: null, accountName: null };

/** Sessions taken out of service. The worker is told and ends the socket; nothing here does. */
@Injectable()
export class SessionControlService {
  constructor(
    @Inject(TIMING) private readonly timing: Timing,
    private readonly transactions: Transactions,
    private readonly emissions: Emissions,
    private readonly writes: SessionWritesRepository,
  ) {}

  /** Keeps the credentials. A session that is stopped already stays as it is. */
  disconnect({ requestId, tenantId, sessionId }: SessionRequest): Promise<void> {
    return this.transactions.run(requestId, async (transaction) => {
      const { status, desiredState } = await this.lockOwn(transaction, tenantId, sessionId);
      if (desiredState === "STOPPED" && status === "DISCONNECTED") return;
      const now = new Date(this.timing.nowMs());
      const reason = "stopped_by_user";
      await this.writes.update(transaction, sessionId, {
        desiredState: "STOPPED",
        status: "DISCONNECTED",
        isActive: false,
        qrCode: null,
        pairingCode: null,
        errorMessage: null,
        lastDisconnectReason: reason,
        lastConnectionEventAt: now,
        lastSync: now,
      });
      if (status !== "DISCONNECTED") await this.tellDisconnected(transaction, { tenantId, sessionId }, reason);
      await notify(transaction, "whatsapp_session", sessionId);
    });
  }

  /** For good: everything of the session goes, its contacts stay. */
  remove({ requestId, tenantId, sessionId }: SessionRequest): Promise<void> {
    return this.transactions.run(requestId, async (transaction) => {
      await this.lockOwn(transaction, tenantId, sessionId);
      await this.writes.remove(transaction, sessionId);
      await this.tellDisconnected(transaction, { tenantId, sessionId }, "deleted");
      await notify(transaction, "whatsapp_session", sessionId);
    });
  }

  /** Shows every subscriber a QR that pairs nothing. Stores nothing. */
  testQr({ requestId, tenantId, sessionId }: SessionRequest): Promise<void> {
    return this.transactions.run(requestId, async (transaction) => {
      await this.lockOwn(transaction, tenantId, sessionId);
      if (!this.emissions.isConfigured) throw unconfigured();
      await this.emissions.record(transaction, [qrCode({ tenantId, sessionId }, `test-qr:${sessionId}`)]);
    });
  }

  private async lockOwn(transaction: Transaction, tenantId: string, sessionId: string): Promise<LockedSession> {
    const session = await this.writes.lock(transaction, sessionId);
    if (session?.tenantId !== tenantId) throw sessionNotFound();
    return session;
  }

  private tellDisconnected(transaction: Transaction, session: { tenantId: string; sessionId: string }, reason: string): Promise<void> {
    return this.emissions.record(transaction, [connectionUpdate({ ...session, ...NO_ACCOUNT, status: "DISCONNECTED", reason })]);
  }
}
