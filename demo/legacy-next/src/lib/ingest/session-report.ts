import type { Prisma, WhatsAppSession } from "../../../generated/prisma/client.ts";
import { conflict, notFound } from "../http/api-error.ts";
import type { Body } from "../http/body.ts";
import type { Asked } from "../http/respond.ts";
import type { Emission } from "../realtime/emission.ts";
import { commit } from "../transaction.ts";
import { isStorable } from "../whatsapp/wire.ts";
import { readInteger } from "./fields.ts";

/** Where a report stands among the reports of its session. */
export type Position = { readonly sessionId: string; readonly epoch: number; readonly seq: number };

export const readPosition = (sessionId: string, body: Body): Position => ({
  sessionId,
  epoch: readInteger(body, "epoch"),
  seq: readInteger(body, "seq"),
});

/** What a report does to its session. undefined: nothing, it tells nothing new. */
type Effect = {
  readonly data: Prisma.WhatsAppSessionUpdateInput;
  readonly emissions: (updated: WhatsAppSession) => readonly Emission[];
};

type Reported = { readonly success: true; readonly outcome: "updated" | "unchanged" };

type Report = {
  readonly position: Position;
  /** Says that the socket is gone, which is welcome for a stopped session; everything else is not. */
  readonly isEnd: boolean;
  readonly effectOn: (session: WhatsAppSession) => Effect | undefined;
};

/**
 * Applies what a worker says about its socket, when it comes from the holder of the lease and is later than what is known.
 * Throws 404, and 409 when the worker should end the socket.
 */
export function applyReport({ position, isEnd, effectOn }: Report, asked: Asked): Promise<Reported> {
  const { sessionId, epoch, seq } = position;
  const unchanged = { result: { success: true, outcome: "unchanged" } } as const;
  return commit<Reported>(asked, async (transaction) => {
    if (!isStorable(sessionId)) throw notFound("Session not found or access denied");
    await transaction.$queryRaw`select 1 from "whatsapp_sessions" where "sessionId" = ${sessionId} for update`;
    const session = await transaction.whatsAppSession.findUnique({ where: { sessionId } });
    if (session === null) throw notFound("Session not found or access denied");
    if (epoch < session.leaseEpoch) throw conflict("Lease epoch is stale");
    // A report that comes again is no news, also when it was the one that stopped the session.
    const isLater = epoch > session.stateEpoch || (epoch === session.stateEpoch && seq > session.stateSeq);
    if (!isLater) return unchanged;
    if (session.desiredState === "STOPPED" && !isEnd) throw conflict("Session is stopped");
    const effect = effectOn(session);
    if (effect === undefined) return unchanged;
    const updated = await transaction.whatsAppSession.update({
      where: { sessionId },
      data: { ...effect.data, stateEpoch: epoch, stateSeq: seq },
    });
    return { result: { success: true, outcome: "updated" }, emissions: effect.emissions(updated) };
  });
}
