/** Query parameters by name: of a repeated key the first value counts, an empty one counts as absent (contract 1.1). */
export function parseQueryString(text: string): Record<string, string> {
  const first = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) if (!first.has(name)) first.set(name, value);
  return Object.fromEntries([...first].filter(([, value]) => value !== ""));
}
