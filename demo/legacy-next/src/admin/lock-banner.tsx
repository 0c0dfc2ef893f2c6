"use client";

import type { Contact } from "@ipnuo/domain/contact";
import { useCallback, useState, type ReactNode } from "react";
import { cancelTransfer, fetchTransferStatus, requestTransfer } from "./api.ts";
import { isTransferEvent, userChannel } from "./live/channels.ts";
import { useLive } from "./live/use-live.ts";
import { Problem } from "./problem.tsx";
import { useAction } from "./use-action.ts";
import { useResource } from "./use-resource.ts";
import { useViewer } from "./viewer.tsx";

/** Over a conversation that a colleague has: who it is, and a way to ask for it. */
export function LockBanner({ contact }: { readonly contact: Contact }): ReactNode {
  const { userId } = useViewer();
  const [changes, setChanges] = useState(0);
  const load = useCallback((signal: AbortSignal) => fetchTransferStatus(contact.id, signal), [contact.id]);
  const live = useLive([userChannel(userId)], isTransferEvent);
  const status = useResource({ key: contact.id, load, everyMs: live.everyMs, revision: `${changes}.${live.revision}` });
  const { run, isBusy, error } = useAction(useCallback(() => setChanges((last) => last + 1), []));
  const request = status.data?.request ?? null;
  return (
    <div className="lock" data-testid="lock">
      <p className="lock-text">
        {contact.assignee?.name ?? "A colleague"} has this conversation.
        {request === null ? "" : ` ${request.requestedById === userId ? "You have" : `${request.requestedBy?.name ?? "Somebody"} has`} asked for it.`}
      </p>
      {request === null ? (
        <button
          type="button"
          className="button"
          disabled={isBusy || status.data === undefined}
          onClick={() => void run(() => requestTransfer(contact.id, ""))}
        >
          Ask for it
        </button>
      ) : null}
      {request?.requestedById === userId ? (
        <button type="button" className="button" disabled={isBusy} onClick={() => void run(() => cancelTransfer(request.id))}>
          Take back
        </button>
      ) : null}
      <Problem error={error ?? status.error} />
    </div>
  );
}
