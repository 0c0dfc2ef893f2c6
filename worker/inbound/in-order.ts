import type { BinaryNode, WASocket } from "@whiskeysockets/baileys";

type Handle = (stanza: BinaryNode) => unknown;

export type InOrder = {
  /** Resolves when the stanza in hand is done with. */
  readonly settled: () => Promise<void>;
  /** Begins no further stanza: what was not begun was not acknowledged, and comes again. */
  readonly stop: () => void;
};

const MESSAGE = "CB:message";

/**
 * Has the client library handle one message stanza after the other.
 *
 * By itself it handles them side by side until each is decrypted: the first message of a person whose two addresses it has to learn is
 * overtaken by the second (seen: a burst of five arriving as 2, 3, 1, 4, 5), and what waited while we were away by what is written now.
 * To be called before anything else listens to the socket's stanzas.
 */
export function handleInOrder({ ws }: WASocket): InOrder {
  const handlers = ws.listeners(MESSAGE) as Handle[];
  let last: Promise<void> = Promise.resolve();
  let isStopped = false;
  const handle = async (stanza: BinaryNode): Promise<void> => {
    if (isStopped) return;
    for (const handler of handlers) await handler(stanza);
  };
  const inTurn = async (before: Promise<void>, stanza: BinaryNode): Promise<void> => {
    await before;
    // What a handler throws it has told already: it is no reason to keep the next one waiting.
    await handle(stanza).catch(() => {});
  };
  const queue = (stanza: BinaryNode): void => {
    last = inTurn(last, toLive(stanza));
  };
  for (const handler of handlers) ws.off(MESSAGE, handler as (...given: unknown[]) => void);
  ws.on(MESSAGE, queue);
  return { settled: () => last, stop: () => void (isStopped = true) };
}

/** The library has a queue of its own for what waited, beside which new stanzas pass: there is one for all here. Its content stays the same object. */
function toLive(stanza: BinaryNode): BinaryNode {
  const { offline: _, ...attrs } = stanza.attrs;
  return { ...stanza, attrs };
}
