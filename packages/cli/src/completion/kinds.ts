/** What a value can be, where its words depend on more than the flag. */
export type ValueKind =
  | "attestation"
  | "build-arg"
  | "build-context"
  | "builder"
  | "cache-from"
  | "cache-to"
  | "command"
  | "directory"
  | "driver"
  | "driver-option"
  | "file"
  | "node"
  | "output"
  | "platforms"
  | "policy"
  | "secret"
  | "ssh"
  | "stage"
  | "stages";

/** What a flag's value, an argument, or a field of one can be completed to: words, or what has to be looked up. */
export type Completion = ValueKind | readonly string[];

/** One way to complete a word. */
export interface Candidate {
  /** The whole word. */
  value: string;
  doc?: string;
  /** Whether more of the same word may follow. */
  open?: boolean;
}

/** Ways to complete a word; those of files are best left to the shell, which knows more of them. */
export interface Candidates {
  list: readonly Candidate[];
  native?: "files" | "directories";
}
