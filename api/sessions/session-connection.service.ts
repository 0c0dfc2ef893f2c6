import { Inject, Injectable } from "@nestjs/common";
import { connectionUpdate } from "@ipnuo/domain/event-payloads";
import type { ConnectBody } from "@ipnuo/domain/session-bodies";
import type { Asked } from "../http/asked.decorator.ts";
import { Emissions } from "../realtime/emissions.ts";
import { TIMING, type Timing } from "../runtime/tokens.ts";
import { notify } from "../runtime/transactions.ts";
import { SessionCreationService } from "./session-creation.service.ts";
import { SessionWritesRepository, type LockedSession } from "./session-writes.repository.ts";

const WANTED = { status: "CONNECTING", desiredState: "RUNNING" } as const;
const RESTARTED = { ...WANTED, errorMessage: null, qrCode: null, pairingCode: null, reconnectAttempts: 0 };
const UNDER_WAY = new Set(["CONNECTING", "QR_REQUIRED", "CONNECTED"]);

/** `POST connect`: says that a session is wanted. The worker is told and opens the socket; nothing here does. */
@Injectable()
export class SessionConnectionService {
  constructor(
    @Inject(TIMING) private readonly timing: Timing,
    private readonly emissions: Emissions,
    private readonly creation: SessionCreationService,
    private readonly writes: SessionWritesRepository,
  ) {}

  /** A session that runs already is only seen to be in use; how it pairs and what it is called are stored always. */
  connect({ requestId, tenantId, body }: Asked<object, ConnectBody>): Promise<void> {
    const { sessionId, name, phoneNumber } = body;
    const lastSync = new Date(this.timing.nowMs());
    const pairingPhone = phoneNumber ?? null;
    return this.creation.refusingForeign(requestId, async (transaction) => {
      const existing = await this.creation.addUnlessThere(transaction, { ...WANTED, sessionId, tenantId, name, lastSync, pairingPhone });
      if (existing !== undefined) {
        const always = { lastSync, pairingPhone, ...(name === undefined ? {} : { name }) };
        await this.writes.update(transaction, sessionId, isUnderWay(existing) ? always : { ...RESTARTED, ...always });
      }
      const hasChanged = existing === undefined || (!isUnderWay(existing) && existing.status !== WANTED.status);
      const update = connectionUpdate({ tenantId, sessionId, status: WANTED.status, phoneNumber: null, accountName: null, reason: null });
      await this.emissions.record(transaction, [hasChanged ? update : undefined]);
      await notify(transaction, "whatsapp_session", sessionId);
    });
  }
}

function isUnderWay({ desiredState, status }: LockedSession): boolean {
  return desiredState === "RUNNING" && UNDER_WAY.has(status);
}
