"use client";

import type { Message } from "@ipnuo/domain/message";
import { useEffect, useState, type ReactNode } from "react";
import { mediaAddress, readFile, sentenceOf } from "./api-client.ts";

type Props = { readonly message: Message };
type Shown = { readonly url: string } | { readonly error: string } | "loading" | undefined;

/** A stored file, fetched when somebody wants to see it: a long thread holds hundreds. */
export function Media({ message }: Props): ReactNode {
  const { mediaUrl, messageType } = message;
  const [shown, setShown] = useState<Shown>();
  const url = typeof shown === "object" && "url" in shown ? shown.url : undefined;
  useEffect(() => () => (url === undefined ? undefined : URL.revokeObjectURL(url)), [url]);
  if (mediaUrl === null) return null;
  if (!isShown(messageType)) {
    return (
      <a className="link" href={`${mediaAddress(mediaUrl)}?download=1`}>
        Download
      </a>
    );
  }
  const load = async (): Promise<void> => {
    setShown("loading");
    try {
      setShown({ url: URL.createObjectURL(await readFile(mediaUrl, new AbortController().signal)) });
    } catch (error) {
      setShown({ error: sentenceOf(error) });
    }
  };
  if (url !== undefined) return <File url={url} message={message} />;
  if (typeof shown === "object" && "error" in shown) {
    return (
      <span className="message-error" role="alert">
        {shown.error}
      </span>
    );
  }
  return (
    <button type="button" className="link" disabled={shown === "loading"} onClick={() => void load()}>
      {shown === "loading" ? "Loading…" : "Show"}
    </button>
  );
}

const isShown = (type: Message["messageType"]): boolean => type === "IMAGE" || type === "STICKER" || type === "VIDEO" || type === "AUDIO";

function File({ url, message: { messageType, content } }: { readonly url: string; readonly message: Message }): ReactNode {
  if (messageType === "AUDIO") return <audio className="file" src={url} controls />;
  if (messageType === "VIDEO") return <video className="file" src={url} controls />;
  // A picture out of memory: there is nothing for Next to optimise.
  // oxlint-disable-next-line nextjs/no-img-element
  return <img className="file" src={url} alt={content ?? ""} />;
}
