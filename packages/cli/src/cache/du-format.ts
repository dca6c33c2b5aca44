import { TsbxError } from "@tsbx/core/errors";

const TABLE = "table {{.ID}}\\t{{.Reclaimable}}\\t{{.Size}}\\t{{.LastUsedAt}}";
const PRETTY = `ID:           {{.ID}}
{{- with .Parents}}
Parents:
{{- range .}}
 - {{.}}
{{- end}}
{{- end}}
Created at:   {{.CreatedAt}}
Mutable:      {{.Mutable}}
Reclaimable:  {{.Reclaimable}}
Shared:       {{.Shared}}
Size:         {{.Size}}
{{- with .Description}}
Description:  {{.}}
{{- end}}
Usage count:  {{.UsageCount}}
{{- with .LastUsedAt}}
Last used:    {{.}}
{{- end}}
{{- with .Type}}
Type:         {{.}}
{{- end}}
`;

const BUILT_IN: ReadonlyMap<string, string> = new Map([
  ["", TABLE],
  ["table", TABLE],
  ["pretty", PRETTY],
]);

/** How `tsbx du` shows the records. */
export interface DuFormat {
  /** As for `--format`. */
  format: string;
  /** Whether sums stand behind the records: behind those formats that are for people. */
  sums: boolean;
}

/** @throws TsbxError `INVALID_FLAG` */
export function duFormat({
  format = "",
  verbose,
}: {
  format?: string | undefined;
  verbose: boolean;
}): DuFormat {
  if (format !== "" && verbose) {
    throw new TsbxError("INVALID_FLAG", "--format and --verbose cannot be used together", {
      hint: "--verbose is --format=pretty.",
    });
  }
  const builtIn = BUILT_IN.get(verbose ? "pretty" : format);
  return { format: builtIn ?? format, sums: builtIn !== undefined };
}
