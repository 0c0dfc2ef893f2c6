"use client";

import { useEffect, useMemo, useRef, useState } from "react";
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
  const loader = useRef<Loader>(undefined);
  const request = useMemo(() => ({ key, load }), [key, load]);
  const pace = useMemo(() => ({ request, everyMs }), [request, everyMs]);
  // A new object for a new revision: that is what starts the loading again.
  const news = useMemo(() => ({ request, revision }), [request, revision]);

  useEffect(() => {
    const { key: wanted, load: loadWanted } = request;
    if (wanted === undefined) return undefined;
    const created = createLoader(async (signal) => {
      try {
        const data = await loadWanted(signal);
        if (!signal.aborted) setLoaded({ key: wanted, data, error: undefined });
      } catch (error) {
        if (!signal.aborted) setLoaded((last) => ({ key: wanted, data: last.key === wanted ? last.data : undefined, error: sentenceOf(error) }));
      }
    });
    loader.current = created;
    return () => {
      loader.current = undefined;
      created.stop();
    };
  }, [request]);

  // Effects run in the order they stand in: the loader of a new request is there by now.
  useEffect(() => {
    if (pace.request.key !== undefined) loader.current?.repeatEvery(pace.everyMs);
  }, [pace]);
  useEffect(() => {
    if (news.request.key !== undefined) loader.current?.loadNow();
  }, [news]);

  return loaded.key === key ? loaded : NOTHING;
}

type Loader = {
  /** Loads, or once more after what is under way: an answer that was asked for before a change may not know it. */
  readonly loadNow: () => void;
  readonly repeatEvery: (everyMs: number | undefined) => void;
  readonly stop: () => void;
};

/** One load at a time: news that comes faster than the API answers never keeps an answer from being shown. */
function createLoader(load: (signal: AbortSignal) => Promise<void>): Loader {
  const controller = new AbortController();
  let everyMs: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLoading = false;
  let isStale = false;
  const schedule = (): void => {
    clearTimeout(timer);
    if (everyMs !== undefined && !isLoading && !controller.signal.aborted) timer = setTimeout(loadNow, everyMs);
  };
  const loadNow = (): void => {
    clearTimeout(timer);
    if (isLoading) isStale = true;
    else void run();
  };
  const run = async (): Promise<void> => {
    isLoading = true;
    do {
      isStale = false;
      await load(controller.signal);
    } while (isStale && !controller.signal.aborted);
    isLoading = false;
    schedule();
  };
  return {
    loadNow,
    repeatEvery: (wanted) => {
      everyMs = wanted;
      schedule();
    },
    stop: () => {
      controller.abort();
      clearTimeout(timer);
    },
  };
}
