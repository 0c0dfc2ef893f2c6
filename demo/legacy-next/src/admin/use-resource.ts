"use client";

import { useEffect, useMemo, useState } from "react";
import { sentenceOf } from "./api-client.ts";

export type Resource<T> = { readonly data: T | undefined; readonly error: string | undefined };

export type ResourceOptions<T> = {
  /** What is loaded; undefined loads nothing. Data of one key is never shown for another. */
  readonly key: string | undefined;
  /** Stable between renders (module function or useCallback). */
  readonly load: (signal: AbortSignal) => Promise<T>;
  /** Loads again that long after each answer. */
  readonly everyMs?: number;
  /** Loads again when it changes; the old data stays until the new is there. */
  readonly revision?: string | number | undefined;
};

type Loaded<T> = Resource<T> & { readonly key: string | undefined };

const NOTHING: Resource<never> = { data: undefined, error: undefined };

/** Loads from the API, once or again and again. An error leaves the last data where it is. */
export function useResource<T>({ key, load, everyMs, revision }: ResourceOptions<T>): Resource<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ ...NOTHING, key: undefined });

  // A new object for a new revision: that is what starts the loading again.
  const request = useMemo(() => ({ key, load, revision }), [key, load, revision]);

  useEffect(() => {
    const { key: wanted, load: loadWanted } = request;
    if (wanted === undefined) return undefined;
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = async (): Promise<void> => {
      try {
        const data = await loadWanted(controller.signal);
        if (!controller.signal.aborted) setLoaded({ key: wanted, data, error: undefined });
      } catch (error) {
        if (!controller.signal.aborted)
          setLoaded((last) => ({ key: wanted, data: last.key === wanted ? last.data : undefined, error: sentenceOf(error) }));
      }
      if (!controller.signal.aborted && everyMs !== undefined) timer = setTimeout(() => void run(), everyMs);
    };
    void run();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [request, everyMs]);

  return loaded.key === key ? loaded : NOTHING;
}
