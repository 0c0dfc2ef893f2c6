export type PathParameters = Readonly<Record<string, string>>;

const PATH_ID = /^[A-Za-z0-9_.@:+-]{1,128}$/;

/**
 * The parameters of a path that has the form of `template` (`/contacts/:contactId/assign`), undefined for another path.
 * Values are decoded once; one that cannot be an id becomes `""`, which no row has: unknown, like any other id nobody knows.
 */
export function matchPath(template: string, path: string): PathParameters | undefined {
  const expected = template.split("/");
  const actual = path.split("/");
  if (expected.length !== actual.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const text = actual[index] ?? "";
    if (part.startsWith(":") && text !== "") parameters[part.slice(1)] = toId(text);
    else if (part !== text) return undefined;
  }
  return parameters;
}

function toId(text: string): string {
  try {
    const id = decodeURIComponent(text);
    return PATH_ID.test(id) ? id : "";
  } catch {
    return "";
  }
}
