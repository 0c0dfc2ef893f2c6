import type { FormDescription } from "./send-form.ts";
import type { ReadSend } from "./send-types.ts";

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;

/**
 * What a dry run is told of a send (contract 4.4): its fields, and of a file what it is. undefined: there are no fields to look
 * at, as in a body of another type or encoding, which is refused for that.
 */
export function describeSend({ body, headers }: Pick<ReadSend, "body" | "headers">, form: FormDescription | undefined): FormDescription | undefined {
  if (body.kind === "form") return form;
  const [, type = ""] = headers.find(([name]) => name.toLowerCase() === "content-type") ?? [];
  if (!JSON_TYPE.test(type.trim())) return undefined;
  try {
    const fields = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body.bytes)) as unknown;
    return typeof fields === "object" && fields !== null && !Array.isArray(fields) ? { body: { ...fields } } : undefined;
  } catch {
    return undefined;
  }
}
