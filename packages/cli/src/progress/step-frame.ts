/** What stands around the lines of a step that is in the foreground of a plain log. */
export interface StepFrame {
  /** Between the steps. */
  readonly separator: string;
  /** The lines before those of a step. */
  open(title: string): string;
  /** The lines before the step's own output, if there are any. */
  output(): string;
  /** The lines behind those of the step. */
  close(): string;
  /** Text that is not ours, such as a step's name, as it may be printed outside of the step's output. */
  clean(text: string): string;
}

/** Nothing but a header and an empty line. */
export const plainFrame: StepFrame = {
  separator: "\n",
  open: (title) => `${title}\n`,
  output: () => "",
  close: () => "",
  clean: (text) => text,
};
