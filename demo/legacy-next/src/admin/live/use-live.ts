"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { POLL_MS } from "../poll.ts";
import type { LiveEvent } from "./live-event.ts";
import { useLiveConnection } from "./live-provider.tsx";

/** While news comes by itself, asking is only the net under it. */
const NET_POLL_MS = 15_000;
/** The first of a burst shows at once, the rest together. */
const BURST_MS = 300;

export type Live = {
  /** Another one whenever something of interest happened, or may have. */
  readonly revision: number;
  /** How often to ask all the same. */
  readonly everyMs: number;
};

/** When to ask again, by the events of some channels. `isAbout` says which of them matter. */
export function useLive(channels: readonly string[], isAbout: (event: LiveEvent) => boolean): Live {
  const [revision, setRevision] = useState(0);
  const names = channels.join(" ");
  const [ready, setReady] = useState<ReadonlySet<string>>(new Set());
  const connection = useLiveConnection();
  const matters = useEffectEvent(isAbout);

  useEffect(() => {
    if (connection === undefined || names === "") return undefined;
    const burst = createBurst(() => setRevision((last) => last + 1));
    const stops = names.split(" ").map((name) =>
      connection.listen(name, {
        onEvent: (event) => {
          if (matters(event)) burst.touch();
        },
        onReady: () => {
          setReady((last) => new Set([...last, name]));
          burst.touch();
        },
        onLost: () => setReady((last) => new Set([...last].filter((each) => each !== name))),
      }),
    );
    return () => {
      burst.stop();
      for (const stop of stops) stop();
      setReady(new Set());
    };
  }, [connection, names]);

  const isLive = channels.length > 0 && channels.every((name) => ready.has(name));
  return { revision, everyMs: isLive ? NET_POLL_MS : POLL_MS };
}

/** Hears the events of one channel, each once. */
export function useLiveEvents(channel: string, onEvent: (event: LiveEvent) => void): void {
  const connection = useLiveConnection();
  const hear = useEffectEvent(onEvent);
  useEffect(
    () => connection?.listen(channel, { onEvent: (event) => hear(event), onReady: () => undefined, onLost: () => undefined }),
    [connection, channel],
  );
}

function createBurst(fire: () => void): { readonly touch: () => void; readonly stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDue = false;
  const touch = (): void => {
    if (timer !== undefined) {
      isDue = true;
      return;
    }
    fire();
    timer = setTimeout(() => {
      timer = undefined;
      if (!isDue) return;
      isDue = false;
      touch();
    }, BURST_MS);
  };
  return { touch, stop: () => clearTimeout(timer) };
}
