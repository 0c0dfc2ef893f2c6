import type { SessionStatusReply } from "@ipnuo/domain/session";
import type { ReactNode } from "react";
import type { LiveCode } from "../live/use-live-code.ts";
import { toQrPath } from "./qr-path.ts";

type Props = {
  readonly status: SessionStatusReply | undefined;
  /** The one that an event has just brought: newer than the answer. */
  readonly code: LiveCode | undefined;
};

/** What a phone needs while the session waits for one. */
export function Pairing({ status, code }: Props): ReactNode {
  if (code === undefined && status?.status === "CONNECTING")
    return <p className="banner">Connecting. A QR code shows here when a phone has to be paired.</p>;
  const { qr, pairingCode } = code ?? { qr: status?.qr ?? null, pairingCode: status?.pairingCode ?? null };
  if (code === undefined && status?.status !== "QR_REQUIRED") return null;
  return (
    <div className="pairing" data-testid="pairing">
      {qr === null ? null : <QrPicture text={qr} />}
      <div className="pairing-text">
        <h3>{pairingCode === null ? "Pair a phone" : "Pair a phone by code"}</h3>
        {pairingCode === null ? null : <p className="pairing-code">{pairingCode}</p>}
        {qr === null && pairingCode === null ? (
          <p>The last QR code is too old to be scanned. A new one shows here as soon as there is one.</p>
        ) : (
          <ol className="steps">
            <li>Open WhatsApp on the phone</li>
            <li>Choose Linked devices, then Link a device</li>
            <li>{qr === null ? "Choose Link with phone number and type the code" : "Point the camera at this picture"}</li>
          </ol>
        )}
      </div>
    </div>
  );
}

function QrPicture({ text }: { readonly text: string }): ReactNode {
  const { path, size } = toQrPath(text);
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label="QR code" data-testid="qr" shapeRendering="crispEdges">
      <path d={path} />
    </svg>
  );
}
