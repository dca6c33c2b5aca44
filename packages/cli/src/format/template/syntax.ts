/** A part of a template: text, an action, or a block. */
export type Part =
  | { kind: "text"; text: string }
  | { kind: "action"; pipeline: Pipeline }
  | { kind: "if" | "with"; pipeline: Pipeline; then: Part[]; otherwise: Part[] }
  | { kind: "range"; pipeline: Pipeline; then: Part[]; otherwise: Part[] }
  | { kind: "break" | "continue" };

/** Commands, each of which gets the value of the one before as its last argument. */
export interface Pipeline {
  at: number;
  /** Variables that get the value: one, or two of a `range`. */
  variables: string[];
  /** Whether the variables are there already (`=`) rather than new (`:=`). */
  assigns: boolean;
  commands: Command[];
}

/** A value, or a function with its arguments. */
export type Command = [Operand, ...Operand[]];

export type Operand = { at: number; fields: readonly string[] } & (
  | { kind: "dot" }
  | { kind: "variable"; name: string }
  | { kind: "function"; name: string }
  | { kind: "constant"; value: string | number | boolean | undefined }
  | { kind: "pipeline"; pipeline: Pipeline }
);
