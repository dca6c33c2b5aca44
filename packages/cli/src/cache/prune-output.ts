import type { CacheRecord } from "@tsbx/core";
import { alignColumns } from "../format/align.ts";
import { humanSize } from "../format/human.ts";
import { cacheRecordFields } from "./record-fields.ts";

const HEADER = "ID\tRECLAIMABLE\tSIZE\tLAST ACCESSED\n";

/** Text for what a prune removes, record by record as it happens. */
export class PruneOutput {
  readonly #verbose: boolean;
  #bytes = 0;
  #count = 0;

  constructor({ verbose }: { verbose: boolean }) {
    this.#verbose = verbose;
  }

  removed(record: CacheRecord): string {
    this.#bytes += record.size;
    this.#count++;
    if (this.#verbose) return aligned(block(record));
    return aligned(this.#count === 1 ? HEADER + row(record) : row(record));
  }

  total(): string {
    return aligned(`Total:\t${humanSize(this.#bytes)}\n`);
  }
}

function row(record: CacheRecord): string {
  const { ID, Reclaimable, Size, LastUsedAt } = cacheRecordFields(record, true);
  return `${String(ID).padEnd(40)}\t${String(Reclaimable).padEnd(5)}\t${String(Size).padEnd(10)}\t${LastUsedAt}\n`;
}

function block(record: CacheRecord): string {
  const fields = cacheRecordFields(record, false);
  const rows: [string, unknown][] = [
    ["ID", fields.ID],
    ["Parent", record.parents.join(",")],
    ["Created at", fields.CreatedAt],
    ["Mutable", fields.Mutable],
    ["Reclaimable", fields.Reclaimable],
    ["Shared", fields.Shared],
    ["Size", fields.Size],
    ["Description", fields.Description],
    ["Usage count", fields.UsageCount],
    ["Last used", fields.LastUsedAt],
    ["Type", fields.Type],
  ];
  const shown = rows.filter(([, value]) => value !== "");
  return `${shown.map(([title, value]) => `${title}:\t${value}\n`).join("")}\n`;
}

function aligned(text: string): string {
  return alignColumns(text, { minWidth: 1, padding: 1, padWith: "\t" });
}
