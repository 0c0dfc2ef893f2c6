import type { SessionStatusReply } from "@ipnuo/domain/session";
import type { ReactNode } from "react";
import { SOCKET_LABELS } from "./session-labels.ts";

type Props = { readonly status: SessionStatusReply | undefined };

/** The live state of the chosen session. */
export function SocketState({ status }: Props): ReactNode {
  return (
    <span className="pane-sub" data-testid="socket-status">
      {status === undefined ? "" : SOCKET_LABELS[status.socketStatus]}
    </span>
  );
}

/** What a phone needs while the session waits for one. */
export function PairingCodes({ status }: Props): ReactNode {
  return (
    <>
      {status?.pairingCode ? <Code label="Pairing code" text={status.pairingCode} /> : null}
      {status?.qr ? <Code label="QR text" text={status.qr} /> : null}
    </>
  );
}

function Code({ label, text }: { readonly label: string; readonly text: string }): ReactNode {
  return (
    <div className="code-box" data-testid="pairing">
      <span className="code-label">{label}</span>
      <code>{text}</code>
    </div>
  );
}
