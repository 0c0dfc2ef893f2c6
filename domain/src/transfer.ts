import { z } from "zod";
import { transferStatus } from "./enums.ts";
import { date, id, phoneDigits, userRef } from "./values.ts";

export const transferRequest = z
  .object({
    id,
    contactId: id,
    fromUserId: id.nullable(),
    toUserId: id,
    requestedById: id,
    supervisorId: id.nullable(),
    status: transferStatus,
    message: z.string().nullable(),
    supervisorNotes: z.string().nullable(),
    createdAt: date,
    updatedAt: date,
    resolvedAt: date.nullable(),
    contact: z.object({ id, name: z.string().nullable(), phoneNumber: phoneDigits.nullable(), jid: z.string(), tenantId: id }),
    fromUser: userRef.nullable(),
    toUser: userRef.nullable(),
    requestedBy: userRef.nullable(),
  })
  .meta({ id: "TransferRequest" });
export type TransferRequest = z.infer<typeof transferRequest>;

/** `GET contacts/:contactId/transfer-status`. */
export const transferState = z.object({ hasPendingRequest: z.boolean(), request: transferRequest.nullable() }).meta({ id: "TransferState" });
export type TransferState = z.infer<typeof transferState>;
