"use client";

import { useCallback, useState } from "react";
import { sentenceOf } from "./api-client.ts";

export type Action = {
  readonly isBusy: boolean;
  readonly error: string | undefined;
  /** True when it worked. A second call while one runs does nothing. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
};

/** One change at a time, its error in a sentence until the next try. */
export function useAction(onDone?: () => void): Action {
  const [state, setState] = useState<{ isBusy: boolean; error: string | undefined }>({ isBusy: false, error: undefined });
  const { isBusy } = state;
  const run = useCallback(
    async (work: () => Promise<unknown>): Promise<boolean> => {
      if (isBusy) return false;
      setState({ isBusy: true, error: undefined });
      try {
        await work();
        setState({ isBusy: false, error: undefined });
        onDone?.();
        return true;
      } catch (error) {
        setState({ isBusy: false, error: sentenceOf(error) });
        return false;
      }
    },
    [isBusy, onDone],
  );
  return { ...state, run };
}
