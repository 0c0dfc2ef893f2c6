"use client";

import { useSearchParams } from "next/navigation";
import { useCallback } from "react";

export type Selection = {
  readonly sessionId: string | null;
  readonly contactId: string | null;
  readonly selectSession: (sessionId: string) => void;
  readonly selectContact: (sessionId: string, contactId: string) => void;
};

/** The chosen session and contact live in the address: a reload, a link and the back button keep them. */
export function useSelection(): Selection {
  const parameters = useSearchParams();
  const select = useCallback((chosen: Record<string, string>) => {
    window.history.pushState(null, "", `?${new URLSearchParams(chosen).toString()}`);
  }, []);
  return {
    sessionId: parameters.get("session"),
    contactId: parameters.get("contact"),
    selectSession: (session) => select({ session }),
    selectContact: (session, contact) => select({ session, contact }),
  };
}
