"use client";

import { useRef, useState, type FormEvent, type KeyboardEvent, type ReactNode } from "react";
import { sendMedia, sendText } from "./api.ts";
import { formatBytes } from "./format.ts";
import { Problem } from "./problem.tsx";
import { useAction } from "./use-action.ts";

const MAX_CAPTION = 1_024;
const MAX_TEXT = 65_536;

type Props = { readonly sessionId: string; readonly jid: string; readonly onSent: () => void };

/** Writes to a chat. What could not be sent stays where it is, and goes out once however often it is tried. */
export function Composer({ sessionId, jid, onSent }: Props): ReactNode {
  const [text, setText] = useState("");
  const [file, setFile] = useState<File>();
  const [asDocument, setAsDocument] = useState(false);
  const key = useRef<string>(undefined);
  const chooser = useRef<HTMLInputElement>(null);
  const { run, isBusy, error } = useAction();
  const isEmpty = file === undefined && text.trim() === "";
  /** Another text or file is another send. */
  const edit = (change: () => void): void => {
    key.current = undefined;
    change();
  };
  const chooseFile = (chosen: File | undefined): void =>
    edit(() => {
      setFile(chosen);
      if (chosen === undefined && chooser.current !== null) chooser.current.value = "";
    });

  const send = async (): Promise<void> => {
    if (isEmpty || isBusy) return;
    key.current ??= newKey();
    const currentKey = key.current;
    const outgoing = { sessionId, toJid: jid, content: text };
    const isSent = await run(() =>
      file === undefined ? sendText(outgoing, currentKey) : sendMedia(outgoing, file, { key: currentKey, asDocument }),
    );
    if (!isSent) return;
    chooseFile(undefined);
    setText("");
    onSent();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void send();
  };
  const sendOnEnter = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };

  return (
    <form className="composer" data-testid="composer" onSubmit={submit}>
      <Problem error={error} />
      {file === undefined ? null : (
        <div className="attachment" data-testid="attachment">
          <span className="attachment-name">{file.name}</span>
          <span className="muted">{formatBytes(file.size)}</span>
          <label className="check">
            <input type="checkbox" checked={asDocument} onChange={(event) => edit(() => setAsDocument(event.target.checked))} /> As a document
          </label>
          <span className="spacer" />
          <button type="button" className="link" onClick={() => chooseFile(undefined)}>
            Remove
          </button>
        </div>
      )}
      <div className="composer-row">
        <label className="button attach">
          Attach
          <input ref={chooser} type="file" aria-label="Attach a file" onChange={(event) => chooseFile(event.target.files?.[0])} />
        </label>
        <textarea
          rows={1}
          value={text}
          maxLength={file === undefined ? MAX_TEXT : MAX_CAPTION}
          placeholder={file === undefined ? "Write a message" : "Add a caption"}
          aria-label="Message"
          onChange={(event) => edit(() => setText(event.target.value))}
          onKeyDown={sendOnEnter}
        />
        <button type="submit" className="button button-main" disabled={isEmpty || isBusy}>
          {isBusy ? "Sending…" : "Send"}
        </button>
      </div>
    </form>
  );
}

/** `crypto.randomUUID` exists on https and localhost only; an admin page may be neither. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
