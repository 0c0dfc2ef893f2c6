import type { BinaryNode, WASocket } from "@whiskeysockets/baileys";

export type InOrder = {
  /** Resolves when the stanza in hand is done with. */
  readonly settled: () => Promise<void>;
  /** Begins no further stanza: what was not begun was not acknowledged, and comes again. */
  readonly stop: () => void;
};

type Handle = (stanza: BinaryNode) => unknown;
type Listener = (...given: unknown[]) => void;

const MESSAGE = "CB:message";
const RECEIPT = "CB:receipt";

/**
 * Has the client library handle one message stanza after the other, and each receipt after the messages before it.
 *
 * By itself it handles them side by side until each is decrypted: the first message of a person whose two addresses it has to learn is
 * overtaken by the second (seen: a burst of five arriving as 2, 3, 1, 4, 5), and what waited while we were away by what is written now.
 * And it acknowledges a receipt before it tells anybody of it: `keepReceipt` keeps it before the library hears of it.
 * To be called before anything else listens to the socket's stanzas.
 */
export function handleInOrder({ ws }: WASocket, keepReceipt: (stanza: BinaryNode) => Promise<void>): InOrder {
  let last: Promise<void> = Promise.resolve();
  let isStopped = false;
  const inTurn = async (before: Promise<void>, work: () => Promise<void>): Promise<void> => {
    await before;
    // What a handler throws it has told already: it is no reason to keep the next one waiting.
    if (!isStopped) await work().catch(() => {});
  };
  const interpose = (event: string, handle: (stanza: BinaryNode, handlers: readonly Handle[]) => Promise<void>): void => {
    const handlers = ws.listeners(event) as Handle[];
    for (const handler of handlers) ws.off(event, handler as Listener);
    ws.on(event, (stanza: BinaryNode) => {
      last = inTurn(last, () => handle(stanza, handlers));
    });
  };
  interpose(MESSAGE, async (stanza, handlers) => {
    const live = toLive(stanza);
    for (const handler of handlers) await handler(live);
  });
  interpose(RECEIPT, async (stanza, handlers) => {
    await keepReceipt(stanza);
    // A request to send again waits for answers of WhatsApp: messages do not wait for it.
    for (const handler of handlers) void handler(stanza);
  });
  return { settled: () => last, stop: () => void (isStopped = true) };
}

/** The library has a queue of its own for what waited, beside which new stanzas pass: there is one for all here. Its content stays the same object. */
function toLive(stanza: BinaryNode): BinaryNode {
  const { offline: _, ...attrs } = stanza.attrs;
  return { ...stanza, attrs };
}
