"use client";

import type { Contact } from "@ipnuo/domain/contact";
import { useCallback, useState, type FormEvent, type ReactNode } from "react";
import { closeConversation, fetchPreview } from "./api.ts";
import { formText } from "./form-text.ts";
import { titleOf } from "./format.ts";
import { Problem } from "./problem.tsx";
import { useAction } from "./use-action.ts";
import { useDialog } from "./use-dialog.ts";
import { useResource } from "./use-resource.ts";

type Props = { readonly contact: Contact; readonly onClose: () => void; readonly onClosed: () => void };

/** What is kept of a conversation when it ends: one's own words, else the computed summary that is shown. */
export function CloseDialog({ contact, onClose, onClosed }: Props): ReactNode {
  const dialog = useDialog();
  const load = useCallback((signal: AbortSignal) => fetchPreview(contact.id, signal), [contact.id]);
  const preview = useResource({ key: contact.id, load });
  const [needsFollowUp, setNeedsFollowUp] = useState(false);
  const { run, isBusy, error } = useAction(() => {
    onClose();
    onClosed();
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const text = (name: string): string => formText(fields, name);
    const interactionType = text("interactionType") || preview.data?.interactionType;
    const followUpDate = needsFollowUp && text("followUpDate") !== "" ? text("followUpDate") : null;
    const closing = { annotation: text("annotation"), needsFollowUp, followUpDate };
    void run(() => closeConversation(contact.id, interactionType === undefined ? closing : { ...closing, interactionType }));
  };
  return (
    <dialog ref={dialog} className="dialog dialog-wide" onClose={onClose} aria-labelledby="close-title" data-testid="close-dialog">
      <form onSubmit={submit}>
        <h2 id="close-title">Close the conversation with {titleOf(contact)}</h2>
        <div className="summary" data-testid="preview">
          {preview.data === undefined ? (
            <p className="muted">{preview.error === undefined ? "Summarising…" : `No summary can be shown: ${preview.error}`}</p>
          ) : (
            <>
              <p className="summary-text">{preview.data.summary}</p>
              <p className="summary-foot">
                <span>Sentiment: {preview.data.sentiment}</span>
                {preview.data.topics.length === 0 ? null : <span>Topics: {preview.data.topics.join(", ")}</span>}
              </p>
            </>
          )}
        </div>
        <label className="field">
          <span>Your own summary</span>
          <textarea name="annotation" rows={3} maxLength={4_096} placeholder="Left empty, the summary above is kept" />
        </label>
        <label className="field">
          <span>Kind of conversation</span>
          <input name="interactionType" maxLength={64} placeholder={preview.data?.interactionType ?? ""} />
        </label>
        <div className="field-row">
          <label className="check">
            <input type="checkbox" checked={needsFollowUp} onChange={(event) => setNeedsFollowUp(event.target.checked)} /> Needs follow-up
          </label>
          {needsFollowUp ? <input type="date" name="followUpDate" aria-label="Follow-up date" /> : null}
        </div>
        <Problem error={error} />
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-main" disabled={isBusy}>
            Close conversation
          </button>
        </div>
      </form>
    </dialog>
  );
}
