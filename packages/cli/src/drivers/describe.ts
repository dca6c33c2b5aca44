import { CAPABILITIES, capabilityCell } from "@tsbx/core/driver";
import { alignColumns } from "../format/align.ts";
import { wrapText } from "../format/wrap.ts";
import { capabilityNames, optionTexts } from "./fields.ts";
import type { DriverReport } from "./report.ts";

/** All about one driver, in lines of at most `width` columns where that is possible. */
export function describeDriver({ name, packages, driver, error }: DriverReport, width: number): string {
  const head = [
    `Name:\t${name}`,
    ...packages.map(
      (found) => `Package:\t${found.name} ${found.version} (driver contract ${found.contract})`,
    ),
    ...packages.map((found) => `Directory:\t${found.directory}`),
  ];
  if (!driver) return aligned([...head, `Error:\t${error?.message}`]);
  const { summary, endpoint, implicitOnly } = driver;
  const about = [
    ...head,
    ...entry("What it is", summary, width),
    ...entry("Endpoint", `${endpoint.doc}${endpoint.required ? " (required)" : ""}`, width),
    ...(implicitOnly ? ["Builders:\tare there by themselves; tsbx create makes none"] : []),
  ];
  const able = capabilityNames().map((key) => ` ${CAPABILITIES[key].title}:\t${capabilityCell(key, driver)}`);
  const options = optionTexts(driver).flatMap(({ Form, Default, Doc }) => [
    ` ${Form}${Default && ` (default ${Default})`}`,
    ...wrapText(Doc, width - 5).map((line) => `     ${line}`),
  ]);
  const optionLines =
    options.length > 0 ? ["Options, each given with --driver-opt:", ...options] : ["It has no options."];
  return [aligned(about), `Capabilities:\n${aligned(able)}`, `${optionLines.join("\n")}\n`].join("\n");
}

/** The widest name before a colon, and what is around it. */
const INDENT = "What it is: ".length;

function entry(name: string, text: string, width: number): string[] {
  return wrapText(text, width - INDENT).map((line, index) => `${index === 0 ? `${name}:` : ""}\t${line}`);
}

function aligned(lines: readonly string[]): string {
  return alignColumns(lines.map((line) => `${line}\n`).join(""), { minWidth: 0, padding: 1 });
}
