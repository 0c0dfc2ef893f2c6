import type { ContactTransferRequest } from "../../../generated/prisma/client.ts";

export type UserRef = { readonly id: string; readonly name: string | null; readonly email: string | null };

/** The one shape of every transfer reply. */
export type TransferRequest = {
  readonly id: string;
  readonly contactId: string;
  readonly fromUserId: string | null;
  readonly toUserId: string;
  readonly requestedById: string;
  readonly supervisorId: string | null;
  readonly status: ContactTransferRequest["status"];
  readonly message: string | null;
  readonly supervisorNotes: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly resolvedAt: string | null;
  readonly contact: {
    readonly id: string;
    readonly name: string | null;
    readonly phoneNumber: string | null;
    readonly jid: string;
    readonly tenantId: string;
  };
  readonly fromUser: UserRef | null;
  readonly toUser: UserRef | null;
  readonly requestedBy: UserRef | null;
};
