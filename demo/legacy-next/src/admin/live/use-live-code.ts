"use client";

import { useEffect, useState } from "react";
import { sessionChannel } from "./channels.ts";
import type { LiveEvent } from "./live-event.ts";
import { useLiveEvents } from "./use-live.ts";

/** A phone takes a code for about that long. */
const CODE_LIFETIME_MS = 60_000;

export type LiveCode = { readonly qr: string | null; readonly pairingCode: string | null };

/** The newest code of a session, as long as it can be used: from the event that brings it until the phone is there. */
export function useLiveCode(sessionId: string): LiveCode | undefined {
  const [code, setCode] = useState<LiveCode>();
  useLiveEvents(sessionChannel(sessionId), (event) => {
    if (event.event === "connection.update" && event.data["status"] !== "qr_required") setCode(undefined);
    else setCode((last) => codeOf(event) ?? last);
  });
  useEffect(() => {
    if (code === undefined) return undefined;
    const timer = setTimeout(() => setCode(undefined), CODE_LIFETIME_MS);
    return () => clearTimeout(timer);
  }, [code]);
  return code;
}

function codeOf({ event, data }: LiveEvent): LiveCode | undefined {
  if (event === "qr.code" && typeof data["qr"] === "string") return { qr: data["qr"], pairingCode: null };
  if (event === "pairing.code" && typeof data["code"] === "string") return { qr: null, pairingCode: data["code"] };
  return undefined;
}
