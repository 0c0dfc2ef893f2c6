"use client";

import { useState, type ReactNode } from "react";
import type { TransferRequest } from "../../lib/whatsapp/transfer-reply.ts";
import { decideTransfer } from "../api.ts";
import { formatMoment, titleOf } from "../format.ts";
import { Problem } from "../problem.tsx";
import { useAction } from "../use-action.ts";

type Props = { readonly request: TransferRequest; readonly onDecided: () => void };

export function TransferRow({ request, onDecided }: Props): ReactNode {
  const [notes, setNotes] = useState("");
  const { run, isBusy, error } = useAction(onDecided);
  const decide = (decision: "approve" | "deny"): void => void run(() => decideTransfer(request.id, decision, notes));
  return (
    <li className="transfer" data-testid="transfer">
      <div className="transfer-what">
        <p>
          <strong>{nameOf(request.requestedBy)}</strong> asks <strong>{nameOf(request.fromUser)}</strong> for the conversation with{" "}
          <strong>{titleOf(request.contact)}</strong>
        </p>
        {request.message === null || request.message === "" ? null : <p className="quote">{request.message}</p>}
        <time className="muted" dateTime={request.createdAt}>
          {formatMoment(request.createdAt)}
        </time>
      </div>
      <input
        aria-label="Notes for whoever asked"
        placeholder="Notes, seen by whoever asked"
        maxLength={1_000}
        value={notes}
        onChange={(event) => setNotes(event.target.value)}
      />
      <button type="button" className="button" disabled={isBusy} onClick={() => decide("deny")}>
        Deny
      </button>
      <button type="button" className="button button-main" disabled={isBusy} onClick={() => decide("approve")}>
        Approve
      </button>
      <Problem error={error} />
    </li>
  );
}

const nameOf = (user: TransferRequest["toUser"]): string => user?.name ?? user?.email ?? "somebody";
