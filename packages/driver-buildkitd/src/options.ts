import type { OptionSchema } from "@tsbx/core/driver";

export const options = {
  binary: { type: "path", doc: "The buildkitd to run. Default: TSBX_BUILDKITD, then buildkitd on the PATH." },
  runc: {
    type: "path",
    doc: "The runc it starts containers with. Default: buildkit-runc or runc beside buildkitd, then on the PATH.",
  },
  rootlesskit: {
    type: "path",
    doc: "The rootlesskit to run it under without root. Default: beside buildkitd, then on the PATH.",
  },
} as const satisfies OptionSchema;
