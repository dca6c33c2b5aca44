import { CAPABILITIES, capabilityCell, type Driver } from "@tsbx/core/driver";
import { alignColumns } from "../format/align.ts";
import { wrapText } from "../format/wrap.ts";
import { capabilityNames } from "./fields.ts";

/** The capability matrix: a line for each capability, a column for each driver, conditions below. */
export function capabilityMatrix(drivers: readonly Driver[], width: number): string {
  const notes = new Map<string, string[]>();
  const rows = capabilityNames().map((key) => {
    const { label } = CAPABILITIES[key];
    const cells = drivers.map((driver) => {
      const [, plain = "", condition] = /^(\S+)(?: \((.*)\))?$/.exec(capabilityCell(key, driver)) ?? [];
      if (condition === undefined) return plain;
      notes.set(driver.name, [...(notes.get(driver.name) ?? []), `${label}: ${condition}`]);
      return `${plain}*`;
    });
    return [label, ...cells].join("\t");
  });
  const table = alignColumns([["", ...drivers.map(({ name }) => name)].join("\t"), ...rows].join("\n"), {
    minWidth: 0,
    padding: 2,
  });
  const below = [...notes].flatMap(([name, conditions]) =>
    wrapText(`* ${name}: ${joined(conditions)}`, width).map((line, index) =>
      index === 0 ? line : `  ${line}`,
    ),
  );
  return `${[table, ...below].join("\n")}\n`;
}

/** Conditions of several capabilities that end alike are said once. */
function joined(conditions: readonly string[]): string {
  const byCondition = new Map<string, string[]>();
  for (const condition of conditions) {
    const [, label = "", value = "", when = ""] = /^(.*?): (\S+) (.*)$/.exec(condition) ?? [];
    byCondition.set(when, [...(byCondition.get(when) ?? []), `${label} ${value}`]);
  }
  return [...byCondition].map(([when, values]) => `${when}: ${values.join(", ")}`).join("; ");
}
