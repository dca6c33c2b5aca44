import {
  CAPABILITIES,
  type Capabilities,
  capabilityCell,
  type Driver,
  type OptionSpec,
} from "@tsbx/core/driver";
import { goDuration } from "../format/go-time.ts";
import type { DriverReport } from "./report.ts";

/** Heads the columns of tables of drivers, by field. */
export const DRIVER_HEADERS = {
  Name: "NAME",
  Version: "VERSION",
  Package: "PACKAGE",
  Contract: "CONTRACT",
  Summary: "WHAT IT IS",
  Error: "ERROR",
};

/** What templates, tables and JSON see of a driver. */
export function driverFields({ name, packages, driver, error }: DriverReport): Record<string, unknown> {
  const [first] = packages;
  return {
    Name: name,
    Package: packages.map((each) => each.name).join(", "),
    Version: first?.version ?? "",
    Contract: first?.contract,
    Directory: first?.directory,
    Summary: error ? `cannot be loaded: ${error.message}` : driver?.summary,
    Error: error?.message ?? "",
    ...(driver && {
      Endpoint: {
        Required: driver.endpoint.required,
        Doc: driver.endpoint.doc,
        Implicit: driver.implicitOnly ?? false,
      },
      Capabilities: capabilityNames().map((key) => ({
        Name: key,
        Title: CAPABILITIES[key].title,
        Value: capabilityCell(key, driver),
      })),
      Options: optionTexts(driver),
    }),
  };
}

export function capabilityNames(): Array<keyof Capabilities> {
  return Object.keys(CAPABILITIES) as Array<keyof Capabilities>;
}

/** A driver option, for people. */
export interface OptionText {
  /** As it is given: `replicas=INTEGER`. */
  Form: string;
  Default: string;
  Doc: string;
}

export function optionTexts({ options }: Driver): OptionText[] {
  return Object.entries(options).map(([name, spec]) => ({
    Form: `${spec.prefix ? `${name}NAME` : name}=${valueForm(spec)}`,
    Default: defaultText(spec),
    Doc: spec.doc,
  }));
}

function valueForm({ type, values }: OptionSpec): string {
  if (type === "boolean") return "true|false";
  return type === "enum" && values ? values.join("|") : type.toUpperCase();
}

function defaultText({ type, default: value }: OptionSpec): string {
  if (value === undefined) return "";
  return type === "duration" ? goDuration(Number(value)) : String(value);
}
