"use client";

import { useCallback, useState, type ReactNode } from "react";
import { fetchPendingTransfers } from "../api.ts";
import { isTransferEvent, userChannel } from "../live/channels.ts";
import { useLive } from "../live/use-live.ts";
import { Notice } from "../notice.tsx";
import { useResource } from "../use-resource.ts";
import { useViewer } from "../viewer.tsx";
import { TransferRow } from "./transfer-row.tsx";

/** Who asks for whose conversation, waiting for an admin. */
export function TransfersScreen(): ReactNode {
  const { isAdmin, userId } = useViewer();
  const [changes, setChanges] = useState(0);
  const reload = useCallback(() => setChanges((last) => last + 1), []);
  const live = useLive([userChannel(userId)], isTransferEvent);
  const pending = useResource({
    key: isAdmin ? "pending" : undefined,
    load: fetchPendingTransfers,
    everyMs: live.everyMs,
    revision: `${changes}.${live.revision}`,
  });
  return (
    <main className="screen" data-testid="transfers-screen">
      <h2 className="screen-title">
        Transfer requests <span className="count">{pending.data?.length ?? ""}</span>
      </h2>
      {isAdmin ? (
        <Notice resource={pending} isEmpty={pending.data?.length === 0} emptyText="Nobody asks for a conversation at the moment" />
      ) : (
        <p className="notice">Admins decide about these. You ask for a conversation, and take that back, where the conversation is.</p>
      )}
      {pending.data === undefined || pending.data.length === 0 ? null : (
        <ul className="transfers">
          {pending.data.map((request) => (
            <TransferRow key={request.id} request={request} onDecided={reload} />
          ))}
        </ul>
      )}
    </main>
  );
}
