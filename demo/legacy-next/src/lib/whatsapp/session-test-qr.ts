import { realtimeNotConfigured } from "../http/api-error.ts";
import type { Member } from "../http/member.ts";
import type { Asked } from "../http/respond.ts";
import { emit, isRealtimeConfigured } from "../realtime/emitter.ts";
import { qrCode } from "../realtime/session-events.ts";
import { assertSession } from "./session-reference.ts";

/** `POST test-qr`: one event, so that somebody can see whether events arrive. Nothing is stored. */
export async function broadcastTestQr({ tenantId }: Member, sessionId: string, { requestId }: Asked): Promise<unknown> {
  await assertSession(tenantId, sessionId);
  if (!isRealtimeConfigured()) throw realtimeNotConfigured();
  emit([qrCode({ sessionId, tenantId }, `test-qr:${sessionId}`)], requestId);
  return { success: true, message: "Test QR code broadcasted" };
}
