/** A line for the person, or the program, that ran the verb. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
