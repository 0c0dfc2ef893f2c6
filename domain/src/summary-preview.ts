import { INTERACTION_KINDS, isWord, NEGATIVE_TOKENS, POSITIVE_TOKENS, tokensOf } from "./summary-words.ts";

/** A message that says something, oldest first in a list of them. */
export type SaidMessage = { readonly fromMe: boolean; readonly content: string };

export type SummaryPreview = {
  readonly summary: string;
  readonly topics: string[];
  readonly interactionType: string;
  readonly sentiment: "positive" | "negative" | "neutral";
};

const TOPICS = 5;
const QUOTES = 3;
const MAX_QUOTE_LENGTH = 160;

type Read = SaidMessage & { readonly tokens: readonly string[]; readonly words: ReadonlySet<string> };

/** What a conversation was about (contract 3.5): local, deterministic, no model. */
export function previewSummary(messages: readonly SaidMessage[]): SummaryPreview {
  if (messages.length === 0) return { summary: "Sin resumen generado.", topics: [], interactionType: "Otro", sentiment: "neutral" };
  const read = messages.map(readMessage);
  const frequencies = frequenciesOf(read);
  return {
    summary: summarize(read, frequencies),
    topics: topicsOf(frequencies),
    interactionType: interactionTypeOf(read),
    sentiment: sentimentOf(read),
  };
}

function readMessage(message: SaidMessage): Read {
  const tokens = tokensOf(message.content);
  return { ...message, tokens, words: new Set(tokens.filter(isWord)) };
}

/** In how many messages each word occurs. */
function frequenciesOf(messages: readonly Read[]): ReadonlyMap<string, number> {
  const frequencies = new Map<string, number>();
  for (const { words } of messages) for (const word of words) frequencies.set(word, (frequencies.get(word) ?? 0) + 1);
  return frequencies;
}

function topicsOf(frequencies: ReadonlyMap<string, number>): string[] {
  return [...frequencies]
    .toSorted(([word, count], [otherWord, otherCount]) => otherCount - count || compareCodePoints(word, otherWord))
    .slice(0, TOPICS)
    .map(([word]) => word);
}

function summarize(messages: readonly Read[], frequencies: ReadonlyMap<string, number>): string {
  const scored = messages.map((message, index) => ({
    message,
    index,
    score: [...message.words].reduce((sum, word) => sum + (frequencies.get(word) ?? 0), 0),
  }));
  return scored
    .toSorted((one, other) => other.score - one.score || one.index - other.index)
    .slice(0, QUOTES)
    .toSorted((one, other) => one.index - other.index)
    .map(({ message }) => `${message.fromMe ? "Agente" : "Cliente"}: ${quote(message.content)}`)
    .join("\n");
}

function quote(content: string): string {
  const points = Array.from(content.replaceAll(/\s+/g, " ").trim());
  return points.length > MAX_QUOTE_LENGTH ? `${points.slice(0, MAX_QUOTE_LENGTH).join("")}…` : points.join("");
}

function interactionTypeOf(messages: readonly Read[]): string {
  const kind = INTERACTION_KINDS.find(([, tokens]) => messages.some((message) => message.tokens.some((token) => tokens.has(token))));
  if (kind !== undefined) return kind[0];
  return messages.some(({ fromMe, content }) => !fromMe && content.includes("?")) ? "Consulta" : "Otro";
}

function sentimentOf(messages: readonly Read[]): SummaryPreview["sentiment"] {
  const tokens = messages.filter(({ fromMe }) => !fromMe).flatMap((message) => message.tokens);
  const balance = tokens.reduce((sum, token) => sum + (POSITIVE_TOKENS.has(token) ? 1 : 0) - (NEGATIVE_TOKENS.has(token) ? 1 : 0), 0);
  return balance > 0 ? "positive" : balance < 0 ? "negative" : "neutral";
}

/** By code points: UTF-16 would put some letters of the higher planes before others of the first one. */
function compareCodePoints(one: string, other: string): number {
  const [left, right] = [Array.from(one), Array.from(other)];
  for (const [index, character] of left.entries()) {
    const difference = (character.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
