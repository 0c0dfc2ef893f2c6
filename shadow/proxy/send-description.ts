import type { FormDescription } from "./send-form.ts";
import type { ReadSend } from "./send-types.ts";

/** What a dry run is told of a send (contract 4.4): its fields, and of a file what it is. undefined: there are no fields to look at. */
export function describeSend({ body }: ReadSend, form: FormDescription | undefined): FormDescription | undefined {
  if (body.kind === "form") return form;
  try {
    const fields = JSON.parse(body.bytes.toString("utf8")) as unknown;
    return typeof fields === "object" && fields !== null && !Array.isArray(fields) ? { body: { ...fields } } : undefined;
  } catch {
    return undefined;
  }
}
