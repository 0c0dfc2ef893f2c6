"use client";

import { useEffect, useRef, type RefObject } from "react";

/** A modal dialog that is open for as long as it is rendered: the browser keeps the focus inside, Escape closes. */
export function useDialog(): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return dialog;
}
