import { isTsbxError } from "@tsbx/core/errors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderTemplate } from "./template.ts";

const DATA = {
  ID: "abc",
  Size: 12,
  Ratio: 1.5,
  Mutable: true,
  Parents: ["p1", "p2"],
  Empty: [],
  Nothing: undefined,
  Err: null,
  Labels: new Map([
    ["b", "2"],
    ["a", "1"],
  ]),
  Builder: { Name: "bed", Driver: "<remote>" },
};

// Each was compared with what Go prints for the same template and data.
describe("renderTemplate", () => {
  it.each<[string, string]>([
    ["plain { text }", "plain { text }"],
    ["{{.ID}} {{ .Builder.Name }} {{(.Builder).Name}} {{$.Builder.Name}}", "abc bed bed bed"],
    ["{{.Size}} {{.Ratio}} {{.Mutable}} {{.Parents}} {{.Labels}}", "12 1.5 true [p1 p2] map[a:1 b:2]"],
    ["{{.Nothing}} {{.Labels.c}} {{index .Labels `b`}}", "<no value> <no value> 2"],
    ["{{.Err}}{{if .Err}}x{{end}} {{json .Err}}", "<nil> null"],
    ["a {{- .ID -}} \n b {{- /* gone */ -}} c{{/* too */}} d", "aabcbc d"],
    ["{{if .Empty}}x{{else if .Nothing}}y{{else}}z{{end}}", "z"],
    ["{{if and .Size (not .Empty)}}yes{{end}}{{if or .Empty .Nothing}}no{{end}}", "yes"],
    ["{{or .Nothing .ID .Missing}} {{and .Nothing .Missing}}", "abc <no value>"],
    [
      "{{with .Builder}}{{.Name}}{{$.ID}}{{else}}none{{end}}{{with .Empty}}x{{else}}none{{end}}",
      "bedabcnone",
    ],
    ["{{range .Parents}}{{.}};{{end}}{{range .Empty}}x{{else}}none{{end}}", "p1;p2;none"],
    [
      "{{range $i, $p := .Parents}}{{$i}}={{$p}} {{end}}{{range $k, $v := .Labels}}{{$k}}{{$v}}{{end}}",
      "0=p1 1=p2 a1b2",
    ],
    ["{{range .Parents}}{{if eq . `p2`}}{{break}}{{end}}{{.}}{{end}}", "p1"],
    ["{{range .Parents}}{{if eq . `p1`}}{{continue}}{{end}}{{.}}{{end}}", "p2"],
    ["{{$x := 1}}{{range .Parents}}{{$x = .}}{{end}}{{$x}}", "p2"],
    ["{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}", "21"],
    [
      "{{json .Parents}} {{json .Builder}} {{json .Builder.Driver}} {{json .Nothing}} {{json .Labels}}",
      '["p1","p2"] {"Driver":"\\u003cremote\\u003e","Name":"bed"} "<remote>" null {"a":"1","b":"2"}',
    ],
    [
      "{{join .Parents `,`}} {{join .Labels `-`}} {{split .ID `b`}} {{.ID | upper | lower}}",
      "p1,p2 1-2 [a c] abc",
    ],
    [
      "{{title `ab cd-ef gh_ij`}} {{truncate .ID 2}} {{pad .ID 1 2}}|{{pad `` 1 2}}|",
      "Ab Cd-Ef Gh_ij ab  abc  ||",
    ],
    [
      "{{len .ID}} {{len .Parents}} {{len .Labels}} {{len `ü`}} {{slice .ID 1}} {{slice .Parents 0 1}}",
      "3 2 2 2 bc [p1]",
    ],
    [
      "{{eq .ID `x` `abc`}} {{ne .Size 12}} {{lt 1 2}} {{le 2 2}} {{gt `a` `b`}} {{ge 1.5 .Ratio}}",
      "true false true true false true",
    ],
    ["{{print 1 2 `a` `b` 3 true}}{{println .ID .Size}}", "1 2ab3 trueabc 12\n"],
    ['{{"tab\\there \\"q\\" \\u00fc \\x41 \\101"}} {{`raw\\n`}} {{\'a\'}}', 'tab\there "q" ü A A raw\\n 97'],
    ["{{0x10}} {{-3}} {{1_000}} {{.5}} {{1e3}} {{true}}", "16 -3 1000 0.5 1000 true"],
    [
      '{{printf "%5d|%-5s|%q|%05d|%x|%.2f|%6.1f|%+d|%t|%%" 7 "a" "b" 42 255 1.239 2.25 3 true}}',
      '    7|a    |"b"|00042|ff|1.24|   2.2|+3|true|%',
    ],
    [
      '{{printf "%d %s %z" "a"}}{{printf "%v" 1 2}}',
      "%!d(string=a) %!s(MISSING) %!z(MISSING)1%!(EXTRA int=2)",
    ],
    ['{{printf "%*d|%-*s|%T %T" 4 1 3 "a" 1 "x"}}', "   1|a  |int string"],
    ['{{.ID | printf "%s-%s" "x"}}', "x-abc"],
  ])("%s", (source, expected) => {
    expect(renderTemplate(source, DATA)).toBe(expected);
  });

  it.each<[string, RegExp]>([
    ["x\n {{.Name}}", /^invalid format: there is no field \.Name at line 2, column 4$/],
    ["{{.Builder.Nam}}", /no field \.Nam /],
    ["{{.ID.x}}", /a string has no field \.x/],
    ["{{.constructor}}{{.__proto__}}", /no field \.constructor/],
    ["{{.ID", /an action has no }}/],
    ["{{}}", /something is missing/],
    ["{{foo .}}", /there is no function foo/],
    ["{{toString}}", /there is no function toString/],
    ["{{.ID .Size}}", /only a function takes arguments/],
    ["{{upper .ID | .Size}}", /only a function can stand behind \|/],
    ["{{nil}}", /nil cannot stand alone/],
    ["{{if .ID}}", /{{if}} has no {{end}}/],
    ["{{if .ID}}a{{else}}b{{else}}c{{end}}", /unexpected {{else}}/],
    ["{{end}}", /unexpected {{end}}/],
    ["{{break}}", /{{break}} outside of {{range}}/],
    ["{{define `x`}}{{end}}", /{{define}} is not supported/],
    ["{{upper .Size}}", /upper: a text is needed, not a number at line 1, column 3/],
    ["{{eq .ID 1}}", /a string cannot be compared with a number/],
    ["{{eq .Parents .Parents}}", /a list cannot be compared/],
    ["{{len}}", /len does not take 0 arguments/],
    ["{{index .Parents 2}}", /index 2 is out of range/],
    ["{{slice .ID 2 1}}", /out of range/],
    ["{{range .ID}}{{end}}", /range cannot go through a string/],
    ["{{$x}}", /there is no variable \$x/],
    ['{{"abc}}', /a quoted string has no end/],
    ['{{"\\q"}}', /bad escape/],
    ["{{pad .ID 10000000 0}}", /10000000 spaces are too many/],
    ["{{(.ID}}", /something is missing/],
    [`${"{{if true}}".repeat(1000)}${"{{end}}".repeat(1000)}`, /nested too deep/],
    [`{{${"(".repeat(100_000)}}}`, /nested too deep/],
    [`{{$x := "aaaaaaaaaaaaaaaa"}}${"{{$x = print $x $x}}".repeat(40)}`, /the result is too long/],
  ])("refuses %s", (source, message) => {
    expect(() => renderTemplate(source, DATA)).toThrow(
      expect.objectContaining({ code: "INVALID_FORMAT", message: expect.stringMatching(message) }),
    );
  });

  it("names the fields that there are", () => {
    expect(() => renderTemplate("{{.builder}}", { ID: 1, Size: 2 })).toThrow(
      expect.objectContaining({ hint: "The fields are .ID, .Size." }),
    );
  });

  it("never fails otherwise, whatever the template", () => {
    const piece = fc.constantFrom(
      ..."{{ }} - ( ) | := = , . $ $x := .ID .Parents .Labels .Builder .Name if else end range with break continue".split(
        " ",
      ),
      ..."printf print index slice len json join and or not eq lt nil true 1 -1 2.5 1e9 'a' \"%d\" `x` /* */".split(
        " ",
      ),
      " ",
      "\n",
    );
    const wellFormed = fc.array(piece, { maxLength: 8 }).map((pieces) => `{{${pieces.join(" ")}}}`);
    const source = fc
      .array(fc.oneof(wellFormed, piece, fc.string()), { maxLength: 12 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(source, (template) => {
        try {
          expect(typeof renderTemplate(template, DATA)).toBe("string");
        } catch (error) {
          expect(isTsbxError(error) && error.code, String(error)).toBe("INVALID_FORMAT");
        }
      }),
      { numRuns: 3000 },
    );
  });
});
