/** How far a part of a step is, such as one layer of a pull. */
export interface PartProgress {
  /** Bytes. */
  current?: number;
  /** Bytes; absent while it is not known. */
  total?: number;
  done?: boolean;
}

/**
 * Receives what an action does, as it happens. A call without `part` begins the next step, which ends the one
 * before it; a call with it tells how far the part named `text` is.
 */
export type StepProgress = (text: string, part?: PartProgress) => void;
