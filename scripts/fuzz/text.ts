import fc from "fast-check";

/** Texts that code tends to trip over. */
const HOSTILE = [
  ...["", " ", "\t", "\n", "\r\n", "\0", "\u001b[2J", "\ufeff", "\ud800", "é", "e\u0301", "日本語", "🙂"],
  ...[
    "-",
    "--",
    "=",
    ":",
    "/",
    "//",
    "..",
    "../..",
    "~",
    ",",
    ",,",
    '"',
    '""',
    "'",
    "`",
    "\\",
    "%",
    "%zz",
    "*",
  ],
  ...["0", "-0", "-1", "1.5", "1e309", "NaN", "Infinity", "0x10", "9007199254740993", "9".repeat(400)],
  ...["true", "false", "null", "undefined", "[]", "{}", "{{", "}}", "{{.}}", "$HOME", `\${x}`, "$(x)"],
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "length", "valueOf"],
  ...["a".repeat(5000), "a,".repeat(500), "[".repeat(500), "((((a+)+)+)+)+$"],
];

/** Texts of all kinds, most of them short, and with `words` among them. */
export function text(words: readonly string[] = []): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...HOSTILE, ...words) },
    { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
    ...(words.length > 0 ? [{ weight: 4, arbitrary: fc.constantFrom(...words) }] : []),
    {
      weight: 2,
      arbitrary: fc
        .array(fc.oneof(fc.constantFrom(...HOSTILE, ...words), fc.string({ maxLength: 4 })), { maxLength: 4 })
        .map((parts) => parts.join("")),
    },
  );
}

/** `key=value,...` with known keys and any, values and fields quoted, or badly quoted, or not at all. */
export function csv(keys: readonly string[], words: readonly string[] = []): fc.Arbitrary<string> {
  const field = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...keys), text(words)).map(([k, v]) => `${k}=${v}`) },
    { weight: 1, arbitrary: fc.tuple(text(keys), text(words)).map(([k, v]) => `${k}=${v}`) },
    { weight: 1, arbitrary: text([...keys, ...words]) },
  );
  const written = fc.tuple(field, fc.nat(9)).map(([plain, how]) => {
    if (how < 5) return plain;
    if (how < 9) return `"${plain.replaceAll('"', '""')}"`;
    return `"${plain}"`;
  });
  return fc.oneof(
    { weight: 6, arbitrary: fc.array(written, { minLength: 1, maxLength: 5 }).map((all) => all.join(",")) },
    { weight: 1, arbitrary: text([...keys, ...words]) },
  );
}

/** Texts that `examples` become by a few changes. */
export function changedText(examples: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.nat(),
    drop: fc.nat(4),
    add: text(examples.map((each) => each.slice(0, 40))),
  });
  return fc
    .tuple(fc.constantFrom(...examples), fc.array(change, { maxLength: 4 }))
    .map(([example, changes]) =>
      changes.reduce((all, { at, drop, add }) => {
        const from = at % (all.length + 1);
        return all.slice(0, from) + add + all.slice(from + drop);
      }, example),
    );
}

/** JSON that has the shape of `example`, with some of its values replaced by others, left out, or repeated. */
export function changedJson(example: unknown): fc.Arbitrary<string> {
  const odd = fc.oneof(
    fc.constantFrom<unknown>(null, true, 0, -1, 1e308, "", [], {}, [[]], [null], { "": null }),
    text(),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const changed = (value: unknown): fc.Arbitrary<unknown> => {
    const same = Array.isArray(value)
      ? fc
          .tuple(...value.map(changed))
          .chain((items) => fc.shuffledSubarray([...items, ...items.slice(0, 1)]))
      : typeof value === "object" && value !== null
        ? fc.record(Object.fromEntries(Object.entries(value).map(([key, each]) => [key, changed(each)])), {
            requiredKeys: [],
          })
        : fc.constant(value);
    return fc.oneof({ weight: 8, arbitrary: same }, { weight: 1, arbitrary: odd });
  };
  return fc.oneof(
    { weight: 8, arbitrary: changed(example).map((value) => JSON.stringify(value) ?? "") },
    { weight: 2, arbitrary: changedText([JSON.stringify(example)]) },
  );
}
