import { INTERACTION_TYPES, NEGATIVE_WORDS, POSITIVE_WORDS, STOP_WORDS } from "./preview-words.ts";

/** A message that has content. */
export type PreviewMessage = { readonly fromMe: boolean; readonly content: string };

export type SummaryPreview = {
  readonly summary: string;
  readonly topics: readonly string[];
  readonly interactionType: string;
  readonly sentiment: "positive" | "negative" | "neutral";
};

const NOTHING_SAID: SummaryPreview = { summary: "Sin resumen generado.", topics: [], interactionType: "Otro", sentiment: "neutral" };

const MIN_WORD_CODE_POINTS = 4;
const MAX_TOPICS = 5;
const MAX_LINES = 3;
const MAX_LINE_CODE_POINTS = 160;

type Read = PreviewMessage & { readonly tokens: readonly string[]; readonly words: ReadonlySet<string> };

/** What a conversation was about. `messages` oldest first; the same messages always give the same answer. */
export function summarize(messages: readonly PreviewMessage[]): SummaryPreview {
  if (messages.length === 0) return NOTHING_SAID;
  const read = messages.map(readMessage);
  const frequencies = countMessagesPerWord(read);
  return {
    summary: bestLines(read, frequencies).join("\n"),
    topics: topWords(frequencies),
    interactionType: interactionTypeOf(read),
    sentiment: sentimentOf(read.filter(({ fromMe }) => !fromMe)),
  };
}

function readMessage(message: PreviewMessage): Read {
  const tokens = tokensOf(message.content);
  return { ...message, tokens, words: new Set(tokens.filter(isWord)) };
}

export function tokensOf(content: string): string[] {
  const plain = content.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter((token) => token !== "");
}

function isWord(token: string): boolean {
  return Array.from(token).length >= MIN_WORD_CODE_POINTS && !/^\p{Nd}+$/u.test(token) && !STOP_WORDS.has(token);
}

type Frequencies = ReadonlyMap<string, number>;

function countMessagesPerWord(messages: readonly Read[]): Frequencies {
  const counts = new Map<string, number>();
  for (const { words } of messages) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function topWords(frequencies: Frequencies): string[] {
  return [...frequencies]
    .sort(([wordA, a], [wordB, b]) => b - a || compareCodePoints(wordA, wordB))
    .slice(0, MAX_TOPICS)
    .map(([word]) => word);
}

/** Not `<`: it compares UTF-16 units and puts U+1F600 before U+FF00. */
function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)); // UTF-8 keeps the order of code points
}

function bestLines(messages: readonly Read[], frequencies: Frequencies): string[] {
  const scoreOf = ({ words }: Read): number => [...words].reduce((sum, word) => sum + (frequencies.get(word) ?? 0), 0);
  return messages
    .map((message, index) => ({ message, index, score: scoreOf(message) }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, MAX_LINES)
    .sort((a, b) => a.index - b.index)
    .map(({ message }) => `${message.fromMe ? "Agente" : "Cliente"}: ${shorten(message.content)}`);
}

function shorten(content: string): string {
  const points = Array.from(content.replaceAll(/\s+/g, " ").trim());
  return points.length > MAX_LINE_CODE_POINTS ? `${points.slice(0, MAX_LINE_CODE_POINTS).join("")}…` : points.join("");
}

function interactionTypeOf(messages: readonly Read[]): string {
  const tokens = new Set(messages.flatMap((message) => message.tokens));
  const named = INTERACTION_TYPES.find(({ words }) => [...words].some((word) => tokens.has(word)));
  if (named !== undefined) return named.name;
  return messages.some(({ fromMe, content }) => !fromMe && content.includes("?")) ? "Consulta" : "Otro";
}

function sentimentOf(incoming: readonly Read[]): SummaryPreview["sentiment"] {
  const tokens = incoming.flatMap((message) => message.tokens);
  const count = (words: ReadonlySet<string>): number => tokens.filter((token) => words.has(token)).length;
  const balance = count(POSITIVE_WORDS) - count(NEGATIVE_WORDS);
  if (balance === 0) return "neutral";
  return balance > 0 ? "positive" : "negative";
}
