import type { Op } from "../gen/llb.ts";

/** What an operation reads of one of its inputs, by the input's index. */
interface InputPaths {
  input: number;
  path: string;
  include: readonly string[];
  exclude: readonly string[];
}

/** What an operation copies out of its inputs, or mounts of them. */
export function localPaths({ exec, file }: Op): InputPaths[] {
  const mounts = (exec?.mounts ?? []).map(({ input, selector }) => ({
    input: Number(input),
    path: selector || "/",
    include: [],
    exclude: [],
  }));
  const copies = (file?.actions ?? []).flatMap(({ copy, secondaryInput }) =>
    copy
      ? [
          {
            input: Number(secondaryInput),
            path: copy.src,
            include: copy.includePatterns,
            exclude: copy.excludePatterns,
          },
        ]
      : [],
  );
  return [...mounts, ...copies].filter(({ input }) => input >= 0);
}
