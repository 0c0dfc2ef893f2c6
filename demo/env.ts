/** What a child program needs of the surroundings: nothing that would configure it. */
const KEPT = ["PATH", "HOME", "TMPDIR", "LANG", "TZ", "NODE_OPTIONS"];

export function inheritedEnv(): Record<string, string> {
  return Object.fromEntries(KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}
