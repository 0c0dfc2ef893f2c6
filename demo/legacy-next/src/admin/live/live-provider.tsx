"use client";

import { createContext, use, useEffect, useMemo, useState, type ReactNode } from "react";
import { authorizeLiveChannel, fetchRealtimeConfig } from "../api.ts";
import { openLiveConnection, type LiveConnection } from "./live-connection.ts";

/** How long until somebody asks again whether there is a broker. */
const RETRY_MS = 30_000;

type Live = {
  readonly connection: LiveConnection | undefined;
  readonly isLive: boolean;
};

const LiveContext = createContext<Live>({ connection: undefined, isLive: false });

/** One connection to the broker for all that the page shows. Where there is no broker, the page lives by asking. */
export function LiveProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [connection, setConnection] = useState<LiveConnection>();
  const [isLive, setIsLive] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let opened: LiveConnection | undefined;
    const connect = async (): Promise<void> => {
      try {
        const { config } = await fetchRealtimeConfig(controller.signal);
        if (controller.signal.aborted) return;
        if (config !== null) {
          opened = await openLiveConnection({ config, authorize: authorizeLiveChannel, onLive: setIsLive });
          // oxlint-disable-next-line typescript/no-unnecessary-condition -- aborted while the library was loading
          if (controller.signal.aborted) opened.close();
          else setConnection(opened);
          return;
        }
      } catch {
        // Asking goes on as without a broker; what is wrong with the API shows where its data would.
      }
      if (!controller.signal.aborted) timer = setTimeout(() => void connect(), RETRY_MS);
    };
    void connect();
    return () => {
      controller.abort();
      clearTimeout(timer);
      opened?.close();
      setConnection(undefined);
      setIsLive(false);
    };
  }, []);
  const live = useMemo(() => ({ connection, isLive }), [connection, isLive]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

export const useLiveConnection = (): LiveConnection | undefined => use(LiveContext).connection;

/** Whether news comes by itself. */
export function LiveMark(): ReactNode {
  const { isLive } = use(LiveContext);
  return (
    <span className={isLive ? "live live-on" : "live"} data-testid="live" title={isLive ? "News shows at once" : "News shows within seconds"}>
      {isLive ? "Live" : "Polling"}
    </span>
  );
}
