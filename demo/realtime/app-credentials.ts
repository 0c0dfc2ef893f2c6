/** One application of the broker: who publishes to it and who subscribes share these. */
export type AppCredentials = { readonly id: string; readonly key: string; readonly secret: string };

const FORM = /^([^:,\s]+):([^:,\s]+):([^:,\s]+)$/;

/** `APP_ID:KEY:SECRET`; undefined when the text is something else. */
export function parseAppCredentials(text: string): AppCredentials | undefined {
  const [, id, key, secret] = FORM.exec(text) ?? [];
  return id === undefined || key === undefined || secret === undefined ? undefined : { id, key, secret };
}
