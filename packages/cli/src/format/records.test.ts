import { describe, expect, it } from "vitest";
import { recordFormat } from "./records.ts";

interface Item {
  id: string;
  labels: string[];
}

const LISTING = {
  headers: { ID: "ID", Labels: "LABELS" },
  records: [
    { id: "short", labels: ["a", "b"] },
    { id: "much-longer-id", labels: [] },
  ],
  fields: ({ id, labels }: Item, inTable: boolean) => ({ Labels: labels, ID: inTable ? `${id}*` : id }),
};

describe("recordFormat", () => {
  it("prints JSON objects, one a line, with their fields in order", () => {
    expect(recordFormat("json").format(LISTING)).toBe(
      '{"ID":"short","Labels":["a","b"]}\n{"ID":"much-longer-id","Labels":[]}\n',
    );
  });

  it("runs a template for each record", () => {
    expect(recordFormat(" {{.ID}}\\t{{join .Labels `\\n`}}\\n{{println}} ").format(LISTING)).toBe(
      "short\ta\\nb\n\n\nmuch-longer-id\t\n\n\n",
    );
    expect(recordFormat('{{join .Labels "\\n"}}').format(LISTING)).toBe("a\nb\n\n");
  });

  it("aligns a table under its headers, also one without records", () => {
    const format = recordFormat("table {{.ID}}\\t{{upper .ID}}\t{{join .Labels `,`}}");
    expect(format.format(LISTING)).toBe(
      [
        "ID                ID                LABELS",
        "short*            SHORT*            a,b",
        "much-longer-id*   MUCH-LONGER-ID*   ",
        "",
      ].join("\n"),
    );
    expect(format.format({ ...LISTING, records: [] })).toBe("ID        ID        LABELS\n");
  });

  it("heads what has no header by its name, and what has several values once", () => {
    const format = recordFormat("table {{.Builder.LastActivity}}\t{{range .Labels}}{{.}} {{end}}");
    expect(format.format({ ...LISTING, records: [] })).toBe("LAST ACTIVITY   LABELS \n");
  });

  it("checks the template before there are records", () => {
    expect(() => recordFormat("table {{.ID")).toThrow(expect.objectContaining({ code: "INVALID_FORMAT" }));
  });
});
