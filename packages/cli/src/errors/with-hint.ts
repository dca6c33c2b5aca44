/** What is wrong and what to do, in one line. */
export function withHint({ message, hint }: Error & { hint?: string }): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}
