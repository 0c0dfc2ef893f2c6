"use client";

import type { Session } from "@ipnuo/domain/session";
import { useState, type ReactNode } from "react";
import { connectSession, deleteSession, disconnectSession } from "../api.ts";
import { Problem } from "../problem.tsx";
import { useAction } from "../use-action.ts";
import { useDialog } from "../use-dialog.ts";

type Props = { readonly session: Session; readonly onChange: () => void };

export function SessionActions({ session: { sessionId, name, status }, onChange }: Props): ReactNode {
  const { run, isBusy, error } = useAction(onChange);
  const [isDeleting, setIsDeleting] = useState(false);
  const isStopped = status === "DISCONNECTED" || status === "ERROR";
  return (
    <>
      <Problem error={error} />
      {isStopped ? (
        <button type="button" className="button button-main" disabled={isBusy} onClick={() => void run(() => connectSession(sessionId))}>
          Connect
        </button>
      ) : (
        <button type="button" className="button" disabled={isBusy} onClick={() => void run(() => disconnectSession(sessionId))}>
          Disconnect
        </button>
      )}
      <button type="button" className="button button-bad" disabled={isBusy} onClick={() => setIsDeleting(true)}>
        Delete…
      </button>
      {isDeleting ? <DeleteDialog sessionId={sessionId} title={name ?? sessionId} onClose={() => setIsDeleting(false)} onDeleted={onChange} /> : null}
    </>
  );
}

type DeleteProps = { readonly sessionId: string; readonly title: string; readonly onClose: () => void; readonly onDeleted: () => void };

function DeleteDialog({ sessionId, title, onClose, onDeleted }: DeleteProps): ReactNode {
  const dialog = useDialog();
  const { run, isBusy, error } = useAction(() => {
    onClose();
    onDeleted();
  });
  return (
    <dialog ref={dialog} className="dialog" onClose={onClose} aria-labelledby="delete-title" data-testid="delete-dialog">
      <h2 id="delete-title">Delete {title}?</h2>
      <p>Its messages, media and credentials are deleted with it, and what is still to be sent is never sent. Contacts stay.</p>
      <Problem error={error} />
      <div className="dialog-foot">
        <button type="button" className="button" onClick={onClose}>
          Keep
        </button>
        <button type="button" className="button button-bad" disabled={isBusy} onClick={() => void run(() => deleteSession(sessionId))}>
          Delete session
        </button>
      </div>
    </dialog>
  );
}
