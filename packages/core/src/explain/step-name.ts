/** What the name of a Dockerfile's step says: `[linux/amd64 build 2/5] RUN make`. */
export interface StepName {
  /** Platform and stage. */
  stage: string;
  /** The step's number in its stage; 0 when it has none. */
  index: number;
  text: string;
}

export function parseStepName(name: string): StepName {
  const [, label = "", text = name] = /^\[([^\]]*)\] (.*)$/s.exec(name) ?? [];
  const [, stage = label, index = "0"] = /^(?:(.*) )?(\d+)\/\d+$/.exec(label) ?? [];
  return { stage: stage ?? "", index: Number(index), text };
}
